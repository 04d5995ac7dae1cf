"""Fitted Gabor functions against planted ones."""

import math

import numpy as np
import pytest
from scipy.optimize import least_squares

from tl_core.analysis.filters import first_filters, main_pattern
from tl_core.analysis.gabor import Gabor
from tl_core.analysis.gabor_fit import SMALLEST, fit, fit_all, null
from tl_core.backbones.base import build
from tl_core.backbones.convnet import ConvNet
from tl_core.backbones.efficientnet_lite0 import EfficientNetLite0


def written_out(g: Gabor, size: int) -> np.ndarray:
    """The formula, pixel by pixel."""
    theta, phase = math.radians(g.orientation), math.radians(g.phase)
    values = np.zeros((size, size))
    for row in range(size):
        for column in range(size):
            x = column - (size - 1) / 2 - g.centre_x
            y = row - (size - 1) / 2 - g.centre_y
            u = x * math.cos(theta) + y * math.sin(theta)
            v = -x * math.sin(theta) + y * math.cos(theta)
            bell = math.exp(-(u**2) / (2 * g.width_x**2)) * math.exp(
                -(v**2) / (2 * g.width_y**2)
            )
            wave = math.cos(2 * math.pi * g.frequency * u + phase)
            values[row, column] = g.amplitude * bell * wave
    return values


PLANTED = [
    Gabor(30.0, 0.20, 40.0, 2.0, 3.0, 0.3, -0.5, 0.7, 1.0),
    Gabor(100.0, 0.15, -90.0, 1.8, 1.5, 0.0, 0.4, 2.0, 1.0),
    Gabor(0.5, 0.25, 10.0, 1.5, 2.5, -0.6, 0.2, 0.05, 1.0),
    Gabor(150.0, 0.30, 120.0, 2.2, 1.6, 0.5, 0.5, 1.0, 1.0),
]


def between(a: float, b: float, period: float) -> float:
    """How far two angles are apart."""
    return abs((a - b + period / 2) % period - period / 2)


@pytest.mark.parametrize("planted", PLANTED, ids=lambda g: g.orientation)
def test_planted_numbers_are_found_again(planted):
    found = fit(written_out(planted, 11))
    assert found.r2 > 1 - 1e-6
    assert between(found.orientation, planted.orientation, 180) < 0.1
    assert found.frequency == pytest.approx(planted.frequency, abs=1e-3)
    # Just below 180 degrees a wave is one just above 0, seen from behind.
    behind = abs(found.orientation - planted.orientation) > 90
    phase = -planted.phase if behind else planted.phase
    assert between(found.phase, phase, 360) < 0.5
    assert found.width_x == pytest.approx(planted.width_x, rel=5e-3)
    assert found.width_y == pytest.approx(planted.width_y, rel=5e-3)
    assert found.centre_x == pytest.approx(planted.centre_x, abs=0.02)
    assert found.centre_y == pytest.approx(planted.centre_y, abs=0.02)
    assert found.amplitude == pytest.approx(planted.amplitude, rel=1e-2)


def test_a_fit_draws_the_formula():
    found = fit(written_out(PLANTED[1], 7))
    np.testing.assert_allclose(
        found.pattern(9), written_out(found, 9), atol=1e-12
    )
    assert -180 < found.phase <= 180
    assert 0 <= found.orientation < 180


def test_noise_costs_the_share_of_the_sum_of_squares_that_it_has():
    clean = written_out(PLANTED[0], 11)
    noise = np.random.default_rng(0).normal(size=(11, 11))
    noise *= math.sqrt(0.25 * (clean**2).sum() / (noise**2).sum())
    found = fit(clean + noise)
    # One part of five is noise; eight numbers of 121 follow some of it.
    assert found.r2 == pytest.approx(0.8, abs=0.06)
    assert between(found.orientation, 30.0, 180) < 5


@pytest.mark.parametrize("size", [5, 7])
def test_scipy_descends_no_deeper_from_where_a_fit_ended(size):
    """All eight numbers at once, by another library."""
    noise = np.random.default_rng(2).normal(size=(6, size, size))
    for pattern, found in zip(noise, fit_all(noise), strict=True):

        def left(p: np.ndarray, pattern: np.ndarray = pattern):
            one = Gabor(*p, r2=0.0)
            return (written_out(one, size) - pattern).ravel()

        start = list(vars(found).values())[:8]
        half = (size - 1) / 2 + 1e-9
        low = [-999, 0, -999, 0.5 - 1e-9, 0.5 - 1e-9, -half, -half, 0]
        wide = size + 1e-9
        high = [999, 0.5 + 1e-9, 999, wide, wide, half, half, np.inf]
        best = least_squares(left, start, bounds=(low, high), max_nfev=20)
        total = (pattern**2).sum()
        assert found.r2 == pytest.approx(
            1 - (left(start) ** 2).sum() / total, abs=1e-6
        )
        assert 1 - 2 * best.cost / total - found.r2 < 0.01


def test_random_filters_are_the_null():
    values = null(7, draws=12)
    assert list(values) == sorted(values)
    assert values[0] > 0.1
    assert values[-1] < 0.9
    assert fit(written_out(PLANTED[1], 7)).r2 > values[-1]


def test_fewer_weights_are_fitted_better_by_chance():
    small, large = null(5, draws=12), null(9, draws=12)
    assert np.mean(small) > np.mean(large) + 0.1


def test_a_filter_of_nine_weights_is_refused():
    with pytest.raises(ValueError, match="3 x 3 pixels is too small"):
        fit(np.eye(3))


def test_a_dead_filter_explains_nothing():
    assert fit(np.zeros((5, 5))).amplitude == 0


def test_filters_learned_from_photographs_are_gabors_and_new_ones_are_not():
    """The first 5 x 5 filters of EfficientNet-Lite0, ImageNet weights."""
    recipe = EfficientNetLite0()
    learned = first_filters(recipe.build((3, 96, 96)), SMALLEST)[1]
    found = np.array([g.r2 for g in fit_all(main_pattern(learned[:48]))])
    limit = np.quantile(null(5), 0.95)
    assert np.median(found) > 0.9
    assert (found > limit).mean() > 0.95
    fresh = build(ConvNet(width=24), (1, 28, 28), 2, seed=0)
    found = [g.r2 for g in fit_all(main_pattern(first_filters(fresh)[1]))]
    assert (np.array(found) > limit).mean() < 0.25


def test_fits_are_told_best_first_with_all_their_numbers():
    from pages.ui import fits

    shown = [
        Gabor(30.4, 0.2, -90.2, 2.0, 3.0, 0.5, -0.25, 1.0, r2)
        for r2 in (0.4, 0.9)
    ]
    order = sorted(range(2), key=lambda i: -shown[i].r2)
    table = fits.table(order, shown)
    assert list(table["filter"]) == [1, 0]
    assert list(table["orientation (°)"]) == [30, 30]
    assert list(table["R²"]) == [0.9, 0.4]
    pattern, fitted = fits.both(np.zeros((7, 7)), shown[0])
    np.testing.assert_array_equal(fitted, shown[0].pattern(7))
    assert pattern.shape == fitted.shape
