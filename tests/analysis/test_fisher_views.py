"""How importance is spread: closed forms and loops."""

import pytest
import torch

from tl_core.analysis import fisher
from tl_core.analysis.fisher_views import (
    by_filter,
    by_pair,
    gini,
    held_by_top,
    needed_for,
    overlaps,
    spreads,
)
from tl_core.backbones.base import build
from tl_core.backbones.convnet import ConvNet
from tl_core.datasets.base import Samples

NAME = "backbone.stages.{}.0.weight"


def test_gini_at_its_ends_and_of_a_uniform_law():
    assert gini(torch.ones(7)) == pytest.approx(0)
    alone = torch.zeros(10)
    alone[3] = 5.0
    assert gini(alone) == pytest.approx(0.9)
    even = torch.linspace(0, 1, 10_001)
    assert gini(even) == pytest.approx(1 / 3, abs=1e-4)
    assert gini(torch.zeros(4)) == 0


def test_gini_is_the_mean_difference_of_all_pairs():
    values = torch.rand(30, generator=torch.Generator().manual_seed(0))
    pairs = sum(abs(a - b) for a in values for b in values) / 30**2
    expected = (pairs / (2 * values.mean())).item()
    assert gini(values) == pytest.approx(expected, rel=1e-4)


def test_gini_is_twice_the_area_above_the_lorenz_curve():
    values = torch.rand(5000, generator=torch.Generator().manual_seed(1)) ** 4
    area = torch.trapezoid(fisher.lorenz(values), dx=0.01).item()
    assert gini(values) == pytest.approx(1 - 2 * area, abs=1e-3)


def test_what_few_weights_hold():
    values = torch.tensor([[1.0, 1, 1, 1, 1], [1, 1, 1, 2, 10]])
    assert held_by_top(values, 0.1) == pytest.approx(10 / 20)
    assert held_by_top(values, 0.2) == pytest.approx(12 / 20)
    assert held_by_top(values, 0.001) == pytest.approx(10 / 20)
    assert held_by_top(values, 1.0) == 1
    assert needed_for(values, 0.5) == pytest.approx(0.1)
    assert needed_for(values, 0.6) == pytest.approx(0.2)
    assert needed_for(values, 0.601) == pytest.approx(0.3)
    assert needed_for(values, 1.0) == 1


def test_stages_share_the_sum():
    diagonal = {
        NAME.format("conv1"): torch.tensor([[1.0, 3.0]]),
        "backbone.stages.conv1.0.bias": torch.tensor([0.0]),
        "head.weight": torch.tensor([[4.0, 4.0]]),
    }
    found = spreads(diagonal)
    assert list(found) == ["conv1", "head"]
    assert found["conv1"].share == pytest.approx(1 / 3)
    assert found["conv1"].weights == 3
    # Rising 0, 1, 3: (-2 * 0 + 0 * 1 + 2 * 3) / (3 * 4).
    assert found["conv1"].gini == pytest.approx(0.5)
    assert found["conv1"].top5 == pytest.approx(3 / 4)
    assert found["head"].gini == 0


def test_filters_and_pairs_by_loops():
    f = torch.rand(3, 2, 2, 2, generator=torch.Generator().manual_seed(2))
    sums = by_filter({"weight": f, "bias": torch.ones(3)})
    assert list(sums) == ["weight"]
    pairs = by_pair(f)
    for i in range(3):
        whole = 0.0
        for j in range(2):
            cell = sum(v.item() for v in f[i, j].flatten())
            whole += cell
            assert pairs[i, j].item() == pytest.approx(cell, rel=1e-5)
        assert sums["weight"][i].item() == pytest.approx(whole, rel=1e-5)
    assert by_pair(torch.ones(4, 5)).shape == (4, 5)


def test_overlaps_by_stage_in_closed_form():
    one = {
        NAME.format("a"): torch.tensor([4.0, 0.0]),
        NAME.format("b"): torch.tensor([1.0, 1.0]),
        NAME.format("c"): torch.tensor([9.0, 16.0]),
        NAME.format("d"): torch.tensor([0.0, 0.0]),
        "head.weight": torch.ones(2),
    }
    two = {
        NAME.format("a"): torch.tensor([0.0, 1.0]),
        NAME.format("b"): torch.tensor([5.0, 5.0]),
        NAME.format("c"): torch.tensor([1.0, 0.0]),
        NAME.format("d"): torch.tensor([1.0, 0.0]),
        "head.weight": torch.ones(3),
    }
    found = overlaps(one, two)
    # With traces 1, 1 - |sqrt F1 - sqrt F2|^2 / 2 = sum sqrt(F1 F2).
    assert found == pytest.approx({"a": 0.0, "b": 1.0, "c": 3 / 5})


def test_importance_of_a_network_s_own_weights_is_uneven():
    model = build(ConvNet(width=4), (1, 28, 28), 3, seed=0).eval()
    x = torch.rand(8, 1, 28, 28, generator=torch.Generator().manual_seed(3))
    diagonal = fisher.exact(model, Samples(x, torch.zeros(8).long()))
    found = spreads(diagonal)
    assert list(found) == ["conv1", "conv2", "dense", "head"]
    assert sum(s.share for s in found.values()) == pytest.approx(1)
    assert sum(s.weights for s in found.values()) == sum(
        p.numel() for p in model.parameters()
    )
    assert all(s.top5 > 0.05 for s in found.values())
    same = overlaps(diagonal, diagonal)
    assert same == pytest.approx(dict.fromkeys(found, 1.0))
