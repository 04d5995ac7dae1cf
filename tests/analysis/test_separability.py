"""Linear probes against scikit-learn, and at their ends."""

import math

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge

from tl_core.analysis.separability import (
    probe_accuracy,
    read,
    ridge_weights,
    scatter_ratio,
)

CLASSES = 3


def clouds(n: int, d: int, gap: float, seed: int = 0):
    """Normal clouds whose means lie `gap` along an axis each."""
    generator = torch.Generator().manual_seed(seed)
    y = torch.randint(CLASSES, (n,), generator=generator)
    z = torch.randn(n, d, generator=generator, dtype=torch.float64)
    z[torch.arange(n), y] += gap
    return z, y


@pytest.mark.parametrize(("n", "d"), [(40, 5), (12, 30)])
def test_the_weights_are_scikit_learn_s(n, d):
    z, y = clouds(n, d, 1.0)
    hot = torch.eye(CLASSES).double()[y]
    z, hot = z - z.mean(0), hot - hot.mean(0)
    alpha = 0.1 * n * z.square().mean().item()
    theirs = Ridge(alpha=alpha, fit_intercept=False).fit(z, hot).coef_.T
    np.testing.assert_allclose(ridge_weights(z, hot, 0.1), theirs, atol=1e-9)


def test_the_probe_says_what_scikit_learn_s_ridge_says():
    z, y = clouds(60, 4, 1.5)
    z_test, y_test = clouds(50, 4, 1.5, seed=1)
    hot = torch.eye(CLASSES).double()[y]
    alpha = 0.01 * 60 * (z - z.mean(0)).square().mean().item()
    said = Ridge(alpha=alpha).fit(z, hot).predict(z_test).argmax(1)
    expected = (said == y_test.numpy()).mean()
    found = read(z, y, z_test, y_test, 0.01, CLASSES)
    assert found == pytest.approx(expected)


def test_classes_far_apart_are_read_and_equal_ones_are_not():
    assert probe_accuracy(clouds(200, 6, 9.0), clouds(200, 6, 9.0, 1)) == 1
    chance = probe_accuracy(clouds(600, 6, 0.0), clouds(3000, 6, 0.0, 1))
    assert chance == pytest.approx(1 / 3, abs=0.04)


def test_two_clouds_are_read_as_well_as_bayes_allows():
    generator = torch.Generator().manual_seed(0)

    def two(n: int):
        y = torch.randint(2, (n,), generator=generator)
        z = torch.randn(n, 3, generator=generator)
        z[:, 0] += 2.0 * y
        return z, y

    bayes = 1 - 0.5 * math.erfc(1 / math.sqrt(2))
    found = probe_accuracy(two(8000), two(8000))
    assert found == pytest.approx(bayes, abs=0.015)


def test_more_features_than_samples_do_not_read_chance():
    found = probe_accuracy(clouds(60, 300, 0.0), clouds(3000, 300, 0.0, 1))
    assert found == pytest.approx(1 / 3, abs=0.05)


def test_the_scatter_ratio_is_its_definition():
    z, y = clouds(30, 4, 1.0)
    whole = z.mean(0)
    between = sum(((z[y == k].mean(0) - whole) ** 2).sum() for k in y)
    total = sum(((row - whole) ** 2).sum() for row in z)
    found = scatter_ratio(z, y)
    assert found == pytest.approx((between / total).item())
    points = torch.eye(CLASSES)[y]
    assert scatter_ratio(points, y) == pytest.approx(1)


def test_too_few_samples_are_refused():
    with pytest.raises(ValueError, match="at least 4 labelled samples, not 3"):
        probe_accuracy(clouds(3, 3, 1.0), clouds(9, 3, 1.0))
