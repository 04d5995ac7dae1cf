"""Losses between the source model and what strategies made of it."""

import numpy as np
import pytest
import torch

from tests.conftest import toy
from tl_core import neighbourhood, training
from tl_core.analysis import landscape
from tl_core.card import SpecError
from tl_core.device import device
from tl_core.domain_gap import source_model
from tl_core.events import RunFinished

FULL, EWC = toy("full"), toy("ewc")


def test_an_adapted_network_is_the_run_s_own():
    pair = training.load_pair(FULL, device())
    model = neighbourhood.adapted(FULL, pair)
    (end,) = [e for e in training.train(FULL) if isinstance(e, RunFinished)]
    test = pair.target.test
    with torch.no_grad():
        share = (model(test.x).argmax(1) == test.y).double().mean().item()
    assert share == pytest.approx(end.accuracy["target"])


def test_the_plane_holds_the_three_networks():
    found = neighbourhood.plane(FULL, EWC, grid=9)
    assert list(found["corners"]) == ["source model", "1: full", "2: ewc"]
    assert found["corners"]["source model"] == pytest.approx((0, 0))
    x, y = found["corners"]["1: full"]
    assert x > 0
    assert y == pytest.approx(0, abs=1e-4)
    assert found["losses"]["source"].shape == (9, 9)
    assert found["xs"][0] < 0 < x < found["xs"][-1]
    assert found["accuracy"]["target"].min() >= 0
    assert found["accuracy"]["target"].max() <= 1
    for name, steps in found["ways"].items():
        assert steps[0] == pytest.approx((0, 0), abs=1e-5)
        assert steps[-1] == pytest.approx(found["corners"][name], abs=1e-4)
        assert len(steps) == 40 / neighbourhood.LEAP + 2
    assert found["foretold"].shape == (9, 9)
    assert found["foretold"].min() >= 0


def test_a_line_runs_from_the_source_model_to_the_adapted_one():
    found = neighbourhood.line(FULL, points=5)
    pair = training.load_pair(FULL, device())
    ends = source_model(FULL, pair), neighbourhood.adapted(FULL, pair)
    for at, model in zip((0, -1), ends, strict=True):
        read = neighbourhood.heights(model, pair)["source"]
        loss, share = read(landscape.weights(model)).tolist()
        assert found["losses"]["source"][at] == pytest.approx(loss, rel=1e-3)
        assert found["accuracy"]["source"][at] == pytest.approx(share)
    losses = found["losses"]["source"]
    chord = np.linspace(losses[0], losses[-1], 5)
    expected = (losses - chord).max()
    assert found["barrier"]["source"] == pytest.approx(expected, abs=1e-6)
    assert np.diff(found["losses"]["target"][[0, -1]]) < 0


def test_what_ewc_imagines_is_a_parabola_that_starts_at_the_source_loss():
    found = neighbourhood.line(FULL, points=5)
    rise = found["foretold"] - found["losses"]["source"][0]
    np.testing.assert_allclose(
        rise, rise[-1] * found["shares"] ** 2, rtol=1e-3
    )
    assert rise[-1] > 0


def test_networks_of_other_starts_or_forms_are_refused():
    with pytest.raises(SpecError, match="do not start from one source model"):
        neighbourhood.plane(FULL, toy("ewc", seed=1))
    with pytest.raises(SpecError, match="do not start from one source model"):
        neighbourhood.plane(FULL, toy("scratch"))
    with pytest.raises(SpecError, match="lora on moons changes the network"):
        neighbourhood.line(toy("lora"))
