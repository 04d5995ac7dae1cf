"""The small MMD agrees with the one that trains, with loops and the truth."""

import numpy as np
import pytest
import torch

from tl_core import kernel_lesson as lesson
from tl_core.analysis import mmd

CHANCE = np.random.default_rng(1)
X = CHANCE.standard_normal((14, 2))
Y = 0.7 + 1.3 * CHANCE.standard_normal((14, 2))
H = 0.9


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(lesson.biased, mmd.mmd2), (lesson.unbiased, mmd.mmd2_unbiased)],
)
def test_it_is_what_training_uses(ours, theirs):
    bandwidth = torch.tensor(H**2)
    expected = theirs(
        torch.from_numpy(X), torch.from_numpy(Y), bandwidth, (1.0,)
    )
    assert ours(X, Y, H) == pytest.approx(expected.item(), abs=1e-6)


def test_the_linear_one_is_its_loop():
    def k(a: np.ndarray, b: np.ndarray) -> float:
        return float(np.exp(-((a - b) ** 2).sum() / (2 * H * H)))

    told = []
    for i in range(0, len(X), 2):
        told.append(
            k(X[i], X[i + 1])
            + k(Y[i], Y[i + 1])
            - k(X[i], Y[i + 1])
            - k(X[i + 1], Y[i])
        )
    assert lesson.linear(X, Y, H) == pytest.approx(np.mean(told))


@pytest.mark.parametrize(("shift", "spread"), [(0, 1), (1, 1), (0.5, 2)])
def test_the_mean_of_the_unbiased_ones_is_the_truth(shift, spread):
    found = lesson.estimates(40, shift, spread, 0.8)
    exact = lesson.truth(shift, spread, 0.8)
    for name in ("unbiased", "linear"):
        sure = found[name].std() / np.sqrt(lesson.DRAWS)
        assert abs(found[name].mean() - exact) < 4 * sure
    assert found["biased"].mean() > exact
    assert found["linear"].std() > 1.2 * found["unbiased"].std()


def test_equal_laws_are_no_distance_apart():
    assert lesson.truth(0, 1, 0.7) == pytest.approx(0, abs=1e-12)
    assert lesson.truth(2, 1, 0.7) > lesson.truth(1, 1, 0.7) > 0


def test_the_mean_witness_is_the_biased_mmd():
    """MMD^2 = mean f(x) - mean f(y), the witness at the samples."""
    at_x, at_y = (lesson.witness(X, Y, z, H) for z in (X, Y))
    assert at_x.mean() - at_y.mean() == pytest.approx(lesson.biased(X, Y, H))


def test_the_median_is_over_pairs_of_different_samples():
    found = lesson.median_distance(X, Y) ** 2
    bandwidth = mmd.median_squared_distance(
        torch.from_numpy(X), torch.from_numpy(Y)
    )
    assert found == pytest.approx(bandwidth.item(), rel=0.02)
