r"""Maximum mean discrepancy between two samples (Gretton et al. 2012).

$$\mathrm{MMD}^2(P, Q) = \mathbb{E}\,k(x, x') + \mathbb{E}\,k(y, y')
- 2\,\mathbb{E}\,k(x, y)$$

with $k$ the mean of Gaussian kernels of several widths around the median
distance (Long et al. 2015). JMLR 13:723-773; arXiv:1502.02791.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import torch
from torch import Tensor

WIDTHS = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Multiples of the squared median distance, one Gaussian kernel each."""


def median_squared_distance(x: Tensor, y: Tensor) -> Tensor:
    """The median heuristic: over pooled pairs of different samples.

    x (n, d), y (m, d). Detached: the kernel's width is chosen, not trained.
    """
    pooled = torch.cat([x, y]).detach()
    return torch.pdist(pooled).square().median().clamp(min=1e-7)


def kernel(
    x: Tensor, y: Tensor, bandwidth: Tensor, widths: Sequence[float] = WIDTHS
) -> Tensor:
    """k(x_i, y_j) = mean over w of exp(-|x_i - y_j|^2 / (2 w bandwidth)).

    x (n, d), y (m, d), `bandwidth` a squared distance; returns (n, m).
    """
    d2 = torch.cdist(
        x, y, compute_mode="donot_use_mm_for_euclid_dist"
    ).square()
    kernels = [torch.exp(-d2 / (2 * w * bandwidth)) for w in widths]
    return torch.stack(kernels).mean(0)


def mmd2(
    x: Tensor,
    y: Tensor,
    bandwidth: Tensor | None = None,
    widths: Sequence[float] = WIDTHS,
) -> Tensor:
    """The biased estimate (V-statistic): never negative, zero for x = y.

    x (n, d), y (m, d); computed in float32. Its expectation exceeds the
    truth by about 1/n, which does not matter to a gradient.
    """
    x, y = x.float(), y.float()
    h2 = median_squared_distance(x, y) if bandwidth is None else bandwidth
    kxx, kyy = kernel(x, x, h2, widths), kernel(y, y, h2, widths)
    kxy = kernel(x, y, h2, widths)
    return kxx.mean() + kyy.mean() - 2 * kxy.mean()


@torch.no_grad()
def mmd2_unbiased(
    x: Tensor,
    y: Tensor,
    bandwidth: Tensor | None = None,
    widths: Sequence[float] = WIDTHS,
) -> Tensor:
    """The unbiased estimate (U-statistic): its mean is the truth, so for
    equal laws it falls below zero half of the time.

    x (n, d), y (m, d), n and m at least 2.
    """
    k, n = pairwise_kernel(x, y, bandwidth, widths), len(x)
    kxx, kyy, kxy = k[:n, :n], k[n:, n:], k[:n, n:]
    return _off_diagonal_mean(kxx) + _off_diagonal_mean(kyy) - 2 * kxy.mean()


def pairwise_kernel(
    x: Tensor,
    y: Tensor,
    bandwidth: Tensor | None = None,
    widths: Sequence[float] = WIDTHS,
) -> Tensor:
    """`kernel` of all pairs of different samples of x (n, d) and y (m, d)
    together, (n + m, n + m), zero on the diagonal: each distance is
    computed once, for the median too."""
    pooled = torch.cat([x, y]).float()
    d2 = torch.pdist(pooled).square()
    h2 = d2.median().clamp(min=1e-7) if bandwidth is None else bandwidth
    of_pairs = sum(torch.exp(-d2 / (2 * w * h2)) for w in widths)
    k = pooled.new_zeros(len(pooled), len(pooled))
    size = len(pooled)
    first, second = torch.triu_indices(size, size, 1, device=k.device)
    k[first, second] = of_pairs / len(widths)
    return k + k.T


def _off_diagonal_mean(k: Tensor) -> Tensor:
    """The mean of k (n, n), whose diagonal is zero, off the diagonal."""
    return k.sum() / (len(k) * (len(k) - 1))


@torch.no_grad()
def permutation_p_value(
    x: Tensor, y: Tensor, permutations: int = 200, seed: int = 0
) -> float:
    """How often a random relabelling of the domains looks as far apart.

    x (n, d), y (m, d); returns a p-value in (0, 1] for "same law".
    """
    value, null = null_distribution(x, y, permutations, seed)
    return (1 + int((null >= value).sum())) / (1 + permutations)


@torch.no_grad()
def null_distribution(
    x: Tensor,
    y: Tensor,
    permutations: int = 200,
    seed: int = 0,
    widths: Sequence[float] = WIDTHS,
) -> tuple[Tensor, Tensor]:
    """mmd2_unbiased of x (n, d) and y (m, d), and what it is under random
    relabellings of the pooled samples, (permutations,)."""
    k, n, m = pairwise_kernel(x, y, None, widths), len(x), len(y)
    # Which samples are called x: a column for every relabelling, so that the
    # sums over pairs are one product for all of them.
    first = relabellings(n, m, permutations, seed).to(k.device)
    to_first = k @ first
    within = (first * to_first).sum(0, dtype=torch.float64)
    from_first = to_first.sum(0, dtype=torch.float64)
    everything = k.sum(dtype=torch.float64)
    kxx = within / (n * (n - 1))
    kyy = (everything - 2 * from_first + within) / (m * (m - 1))
    kxy = (from_first - within) / (n * m)
    values = kxx + kyy - 2 * kxy
    return values[0], values[1:]


@lru_cache(maxsize=4)
def relabellings(n: int, m: int, permutations: int, seed: int) -> Tensor:
    """(n + m, 1 + permutations): 1 where a sample counts as one of the n, the
    first column as things are, the others at random."""
    generator = torch.Generator().manual_seed(seed)
    first = torch.zeros(n + m, 1 + permutations)
    first[:n, 0] = 1.0
    for column in range(1, 1 + permutations):
        order = torch.randperm(n + m, generator=generator)
        first[order[:n], column] = 1.0
    return first


@torch.no_grad()
def mmd2_by_width(
    x: Tensor, y: Tensor, permutations: int
) -> tuple[Tensor, Tensor]:
    """`mmd2_unbiased` under each kernel alone, (WIDTHS,), and the 95 %
    quantiles of its null, (WIDTHS,). The mean of the first is that of the
    mixed kernel; narrow kernels see detail, wide ones the means.

    x (n, d), y (m, d), n and m at least 2.
    """
    found, null = [], []
    for width in WIDTHS:
        value, chance = null_distribution(x, y, permutations, widths=(width,))
        found.append(value)
        null.append(chance.quantile(0.95))
    return torch.stack(found), torch.stack(null)


def by_stage(
    features: Mapping[str, Mapping[str, Tensor]], permutations: int
) -> tuple[dict[str, float], dict[str, float]]:
    """By stage: mmd2_unbiased of features (n, d), given by domain and stage,
    and the 95 % quantile of its null; empty without source samples."""
    found, null = {}, {}
    for stage, zs in features.get("source", {}).items():
        zt = features["target"][stage]
        value, chance = null_distribution(zs, zt, permutations)
        found[stage] = value.item()
        null[stage] = chance.quantile(0.95).item()
    return found, null
