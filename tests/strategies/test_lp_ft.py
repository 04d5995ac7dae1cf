"""First the head, then everything: what moves when, and how fast."""

import pytest
import torch

from tests.strategies.test_partial import CONVNET
from tests.strategies.toys import CPU, adapted, equal, spec_for
from tl_core import training
from tl_core.batch_norm import batch_norm_layers
from tl_core.feed import visible_pair
from tl_core.strategies.lp_ft import LpFt
from tl_core.training import load_pair, new_network, pretrain

EFFECTS = {
    "share": 0.25,
    "lr_scale": 1.0,
    "batch_norm": "moving",
    "head": "source",
}
TOY = CONVNET


@pytest.mark.parametrize("head", ["source", "new"])
def test_only_the_first_part_is_a_linear_probe(head):
    same = {**CONVNET, "strategy.head": head}
    probe = adapted(spec_for("linear_probe", **same))
    first = adapted(spec_for("lp_ft", **same, **{"strategy.share": 1}))
    assert equal(first, probe)


def test_only_the_second_part_at_the_full_rate_is_full_fine_tuning():
    knobs = {
        "strategy.share": 0,
        "strategy.lr_scale": 1,
        "strategy.batch_norm": "moving",
    }
    for head in ("source", "new"):
        same = {**CONVNET, "strategy.head": head}
        second = adapted(spec_for("lp_ft", **same, **knobs))
        assert equal(second, adapted(spec_for("full", **same)))


def prepared(**knobs: object):
    spec = spec_for("lp_ft")
    pair = load_pair(spec, CPU)
    model, strategy = new_network(spec, pair), LpFt(**knobs)
    groups = strategy.setup(model, visible_pair(spec, pair))
    return model, strategy, groups


def test_every_weight_learns_more_slowly_in_the_second_part():
    model, strategy, groups = prepared(lr_scale=0.3)
    strategy.advance(model, 0.49)
    assert model.frozen_stages() == 3
    assert [g["lr_scale"] for g in groups] == [1.0]
    strategy.advance(model, 0.5)
    assert model.frozen_stages() == 0
    assert [g["lr_scale"] for g in groups] == [0.3]
    grouped = {id(p) for g in groups for p in g["params"]}
    assert grouped == {id(p) for p in model.parameters()}


def test_the_smaller_rate_holds_from_the_first_step_of_the_second_part():
    """Adam's step is at most the rate times a constant of its moments."""
    knobs = {"strategy.share": 0, "strategy.lr_scale": 0.001, "steps": 1}
    spec = spec_for("lp_ft", **knobs, **{"strategy.head": "source"})
    pair = load_pair(spec, CPU)
    model = new_network(spec, pair)
    list(pretrain(spec, model, pair))
    before = model.head.weight.detach().clone()
    list(training.adapt(spec, model, pair))
    moved = (model.head.weight - before).abs().max()
    assert 0 < moved < 1.01 * 0.001 * spec.lr + 1e-8


@pytest.mark.parametrize("batch_norm", ["frozen", "moving"])
def test_statistics_stay_the_sources_if_so_wanted(batch_norm):
    spec = spec_for("lp_ft", **{"strategy.batch_norm": batch_norm})
    pair = load_pair(spec, CPU)
    model = new_network(spec, pair)
    list(pretrain(spec, model, pair))
    layer = batch_norm_layers(model)[0]
    mean, weight = layer.running_mean.clone(), layer.weight.clone()
    list(training.adapt(spec, model, pair))
    stayed = torch.equal(layer.running_mean, mean)
    assert stayed == (batch_norm == "frozen")
    assert not torch.equal(layer.weight, weight)
