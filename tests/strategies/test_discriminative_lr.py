"""One rate a stage: geometric, and the full rate at the head."""

import pytest
import torch

from tests.strategies.toys import CPU, adapted, equal, spec_for
from tl_core.feed import visible_pair
from tl_core.strategies.base import Batch
from tl_core.strategies.discriminative_lr import DiscriminativeLr
from tl_core.training import load_pair, new_network

EFFECTS = {"lr_scale": 0.5, "head": "new"}


def prepared(**knobs: object):
    spec = spec_for("discriminative_lr")
    pair = load_pair(spec, CPU)
    model, strategy = new_network(spec, pair), DiscriminativeLr(**knobs)
    groups = strategy.setup(model, visible_pair(spec, pair))
    t = pair.target.train.first(16)
    return model, groups, strategy, Batch(t.x[:0], t.y[:0], t.x, t.y, 0.0)


@pytest.mark.parametrize("head", ["source", "new"])
def test_equal_rates_are_full_fine_tuning(head):
    same = {"strategy.head": head}
    one = spec_for("discriminative_lr", **same, **{"strategy.lr_scale": 1})
    assert equal(adapted(one), adapted(spec_for("full", **same)))


def test_rates_are_geometric_and_whole_at_the_head():
    model, groups, _, _ = prepared(lr_scale=1e-3)
    scales = [group["lr_scale"] for group in groups]
    assert scales == pytest.approx([1e-3, 1e-3**0.5, 1.0])
    assert groups[-1]["params"] == list(model.head.parameters())


def test_every_weight_is_in_one_group():
    model, groups, _, _ = prepared()
    grouped = [id(p) for group in groups for p in group["params"]]
    assert sorted(grouped) == sorted(id(p) for p in model.parameters())


def test_one_step_of_descent_goes_as_far_as_each_rate_says():
    model, groups, strategy, batch = prepared(lr_scale=0.01)
    lr = 0.1
    optimiser = torch.optim.SGD(
        [{"params": g["params"], "lr": lr * g["lr_scale"]} for g in groups]
    )
    before = [[p.detach().clone() for p in g["params"]] for g in groups]
    strategy.loss(model, batch)["target"].backward()
    optimiser.step()
    for old, group in zip(before, groups, strict=True):
        for p, start in zip(group["params"], old, strict=True):
            step = -lr * group["lr_scale"] * p.grad
            torch.testing.assert_close(p.detach() - start, step)
            assert p.grad.abs().sum() > 0
