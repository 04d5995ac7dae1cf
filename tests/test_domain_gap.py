"""The shift designer's answer, and what ships of it."""

import pytest
import torch

from tests.conftest import OFFLINE
from tl_core import domain_gap, gallery
from tl_core.spec import spec_from_settings


def measured(knob: str = "", value: float = 0.0):
    settings = gallery.settings_of(knob, value)
    return domain_gap.measure(spec_from_settings(settings))


def test_without_a_shift_nothing_is_found():
    found = measured()
    for stage in found["mmd"].values():
        assert stage["p"] > 0.05
        assert stage["value"] < stage["null"] * 1.5
    assert found["a_distance"] < 0.4
    share = found["accuracy"]
    assert abs(share["source"] - share["target"]) < 0.06


def test_a_strong_shift_is_seen_in_every_number():
    found = measured("inversion", 1.0)
    assert all(stage["p"] < 0.01 for stage in found["mmd"].values())
    assert found["a_distance"] > 1.8
    assert found["accuracy"]["target"] < 0.5


def test_histograms_are_shares():
    for part in ("pixels", "features"):
        for domain in ("source", "target"):
            shares = measured("noise", 0.3)[part][domain]
            assert shares.sum() == pytest.approx(1.0)


def test_the_axis_of_the_picture_separates_as_well_as_any():
    generator = torch.Generator().manual_seed(0)
    zs = torch.randn(500, 4, generator=generator)
    zs[:, 1] *= 10  # a loud direction that says nothing
    zt = zs.flip(0) + torch.tensor([3.0, 0.0, 0.0, 0.0])
    a, b = domain_gap.on_one_axis(zs, zt)
    assert (a > 0).double().mean() + (b < 0).double().mean() < 0.3


def test_the_recorded_sweep_is_what_is_measured_here():
    points = {(p["knob"], p["value"]): p for p in gallery.sweep()["points"]}
    assert set(points) == set(gallery.shifts())
    for knob, value in (("", 0.0), ("rotation", 45.0), ("blur", 1.5)):
        here = measured(knob, value)
        there = points[(knob, value)]
        share = here["accuracy"]["target"]
        assert share == pytest.approx(there["accuracy"], abs=0.06)
        last = list(here["mmd"].values())[-1]["value"]
        assert last == pytest.approx(there["mmd"], abs=0.03)


def test_every_offline_pair_ships_its_picture():
    for key in OFFLINE:
        assert gallery.picture(key, "target"), key
