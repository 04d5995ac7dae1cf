"""Stages thaw one after the other, and nothing learnt is forgotten."""

import pytest
import torch

from tests.strategies.test_partial import CONVNET
from tests.strategies.toys import CPU, adapted, equal, spec_for
from tl_core import descent, training
from tl_core.feed import visible_pair
from tl_core.prefix import Prefix
from tl_core.strategies.gradual import Gradual
from tl_core.training import load_pair, new_network, objective, pretrain

EFFECTS = {"share": 0.2, "head": "source"}


def convnet(**knobs: object):
    spec = spec_for("gradual", **CONVNET)
    pair = load_pair(spec, CPU)
    model, strategy = new_network(spec, pair), Gradual(**knobs)
    groups = strategy.setup(model, visible_pair(spec, pair))
    return model, strategy, groups


def thawed(model) -> list[str]:
    return [
        name
        for name, stage in model.backbone.stages.items()
        if all(p.requires_grad for p in stage.parameters())
    ]


@pytest.mark.parametrize("head", ["source", "new"])
def test_all_at_once_is_full_fine_tuning(head):
    same = {"strategy.head": head}
    at_once = spec_for("gradual", **same, **{"strategy.share": 0})
    assert equal(adapted(at_once), adapted(spec_for("full", **same)))


def test_nothing_thawed_is_a_linear_probe():
    """Its first stage would thaw after a third of share = 1 of one step."""
    one = {"steps": 1, "strategy.share": 1}
    gradual = adapted(spec_for("gradual", **one))
    probe = adapted(spec_for("linear_probe", steps=1))
    assert equal(gradual, probe)


def test_stages_thaw_from_the_head_towards_the_input():
    model, strategy, _ = convnet(share=0.6)
    seen = []
    for progress in (0.0, 0.19, 0.2, 0.39, 0.41, 0.59, 0.6, 0.9):
        strategy.advance(model, progress)
        seen.append(thawed(model))
    one, two = ["dense"], ["conv2", "dense"]
    every = ["conv1", "conv2", "dense"]
    assert seen == [[], [], one, one, two, two, every, every]


def test_a_frozen_stage_stays_bit_for_bit_with_its_statistics():
    settings = {**CONVNET, "strategy.share": 1.0, "steps": 3}
    spec = spec_for("gradual", **settings)
    pair = load_pair(spec, CPU)
    model = new_network(spec, pair)
    list(pretrain(spec, model, pair))
    before = {k: v.clone() for k, v in model.state_dict().items()}
    list(training.adapt(spec, model, pair))
    changed = {
        name.split(".")[2]
        for name, value in model.backbone.state_dict(prefix="x.").items()
        if not torch.equal(before[name.replace("x.", "backbone.")], value)
    }
    assert changed == {"conv2", "dense"}
    first = model.backbone.stages["conv1"]
    assert all(p.grad is None for p in first.parameters())


def test_the_optimiser_keeps_what_it_knows_of_the_head(monkeypatch):
    """Its moments are those of one Adam that saw every step; those of the
    first stage begin when it is thawed."""
    made = []

    class Watched(torch.optim.AdamW):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            made.append(self)

    monkeypatch.setattr(descent.torch.optim, "AdamW", Watched)
    spec = spec_for("gradual", **{"strategy.share": 0.5})
    pair = load_pair(spec, CPU)
    model, strategy = new_network(spec, pair), Gradual(share=0.5)
    visible = visible_pair(spec, pair)
    groups = strategy.setup(model, visible)
    prefix = Prefix(model, visible.target.x)
    loss = objective(spec, strategy, model, visible, prefix)
    list(descent.descend(model, groups, loss, 40, 0.01, "adapt"))
    state = made[0].state
    steps = {
        ".".join(name.split(".")[:3]): state[p]["step"].item()
        for name, p in model.named_parameters()
    }
    assert steps["head.weight"] == 40
    assert steps["backbone.stages.hidden2"] == 30
    assert steps["backbone.stages.hidden1"] == 20
