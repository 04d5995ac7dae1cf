r"""MMD between two samples, small enough to try every knob at once.

$$\mathrm{MMD}^2 = \mathbb{E}\,k(x, x') + \mathbb{E}\,k(y, y')
- 2\,\mathbb{E}\,k(x, y), \qquad
k(x, y) = \exp\!\left(-\frac{|x - y|^2}{2 h^2}\right)$$

The witness $f(z) = \mathbb{E}\,k(x, z) - \mathbb{E}\,k(y, z)$ says where the
samples differ: it is the function of the kernel's space whose means differ
most. Three estimates (Gretton et al. 2012, JMLR 13:723-773): the biased one
takes all pairs, a sample with itself too; the unbiased one leaves those out;
the linear one takes each sample once, in the time of reading it, and varies
more. For normal laws the truth has a closed form.

NumPy alone, so that a page answers without a worker; `analysis/mmd.py` is
what training uses.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

DRAWS = 200
"""Repetitions of an estimate."""


def kernel(x: np.ndarray, y: np.ndarray, h: float) -> np.ndarray:
    """exp(-|x_i - y_j|^2 / 2 h^2) for x (..., n, d), y (..., m, d): shape
    (..., n, m)."""
    gap = x[..., :, None, :] - y[..., None, :, :]
    return np.exp(-np.square(gap).sum(-1) / (2 * h * h))


def witness(
    x: np.ndarray, y: np.ndarray, z: np.ndarray, h: float
) -> np.ndarray:
    """mean_i k(x_i, z) - mean_j k(y_j, z) at points z (g, d), (g,)."""
    return kernel(z, x, h).mean(1) - kernel(z, y, h).mean(1)


def biased(x: np.ndarray, y: np.ndarray, h: float) -> np.ndarray:
    """The V-statistic of x (..., n, d) and y (..., m, d), (...)."""
    pairs = (kernel(a, b, h).mean((-2, -1)) for a, b in ((x, x), (y, y)))
    return sum(pairs) - 2 * kernel(x, y, h).mean((-2, -1))


def unbiased(x: np.ndarray, y: np.ndarray, h: float) -> np.ndarray:
    """The U-statistic of x (..., n, d) and y (..., m, d), (...)."""
    n, m = x.shape[-2], y.shape[-2]
    xx = (kernel(x, x, h).sum((-2, -1)) - n) / (n * (n - 1))
    yy = (kernel(y, y, h).sum((-2, -1)) - m) / (m * (m - 1))
    return xx + yy - 2 * kernel(x, y, h).mean((-2, -1))


def linear(x: np.ndarray, y: np.ndarray, h: float) -> np.ndarray:
    """Gretton's linear-time statistic (lemma 14) of x and y (..., n, d), n
    even: the mean over consecutive pairs, (...)."""
    one, two = x[..., 0::2, :], x[..., 1::2, :]
    three, four = y[..., 0::2, :], y[..., 1::2, :]

    def k(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.exp(-np.square(a - b).sum(-1) / (2 * h * h))

    each = k(one, two) + k(three, four) - k(one, four) - k(two, three)
    return each.mean(-1)


def truth(shift: float, spread: float, h: float) -> float:
    """MMD^2 between N(0, 1) and N(shift, spread^2), d = 1."""

    def mean(gap: float, variance: float) -> float:
        """E exp(-u^2 / 2 h^2) of u ~ N(gap, variance)."""
        wide = h * h + variance
        return h / np.sqrt(wide) * np.exp(-gap * gap / (2 * wide))

    ours, theirs = mean(0, 2), mean(0, 2 * spread**2)
    return float(ours + theirs - 2 * mean(shift, 1 + spread**2))


def estimates(
    n: int, shift: float, spread: float, h: float, seed: int = 0
) -> Mapping[str, np.ndarray]:
    """DRAWS values of each estimate from n samples (even) of either law."""
    chance = np.random.default_rng(seed)
    x = chance.standard_normal((DRAWS, n, 1))
    y = shift + spread * chance.standard_normal((DRAWS, n, 1))
    found = {"biased": biased, "unbiased": unbiased, "linear": linear}
    return {name: estimate(x, y, h) for name, estimate in found.items()}


def median_distance(x: np.ndarray, y: np.ndarray) -> float:
    """The median over pairs of different pooled samples (n + m, d)."""
    pooled = np.concatenate([x, y])
    gap = np.sqrt(np.square(pooled[:, None] - pooled[None]).sum(-1))
    return float(np.median(gap[np.triu_indices(len(pooled), 1)]))
