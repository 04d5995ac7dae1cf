"""New stages on old ones: what is kept, what is new, and the two ends."""

import pytest
import torch

from tests.strategies.test_partial import CONVNET, story
from tests.strategies.toys import CPU, spec_for
from tl_core import catalog, training
from tl_core.backbones.vit_tiny import VitTiny
from tl_core.card import SpecError
from tl_core.feed import visible_pair
from tl_core.strategies.transplant import begin_anew
from tl_core.training import load_pair, new_network

EFFECTS = {"kept": 1, "transplanted": "tuned"}
ALL = {"strategy.kept": 16}


def test_all_stages_kept_and_frozen_are_a_linear_probe():
    probe = story("linear_probe", **CONVNET, **{"strategy.head": "new"})
    assert story("transplant", **CONVNET, **ALL) == probe


def test_all_stages_kept_and_tuned_are_full_fine_tuning():
    full = story("full", **CONVNET, **{"strategy.head": "new"})
    tuned = {**ALL, "strategy.transplanted": "tuned"}
    assert story("transplant", **CONVNET, **tuned) == full


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_kept_stages_stay_and_the_others_begin_elsewhere(kept):
    spec = spec_for("transplant", **CONVNET, **{"strategy.kept": kept})
    pair = load_pair(spec, CPU)
    model = new_network(spec, pair)
    list(training.pretrain(spec, model, pair))
    before = {k: v.clone() for k, v in model.state_dict().items()}
    params = spec.strategy_params
    strategy = catalog.create("strategies", "transplant", params)
    strategy.setup(model, visible_pair(spec, pair))
    for depth, name in enumerate(model.backbone.stages):
        weight = f"backbone.stages.{name}."
        mine = [k for k in before if k.startswith(weight)]
        same = all(torch.equal(before[k], model.state_dict()[k]) for k in mine)
        assert same == (depth < kept)


def test_a_stage_begins_as_layers_do():
    torch.manual_seed(0)
    layer = torch.nn.Linear(400, 300)
    torch.nn.init.constant_(layer.weight, 7.0)
    begin_anew(torch.nn.Sequential(layer))
    bound = 1 / 400**0.5
    assert layer.weight.abs().max() <= bound
    assert layer.weight.std().item() == pytest.approx(bound / 3**0.5, rel=0.02)


def test_a_stage_with_weights_of_its_own_is_refused():
    stem = next(iter(VitTiny().build((1, 28, 28)).stages.values()))
    with pytest.raises(SpecError, match=r"strategy\.kept=1"):
        begin_anew(stem)
