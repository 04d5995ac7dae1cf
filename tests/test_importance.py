"""Which weights a source model needs, against sums written out."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from tests.conftest import toy
from tl_core import importance, inside, neighbourhood
from tl_core.analysis import fisher
from tl_core.card import SpecError
from tl_core.probes import QUESTIONS
from tl_core.spec import spec_from_settings

SETTINGS = {
    "dataset": "mnist_to_optdigits",
    "backbone": "convnet",
    "backbone.width": 4,
    "pretrain_steps": 20,
}


@pytest.fixture(scope="module")
def asked():
    """The answer as a worker gives it, on three samples, and a loop's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importance, "MEASURED", 3)
        found = QUESTIONS["needed"](**SETTINGS)
    pair, model = inside.asked(spec_from_settings(SETTINGS))
    return found, squares(model, pair.source.train.first(3).x)


def squares(model, x) -> dict[str, torch.Tensor]:
    """Squared gradients of every class's log probability, one at a time."""
    total = {k: torch.zeros_like(p) for k, p in model.named_parameters()}
    for one in x.split(1):
        chances = model(one).softmax(1)[0].tolist()
        for label, p in enumerate(chances):
            model.zero_grad()
            F.cross_entropy(model(one), torch.tensor([label])).backward()
            for name, weight in model.named_parameters():
                total[name] += p * weight.grad.square() / len(x)
    return total


def test_channels_hold_what_a_loop_finds(asked):
    found, expected = asked
    conv = expected["backbone.stages.conv2.0.weight"]
    layer = found["layers"]["conv2.0"]
    close = {"rtol": 1e-3, "atol": 1e-9}
    np.testing.assert_allclose(layer["filters"], conv.sum((1, 2, 3)), **close)
    np.testing.assert_allclose(layer["pairs"], conv.sum((2, 3)), **close)


def test_stages_share_the_whole(asked):
    found, expected = asked
    whole = sum(f.sum().item() for f in expected.values())
    head = sum(f.sum() for n, f in expected.items() if n.startswith("head"))
    assert list(found["stages"])[-1] == "head"
    share = found["stages"]["head"]["share"]
    assert share == pytest.approx(head.item() / whole, rel=1e-3)
    total = sum(stage["share"] for stage in found["stages"].values())
    assert total == pytest.approx(1)
    assert all(0 <= value <= 1 for value in found["overlap"].values())


def test_the_whole_matrix_is_the_mean_of_outer_products():
    pair, model = inside.asked(spec_from_settings(SETTINGS))
    x = pair.source.train.first(2).x
    torch.manual_seed(0)
    way = {k: torch.randn_like(p) for k, p in model.named_parameters()}
    total = 0.0
    for one in x.split(1):
        for label, p in enumerate(model(one).softmax(1)[0].tolist()):
            model.zero_grad()
            F.cross_entropy(model(one), torch.tensor([label])).backward()
            slope = sum(
                (weight.grad * way[name]).sum().item()
                for name, weight in model.named_parameters()
            )
            total += p * slope**2 / len(x)
    found = importance.along(model, way, x)
    assert found == pytest.approx(total / 2, rel=1e-3)


def test_rises_are_of_the_way_to_the_adapted_network():
    spec = toy("full")
    found = importance.rises(spec)
    assert list(found) == ["diagonal", "matrix", "unseen"]
    assert all(value > 0 for value in found.values())
    pair, model = inside.asked(spec)
    end = dict(neighbourhood.adapted(spec, pair).named_parameters())
    seen = pair.source.train.first(neighbourhood.MEASURED)
    expected = sum(
        (f * (end[name] - model.get_parameter(name)).square()).sum().item()
        for name, f in fisher.exact(model, seen).items()
    )
    assert found["diagonal"] == pytest.approx(expected / 2, rel=1e-4)


def test_a_large_network_is_turned_down_in_words(monkeypatch):
    monkeypatch.setattr(importance, "LARGEST", 10)
    with pytest.raises(SpecError, match="Choose a smaller backbone"):
        importance.needed(spec_from_settings(SETTINGS))
