"""Backbones: named stages, seeds, freezing, and BatchNorm's statistics."""

import pytest
import torch
from torch import nn

from tl_core import catalog
from tl_core.backbones.base import Network, build, pooled
from tl_core.backbones.convnet import ConvNet
from tl_core.backbones.mlp import Mlp
from tl_core.batch_norm import batch_norm_layers, with_statistics_of

SHAPES = {"images": (1, 28, 28), "points": (2,)}
CASES = [
    (key, inputs)
    for key in catalog.keys("backbones")
    for inputs in catalog.entry("backbones", key).card.accepts
]


@pytest.mark.parametrize(("key", "inputs"), CASES)
def test_a_backbone_has_the_stages_of_its_card(key, inputs):
    entry = catalog.entry("backbones", key)
    recipe = catalog.create("backbones", key, entry.settings({}))
    network = build(recipe, SHAPES[inputs], classes=7, seed=0)
    x = torch.rand(3, *SHAPES[inputs])
    found = network.backbone.stage_features(x)
    assert tuple(found) == entry.card.stages
    z = network.features(x)
    assert torch.equal(list(found.values())[-1], z)
    assert z.shape == (3, network.backbone.width)
    assert network(x).shape == (3, 7)


@pytest.mark.parametrize(
    ("recipe", "other"),
    [
        (ConvNet(), ConvNet(width=8)),
        (ConvNet(), ConvNet(norm="group")),
        (ConvNet(), ConvNet(norm="none")),
        (Mlp(), Mlp(width=8)),
        (Mlp(), Mlp(norm="batch")),
    ],
)
def test_every_setting_changes_the_network(recipe, other):
    x = torch.rand(4, 1, 28, 28)
    one, two = (build(r, (1, 28, 28), 3, seed=0) for r in (recipe, other))
    assert not torch.equal(one(x), two(x))


def test_the_seed_and_nothing_else_sets_the_weights():
    torch.manual_seed(1)
    one = build(ConvNet(), (1, 28, 28), 10, seed=4)
    before = torch.rand(1)
    torch.manual_seed(1)
    two = build(ConvNet(), (1, 28, 28), 10, seed=4)
    assert torch.equal(torch.rand(1), before)
    for a, b in zip(one.parameters(), two.parameters(), strict=True):
        assert torch.equal(a, b)
    other = build(ConvNet(), (1, 28, 28), 10, seed=5)
    assert not torch.equal(one.head.weight, other.head.weight)


def test_what_is_frozen_stays_in_eval_mode_and_gets_no_gradient():
    network = build(ConvNet(), (1, 28, 28), 10, seed=0)
    network.freeze(network.backbone.stages["conv1"])
    network.train()
    conv1, conv2 = list(network.backbone.stages.values())[:2]
    assert not conv1.training
    assert conv2.training
    running = conv1[1].running_mean.clone()
    network(torch.rand(8, 1, 28, 28)).sum().backward()
    assert torch.equal(conv1[1].running_mean, running)
    assert all(p.grad is None for p in conv1.parameters())
    assert all(p.grad is not None for p in conv2.parameters())


def test_parameters_are_counted_in_closed_form():
    network = build(Mlp(width=5), (2,), 3, seed=0)
    layers = 2 * 5 + 5 + 5 * 5 + 5 + 5 * 3 + 3
    network.auxiliary["extra"] = nn.Linear(5, 2)
    assert network.parameter_counts() == {
        "total": layers,
        "trained": layers,
        "auxiliary": 12,
    }
    network.freeze(network.backbone)
    assert network.parameter_counts()["trained"] == 18


def network_with_batch_norm() -> Network:
    return build(Mlp(width=5, norm="batch"), (2,), 3, seed=0)


def test_statistics_are_those_of_the_samples_given():
    network = network_with_batch_norm()
    x = torch.randn(200, 2) * 3 + 1
    fitted = with_statistics_of(network, x)
    layer = batch_norm_layers(fitted)[0]
    z = network.backbone.stages["hidden1"][:2](x)
    torch.testing.assert_close(layer.running_mean, z.mean(0))
    torch.testing.assert_close(layer.running_var, z.var(0))


def test_reading_with_other_statistics_changes_nothing_else():
    network = network_with_batch_norm()
    before = {k: v.clone() for k, v in network.state_dict().items()}
    fitted = with_statistics_of(network, torch.randn(50, 2))
    after = network.state_dict()
    assert all(torch.equal(before[k], after[k]) for k in before)
    for a, b in zip(network.parameters(), fitted.parameters(), strict=True):
        assert torch.equal(a, b)
    assert not fitted.training


def test_without_batch_norm_there_is_nothing_to_estimate():
    network = build(Mlp(), (2,), 3, seed=0).eval()
    x = torch.randn(9, 2)
    assert torch.equal(with_statistics_of(network, x + 5)(x), network(x))


def test_pooling_averages_over_space_and_tokens():
    assert pooled(torch.ones(2, 3, 4, 5)).shape == (2, 3)
    assert pooled(torch.ones(2, 7, 3)).shape == (2, 3)
    assert pooled(torch.ones(2, 3)).shape == (2, 3)
