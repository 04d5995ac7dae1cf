"""Drawn signs: told apart by shape and colour; a night of five causes."""

import math
from dataclasses import replace

import pytest
import torch

from tl_core.datasets import night
from tl_core.datasets.sign_faces import FACES, faces
from tl_core.datasets.signs import CLASSES, by_day, picture
from tl_core.datasets.signs_day_to_night import SignsDayToNight

CAUSES = ("darkness", "glow", "rain", "blur", "noise")
CLEAR = SignsDayToNight(darkness=0, glow=0, rain=0, blur=0, noise=0)


@pytest.fixture(scope="module")
def day(lab_home) -> torch.Tensor:
    return by_day(80, 32, 99).x


def chance() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def mean_rgb(name: str) -> list[float]:
    face = faces()[list(FACES).index(name)]
    return (face[:3].sum(dim=(1, 2)) / face[3].sum()).tolist()


@pytest.mark.parametrize("name", ["stop", "no entry", "yield", "warning"])
def test_red_signs_are_red(name):
    red, green, blue = mean_rgb(name)
    assert red > 1.2 * max(green, blue)


def test_the_arrow_is_on_blue_and_the_diamond_is_yellow():
    red, _, blue = mean_rgb("turn right")
    assert blue > 1.5 * red
    assert mean_rgb("priority road")[2] < 0.8 * mean_rgb("priority road")[0]


def test_a_face_covers_the_area_of_its_shape():
    cover = dict(zip(FACES, faces()[:, 3].mean(dim=(1, 2)), strict=True))
    disc = math.pi / 4 * 0.94**2
    for name in ("speed limit 30", "speed limit 70", "no entry"):
        assert cover[name].item() == pytest.approx(disc, rel=0.01)
    warning = cover["warning"].item()
    assert cover["yield"].item() == pytest.approx(warning, rel=0.01)
    assert cover["yield"] < cover["priority road"] < cover["stop"]


def test_no_face_is_cut_off_and_edges_are_smooth():
    cover = faces()[:, 3]
    for edge in (cover[:, 0], cover[:, -1], cover[..., 0], cover[..., -1]):
        assert edge.max() == 0
    assert 0.01 < ((cover > 0.05) & (cover < 0.95)).float().mean() < 0.1


def test_the_two_limits_differ_in_their_number_only():
    one, two = faces()[2], faces()[3]
    assert torch.equal(one[3], two[3])
    differ = (one - two).abs().amax(0) > 0.1
    rows, columns = differ.any(1).nonzero(), differ.any(0).nonzero()
    assert rows.min() > 32
    assert rows.max() < 96
    # The right half holds the nought that both have.
    assert columns.max() < 64 + 8


def test_the_sign_s_pixels_depend_on_its_class_and_the_others_do_not():
    stop, limit = (picture(torch.full((20,), k), chance()) for k in (0, 2))
    same = (stop - limit).abs().amax(1) < 1e-6
    assert 0.2 < same.float().mean() < 0.9


def test_as_many_of_each_class():
    y = by_day(80, 32, 99).y
    assert torch.bincount(y).tolist() == [10] * len(CLASSES)


def test_small_pictures_are_the_large_ones_shrunk(day):
    large = by_day(80, 96, 99)
    small = torch.nn.functional.avg_pool2d(large.x, 3)
    # Both were rounded to 1/255.
    assert (small - day).abs().max() <= 1.01 / 255


def test_kept_pictures_are_the_pictures_that_were_made(lab_home):
    again = by_day(80, 32, 99)
    (lab_home / "datasets" / "signs2_32_80_99.npz").unlink()
    assert torch.equal(by_day(80, 32, 99).x, again.x)


def test_severity_of_zero_is_day_to_the_pixel():
    target = SignsDayToNight(severity=0).load().target
    assert torch.equal(target.test.x, by_day(500, 32, 13).x)


@pytest.mark.parametrize("cause", CAUSES)
def test_each_cause_alone_changes_the_night_and_more_of_it_more(cause, day):
    little, much = (
        replace(CLEAR, **{cause: a}).at_night(day, chance())
        for a in (0.3, 0.9)
    )
    assert torch.equal(CLEAR.at_night(day, chance()), day)
    assert 0 < (little - day).abs().mean() < (much - day).abs().mean()


@pytest.mark.parametrize("cause", CAUSES)
def test_severity_multiplies_every_cause(cause, day):
    one = replace(CLEAR, **{cause: 0.8}, severity=0.5)
    two = replace(CLEAR, **{cause: 0.4})
    assert torch.equal(
        one.at_night(day, chance()), two.at_night(day, chance())
    )


def test_darkness_darkens_red_most(day):
    dark = night.darken(day, 1.0, chance())
    left = dark.mean(dim=(0, 2, 3)) / day.mean(dim=(0, 2, 3))
    assert left[0] < left[1] < left[2] < 1


def test_light_adds_and_never_takes(day):
    assert (night.glow(day, 1.0, chance()) >= day).all()
    assert (night.rain(day, 1.0, chance()) >= day).all()


def test_rain_falls_in_streaks():
    wet = night.rain(torch.zeros(60, 3, 96, 96), 0.6, chance())[:, :1]
    streaks = (wet > 0.02).float()
    assert 0.02 < streaks.mean() < 0.6
    below = (streaks[:, :, 1:] * streaks[:, :, :-1]).mean()
    beside = (streaks[..., 1:] * streaks[..., :-1]).mean()
    assert below > 1.5 * beside


def test_defocus_is_the_normal_density():
    x = torch.zeros(1, 3, 96, 96)
    x[..., 48, 48] = 1.0
    row = night.defocus(x, 0.6)[0, 0].sum(0)
    offsets = torch.arange(96.0) - 48
    assert row.sum() == pytest.approx(1, abs=1e-4)
    sigma = (row * offsets**2).sum().sqrt()
    assert sigma == pytest.approx(0.035 * 0.6 * 96, rel=0.02)


def test_noise_has_the_standard_deviation_it_says():
    grey = torch.full((50, 3, 32, 32), 0.5)
    noisy = night.add_noise(grey, 0.7, chance())
    assert (noisy - grey).std() == pytest.approx(0.07, rel=0.02)
