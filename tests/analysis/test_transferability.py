"""Transferability scores against loops and a search for the evidence."""

import math

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from scipy.stats import multivariate_normal

from tl_core.analysis.transferability import (
    h_score,
    leep,
    logme,
    shrunk_h_score,
)

CLASSES = 3


def planted(n: int, d: int, gap: float, seed: int = 0):
    """Features whose first ones carry the label, `gap` sd apart."""
    generator = torch.Generator().manual_seed(seed)
    y = torch.arange(n) % CLASSES
    z = torch.randn(n, d, generator=generator, dtype=torch.float64)
    z[torch.arange(n), y] += gap
    return z, y


def highest(z: np.ndarray, hot: np.ndarray) -> float:
    """The evidence's top over both precisions: a grid, then a climb."""

    def cost(logs) -> float:
        alpha, beta = np.exp(logs)
        cov = np.eye(len(z)) / beta + z @ z.T / alpha
        return -multivariate_normal.logpdf(hot, cov=cov)

    line = np.linspace(-1, 8, 19)
    start = min(((a, b) for a in line for b in line), key=cost)
    return -minimize(cost, start, method="Nelder-Mead", tol=1e-10).fun


@pytest.mark.parametrize(("n", "d"), [(30, 4), (12, 20)])
def test_logme_is_the_highest_evidence(n, d):
    z, y = planted(n, d, 1.5)
    hot = torch.eye(CLASSES)[y].numpy().T
    expected = np.mean([highest(z.numpy(), label) for label in hot]) / n
    assert logme(z, y) == pytest.approx(expected, abs=1e-6)


def test_logme_does_not_mind_the_features_scale_or_turn():
    z, y = planted(60, 8, 2.0)
    q, _ = torch.linalg.qr(planted(8, 8, 0.0, seed=4)[0])
    assert logme(40 * z @ q, y) == pytest.approx(logme(z, y), rel=1e-6)


def test_dead_features_have_the_evidence_of_noise_alone():
    y = torch.arange(12) % CLASSES
    expected = -(math.log(2 * math.pi / 3) + 1) / 2  # variance y'y / n
    assert logme(torch.zeros(12, 3), y) == pytest.approx(expected)


def test_features_that_are_the_labels_have_a_finite_evidence():
    y = torch.arange(12) % CLASSES
    found = logme(torch.eye(CLASSES)[y], y)
    assert math.isfinite(found)
    assert found > 1


def test_leep_is_its_definition_written_as_loops():
    generator = torch.Generator().manual_seed(1)
    p = torch.randn(20, 5, generator=generator).softmax(1)
    y = torch.arange(20) % CLASSES
    together = torch.zeros(CLASSES, 5)
    for i in range(20):
        for k in range(5):
            together[y[i], k] += p[i, k] / 20
    total = 0.0
    for i in range(20):
        likely = 0.0
        for k in range(5):
            share = together[y[i], k] / together[:, k].sum()
            likely += (share * p[i, k]).item()
        total += math.log(likely)
    assert leep(p, y) == pytest.approx(total / 20, rel=1e-5)


def test_leep_of_a_perfect_and_of_a_blind_source():
    y = torch.arange(30) % CLASSES
    sure = torch.eye(CLASSES)[[2, 0, 1]][y]
    assert leep(sure, y) == pytest.approx(0, abs=1e-9)
    blind = torch.full((30, 4), 0.25)
    assert leep(blind, y) == pytest.approx(-math.log(CLASSES))


def between_by_loop(z: torch.Tensor, y: torch.Tensor) -> np.ndarray:
    rows = [z[y == label].mean(0) for label in y]
    means = torch.stack(rows) - z.mean(0)
    return (means.T @ means / len(z)).numpy()


def test_the_h_score_is_its_definition():
    z, y = planted(50, 6, 1.0)
    cov = np.cov(z.numpy().T, bias=True)
    expected = np.trace(np.linalg.inv(cov) @ between_by_loop(z, y))
    assert h_score(z, y) == pytest.approx(expected, rel=1e-9)


def ledoit_wolf_by_loop(z: np.ndarray) -> tuple[np.ndarray, float]:
    """Ledoit and Wolf (2004), their equations, sample by sample."""
    n, d = z.shape
    z = z - z.mean(0)
    s = z.T @ z / n
    mu = np.trace(s) / d
    spread = ((s - mu * np.eye(d)) ** 2).sum() / d
    error = sum(((np.outer(row, row) - s) ** 2).sum() for row in z) / d / n**2
    share = min(error, spread) / spread
    return (1 - share) * s + share * mu * np.eye(d), share


def test_the_shrunk_h_score_is_its_definition():
    z, y = planted(15, 10, 1.5)
    z *= torch.arange(1, 11)  # of unequal spread, so that s is below 1
    cov, share = ledoit_wolf_by_loop(z.numpy())
    assert 0.05 < share < 0.95
    between = (1 - share) * between_by_loop(z, y)
    expected = np.trace(np.linalg.inv(cov) @ between)
    assert shrunk_h_score(z, y) == pytest.approx(expected, rel=1e-9)


def test_with_few_samples_only_the_shrunk_one_tells_labels_from_chance():
    told, chance = planted(20, 60, 4.0), planted(20, 60, 0.0)
    assert h_score(*told) == pytest.approx(CLASSES - 1, rel=1e-6)
    assert h_score(*chance) == pytest.approx(CLASSES - 1, rel=1e-6)
    assert shrunk_h_score(*told) > 2 * shrunk_h_score(*chance)


@pytest.mark.parametrize("score", [logme, h_score, shrunk_h_score])
def test_scores_grow_with_what_features_know(score):
    values = [score(*planted(150, 8, gap)) for gap in (0.0, 1.0, 2.0, 4.0)]
    assert values == sorted(values)


@pytest.mark.parametrize("score", [logme, leep, h_score, shrunk_h_score])
def test_one_class_is_refused(score):
    with pytest.raises(ValueError, match="labels of 1 classes"):
        score(torch.rand(5, 2), torch.zeros(5, dtype=torch.long))
