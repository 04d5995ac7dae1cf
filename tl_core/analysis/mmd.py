r"""Maximum mean discrepancy between two samples (Gretton et al. 2012).

$$\mathrm{MMD}^2(P, Q) = \mathbb{E}\,k(x, x') + \mathbb{E}\,k(y, y')
- 2\,\mathbb{E}\,k(x, y)$$

with $k$ the mean of Gaussian kernels of several widths around the median
distance (Long et al. 2015). JMLR 13:723-773; arXiv:1502.02791.
"""

from __future__ import annotations

from collections.abc import Sequence

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
    x, y = x.float(), y.float()
    h2 = median_squared_distance(x, y) if bandwidth is None else bandwidth
    kxx, kyy = kernel(x, x, h2, widths), kernel(y, y, h2, widths)
    kxy = kernel(x, y, h2, widths)
    return _off_diagonal_mean(kxx) + _off_diagonal_mean(kyy) - 2 * kxy.mean()


@torch.no_grad()
def mmd2_by_width(
    x: Tensor, y: Tensor, widths: Sequence[float] = WIDTHS
) -> Tensor:
    """`mmd2_unbiased` under each kernel alone, (widths,); their mean is that
    of the mixed kernel. Narrow kernels see detail, wide ones the means.

    x (n, d), y (m, d), n and m at least 2.
    """
    h2 = median_squared_distance(x.float(), y.float())
    return torch.stack([mmd2_unbiased(x, y, h2, (w,)) for w in widths])


def _off_diagonal_mean(k: Tensor) -> Tensor:
    n = len(k)
    return (k.sum() - k.diagonal().sum()) / (n * (n - 1))


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
    x: Tensor, y: Tensor, permutations: int = 200, seed: int = 0
) -> tuple[Tensor, Tensor]:
    """mmd2_unbiased of x (n, d) and y (m, d), and what it is under random
    relabellings of the pooled samples, (permutations,)."""
    pooled = torch.cat([x, y]).float()
    k = kernel(pooled, pooled, median_squared_distance(x, y)).double()
    k.fill_diagonal_(0.0)
    n, m = len(x), len(y)
    generator = torch.Generator().manual_seed(seed)
    first = torch.zeros(n + m, 1 + permutations, dtype=k.dtype)
    first[:n, 0] = 1.0
    for column in range(1, 1 + permutations):
        order = torch.randperm(n + m, generator=generator)
        first[order[:n], column] = 1.0
    first = first.to(k.device)
    second = 1 - first
    # Sums over pairs, for all relabellings in one product.
    to_first, to_second = k @ first, k @ second
    kxx = (first * to_first).sum(0) / (n * (n - 1))
    kyy = (second * to_second).sum(0) / (m * (m - 1))
    kxy = (first * to_second).sum(0) / (n * m)
    values = kxx + kyy - 2 * kxy
    return values[0], values[1:]
