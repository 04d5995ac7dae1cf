"""What BatchNorm sees of two domains, against closed forms."""

import math

import pytest
import torch
from torch import nn

from tl_core.analysis.batch_norm import layer_moments, output_gaps
from tl_core.backbones.base import Backbone, Network, build
from tl_core.backbones.convnet import ConvNet
from tl_core.batch_norm import with_statistics_of


def one_layer() -> Network:
    """BatchNorm alone, with a scale of 3, running mean 2 and variance 4."""
    layer = nn.BatchNorm1d(1)
    nn.init.constant_(layer.weight, 3.0)
    nn.init.constant_(layer.bias, 5.0)
    layer.running_mean.fill_(2.0)
    layer.running_var.fill_(4.0)
    stages = {"only": nn.Sequential(layer)}
    return Network(Backbone(stages, 1, has_tokens=False), 2)


# Means 0 and 6, variances 1 and 9.
XS = torch.tensor([[-1.0], [1.0], [-1.0], [1.0]])
XT = torch.tensor([[3.0], [9.0], [3.0], [9.0]])


def test_gaps_of_the_input_in_closed_form():
    found = layer_moments(one_layer(), XS, XT)["only.0"]
    assert found.mean_gap.item() == pytest.approx(6 / 5**0.5)
    assert found.spread_gap.item() == pytest.approx(math.log(3))
    stale = found.stale
    assert stale["source"].item() == pytest.approx(-2 / 2.5**0.5)
    assert stale["target"].item() == pytest.approx(4 / 6.5**0.5)


def test_gaps_of_the_output_depend_on_whose_statistics_normalise():
    gaps = output_gaps(one_layer(), XS, XT)
    joint_variance = 5 + 9  # within the domains, and between them
    expected = {
        "running": 3 * 6 / math.sqrt(4 + 1e-5),
        "joint": 3 * 6 / math.sqrt(joint_variance + 1e-5),
        "separate": 0.0,
    }
    for by, value in expected.items():
        found = gaps[by]["only.0"]
        torch.testing.assert_close(found, torch.tensor([value]))


def test_the_model_is_left_as_it_was():
    model = build(ConvNet(width=4), (1, 28, 28), 3, seed=0).train()
    before = {k: v.clone() for k, v in model.state_dict().items()}
    xs, xt = torch.rand(8, 1, 28, 28), torch.rand(6, 1, 28, 28) + 1
    layer_moments(model, xs, xt)
    output_gaps(model, xs, xt)
    after = model.state_dict()
    assert all(torch.equal(v, after[k]) for k, v in before.items())
    assert model.training
    assert not any(m._forward_hooks for m in model.modules())


def test_every_layer_is_reported_and_one_domain_has_no_gap():
    model = build(ConvNet(width=4), (1, 28, 28), 3, seed=0)
    x = torch.rand(8, 1, 28, 28)
    found = layer_moments(model, x, x)
    assert list(found) == ["conv1.1", "conv2.1", "dense.2"]
    assert all(not m.mean_gap.nan_to_num().any() for m in found.values())


def test_statistics_of_a_domain_are_not_stale_for_it():
    model = build(ConvNet(width=4), (1, 28, 28), 3, seed=0)
    xs, xt = torch.rand(64, 1, 28, 28), torch.rand(64, 1, 28, 28) * 0.3
    fitted = with_statistics_of(model, xt)
    first = layer_moments(fitted, xs, xt)["conv1.1"]
    zero = torch.zeros_like(first.mean_gap)
    torch.testing.assert_close(first.stale["target"], zero, atol=1e-4, rtol=0)
    assert first.stale["source"].abs().max() > 1
