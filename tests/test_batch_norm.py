"""The three switches of BatchNorm: each does what it says, and only that."""

from itertools import product

import pytest
import torch
from torch import nn

from tl_core import batch_norm, checkpoints, training
from tl_core.backbones.base import Backbone, Network
from tl_core.batch_norm import by_running, set_switches
from tl_core.events import PhaseStarted
from tl_core.spec import RunSpec, spec_from_settings
from tl_core.training import load_pair, new_network

COMBINATIONS = list(
    product(("train", "freeze"), ("update", "keep"), ("batch", "running"))
)


def network() -> Network:
    torch.manual_seed(0)
    layer = nn.BatchNorm2d(3)
    nn.init.normal_(layer.weight)
    nn.init.normal_(layer.bias)
    nn.init.uniform_(layer.running_var, 0.5, 2.0)
    nn.init.normal_(layer.running_mean)
    stage = nn.Sequential(
        layer, nn.Flatten(), nn.Linear(48, 5), nn.BatchNorm1d(5)
    )
    return Network(Backbone({"only": stage}, 5, has_tokens=False), 2)


def by_hand(x, mean, variance, layer):
    columns = (v.view(1, -1, 1, 1) for v in (mean, variance))
    mean, variance = columns
    z = (x - mean) / (variance + 1e-5).sqrt()
    return z * layer.weight.view(1, -1, 1, 1) + layer.bias.view(1, -1, 1, 1)


@pytest.mark.parametrize(("affine", "running", "by"), COMBINATIONS)
def test_each_combination_does_exactly_what_it_says(affine, running, by):
    model = network()
    layer = model.backbone.stages["only"][0]
    knobs = {"affine": affine, "running": running, "normalise_by": by}
    set_switches(model, knobs)
    model.train()
    x = torch.randn(8, 3, 4, 4) * 3 + 1
    old = layer.running_mean.clone(), layer.running_var.clone()
    z = layer(x)
    batch = x.mean((0, 2, 3)), x.var((0, 2, 3))
    share = {"update": 0.1, "keep": 0.0}[running]
    new = [(1 - share) * o + share * b for o, b in zip(old, batch, strict=1)]
    torch.testing.assert_close(layer.running_mean, new[0])
    torch.testing.assert_close(layer.running_var, new[1])
    biased = x.var((0, 2, 3), correction=0)
    used = new if by == "running" else [batch[0], biased]
    torch.testing.assert_close(z, by_hand(x, *used, layer))
    assert layer.weight.requires_grad == (affine == "train")


@pytest.mark.parametrize(("affine", "running", "by"), COMBINATIONS)
def test_a_step_moves_only_what_the_switches_allow(affine, running, by):
    model = network()
    layer = model.backbone.stages["only"][0]
    knobs = {"affine": affine, "running": running, "normalise_by": by}
    set_switches(model, knobs)
    before = {k: v.clone() for k, v in layer.state_dict().items()}
    optimiser = torch.optim.Adam(model.parameters(), lr=0.1)
    model.train()
    # Two domains in one step: the second pass may not spoil the first's
    # gradient.
    loss = sum(model(torch.randn(8, 3, 4, 4)).square().sum() for _ in "st")
    loss.backward()
    optimiser.step()
    after = layer.state_dict()
    moved = {k for k, v in before.items() if not torch.equal(v, after[k])}
    allowed = {"num_batches_tracked"}
    allowed |= {"weight", "bias"} if affine == "train" else set()
    if running == "update":
        allowed |= {"running_mean", "running_var"}
    assert moved == allowed


def test_keeping_is_exact_to_the_bit():
    model = network()
    set_switches(model, {"running": "keep"})
    layer = model.backbone.stages["only"][0]
    old = layer.running_mean.clone()
    model.train()
    for _ in range(20):
        layer(torch.randn(8, 3, 4, 4) * 1e3)
    assert torch.equal(layer.running_mean, old)


@pytest.mark.parametrize(("affine", "running", "by"), COMBINATIONS)
def test_a_frozen_layer_does_not_move_whatever_the_switches(
    affine, running, by
):
    model = network()
    model.freeze(model.backbone)
    knobs = {"affine": affine, "running": running, "normalise_by": by}
    x = torch.randn(8, 3, 4, 4)
    model.train()
    before = {k: v.clone() for k, v in model.state_dict().items()}
    z = model.features(x)
    set_switches(model, knobs)
    assert torch.equal(model.features(x), z)
    after = model.state_dict()
    assert all(torch.equal(v, after[k]) for k, v in before.items())


def test_tested_networks_use_running_statistics_whatever_the_switches():
    x = torch.randn(8, 3, 4, 4)
    usual, switched = network().eval(), network()
    set_switches(switched, {"running": "keep", "normalise_by": "batch"})
    assert torch.equal(switched.eval()(x), usual(x))


def test_statistics_of_a_domain_are_estimated_under_any_switch():
    model = network()
    set_switches(model, {"running": "keep", "normalise_by": "running"})
    x = torch.randn(64, 3, 4, 4) * 2 + 3
    fitted = batch_norm.with_statistics_of(model, x)
    layer = fitted.backbone.stages["only"][0]
    torch.testing.assert_close(layer.running_mean, x.mean((0, 2, 3)))
    torch.testing.assert_close(layer.running_var, x.var((0, 2, 3)))


def test_the_hook_leaves_evaluation_alone():
    layer = nn.BatchNorm1d(2).eval()
    z = torch.zeros(1, 2)
    assert by_running(layer, (z + 9,), z) is z


def test_a_thawed_layer_can_be_frozen_again():
    model = network()
    knobs = {"affine": "freeze"}
    set_switches(model, knobs)
    model.thaw(model.backbone)
    batch_norm.freeze_affine(model, knobs)
    layer = model.backbone.stages["only"][0]
    assert not layer.weight.requires_grad


def switched(**knobs: str) -> RunSpec:
    return spec_from_settings(
        {
            "dataset": "mnist_shifted",
            "backbone": "mobilenet_v3_small",
            "strategy": "full",
            **{f"backbone.{name}": value for name, value in knobs.items()},
        }
    )


def test_a_run_sets_the_switches_before_it_counts_what_is_trained():
    def trained(**knobs: str) -> int:
        spec = switched(**knobs)
        pair = load_pair(spec, torch.device("cpu"))
        started = next(training.adapt(spec, new_network(spec, pair), pair))
        assert isinstance(started, PhaseStarted)
        return started.parameters["trained"]

    spec = switched()
    pair = load_pair(spec, torch.device("cpu"))
    layers = batch_norm.batch_norm_layers(new_network(spec, pair))
    affine = sum(p.numel() for m in layers for p in m.parameters())
    assert trained() - trained(affine="freeze") == affine > 0


def test_switches_share_one_source_checkpoint():
    source = load_pair(switched(), torch.device("cpu")).source
    usual = checkpoints.key(switched(), source)
    assert checkpoints.key(switched(affine="freeze"), source) == usual
    assert checkpoints.key(switched(running="keep"), source) == usual
    other = switched(stem="imagenet")
    assert checkpoints.key(other, source) != usual
