r"""Do two networks see samples alike? Centred kernel alignment.

For features X (n, d1) and Y (n, d2) of the same n samples, with K = XX' and
L = YY',

$$\mathrm{CKA} = \frac{\mathrm{HSIC}(K, L)}
{\sqrt{\mathrm{HSIC}(K, K)\, \mathrm{HSIC}(L, L)}}$$

1 where one is the other, turned and scaled; turning single features by
themselves is not seen (Kornblith et al. 2019, arXiv:1905.00414). The plain
HSIC of n samples in many dimensions is far above 0 even for independent
features; the unbiased one (Song et al. 2012, JMLR 13:1393-1434) is 0 on
average, and its mean over minibatches stands for all samples (Nguyen et al.
2021, arXiv:2010.15327).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from tl_core.backbones.base import Network

FEWEST = 4
"""Samples below which the unbiased estimate is not defined."""
BATCH = 128


def biased(x: Tensor, y: Tensor) -> float:
    """CKA in [0, 1] of features x (n, d1) and y (n, d2), by the plain HSIC:
    |Y'X|^2 / (|X'X| |Y'Y|) of centred features."""
    x, y = (z.double() - z.double().mean(0) for z in (x, y))
    cross = (y.T @ x).square().sum()
    own = (x.T @ x).norm() * (y.T @ y).norm()
    return (cross / own.clamp(min=1e-30)).item()


def unbiased(x: Tensor, y: Tensor) -> float:
    """CKA of features x (n, d1) and y (n, d2) by the unbiased HSIC: about 0,
    also below it, for independent features.

    Raises:
        ValueError: there are fewer than FEWEST samples.
    """
    return minibatch({"x": x}, {"y": y}, len(x))[0, 0].item()


def hsic(k: Tensor, l: Tensor) -> Tensor:
    """The unbiased HSIC_1 of Gram matrices k, l (n, n); a scalar.

    Raises:
        ValueError: there are fewer than FEWEST samples.
    """
    n = len(k)
    if n < FEWEST:
        raise ValueError(
            f"The unbiased HSIC needs at least {FEWEST} samples, not {n}."
        )
    k, l = (g - g.diagonal().diag() for g in (k, l))
    pairs = (k * l).sum()
    all_sums = k.sum() * l.sum() / ((n - 1) * (n - 2))
    rows = k.sum(0) @ l.sum(0) * 2 / (n - 2)
    return (pairs + all_sums - rows) / (n * (n - 3))


def minibatch(
    one: Mapping[str, Tensor], two: Mapping[str, Tensor], batch: int = BATCH
) -> Tensor:
    """CKA of each feature matrix (n, ...) of `one` with each of `two`,
    (len(one), len(two)); the HSIC are means over batches of `batch` samples.

    Samples beyond the last full batch are left out.

    Raises:
        ValueError: there are fewer than FEWEST samples.
    """
    n = min(len(z) for z in (*one.values(), *two.values()))
    size = min(batch, n)
    return ratio(
        tuple(
            [gram(z[start : start + size]) for z in features.values()]
            for features in (one, two)
        )
        for start in range(0, n - size + 1, size)
    )


@torch.no_grad()
def between(
    one: Network, two: Network, x: Tensor, batch: int = BATCH
) -> Tensor:
    """CKA of each stage of `one` (rows) with each stage of `two` (columns)
    for the samples x (n, ...), shallow to deep; all outputs of a stage count.

    Raises:
        ValueError: there are fewer than FEWEST samples.
    """
    parts = x.split(min(batch, len(x)))
    full = [part for part in parts if len(part) == len(parts[0])]
    return ratio(
        tuple(
            [gram(z) for z in net.backbone.stage_features(part).values()]
            for net in (one, two)
        )
        for part in full
    )


def gram(z: Tensor) -> Tensor:
    """Products of all pairs of samples of z (n, ...), (n, n); of centred
    features, which changes no HSIC and keeps digits."""
    z = z.flatten(1).double()
    z = z - z.mean(0)
    return z @ z.T


def ratio(batches: Iterable[tuple[list[Tensor], ...]]) -> Tensor:
    """CKA of Gram matrices (n, n): each batch brings those of the rows and
    those of the columns; (rows, columns)."""
    totals: list[Tensor] = []
    for ones, twos in batches:
        found = [
            torch.stack(
                [torch.stack([hsic(k, l) for l in twos]) for k in ones]
            ),
            torch.stack([hsic(k, k) for k in ones]),
            torch.stack([hsic(l, l) for l in twos]),
        ]
        if not totals:
            totals = [torch.zeros_like(part) for part in found]
        totals = [a + b for a, b in zip(totals, found, strict=True)]
    cross, own, other = totals
    # The unbiased HSIC of constant features is 0: nothing to compare.
    scale = (own.clamp(min=0)[:, None] * other.clamp(min=0)).sqrt()
    return cross / scale.clamp(min=1e-30)
