r"""High-dimensional features drawn in the plane, so that steps compare.

PCA keeps the two directions along which the samples vary most, and distances
along them; t-SNE keeps who is near whom, and neither distances nor the sizes
of clusters (van der Maaten and Hinton 2008, JMLR 9:2579-2605). Both leave
free how the picture is turned and mirrored: Procrustes' turn,

$$\min_{Q'Q = I,\; s > 0,\; b} \sum_i | s\, Q p_i + b - r_i |^2,$$

lays every later picture on the first (Schoenemann 1966,
doi:10.1007/BF02289451), so that what still moves has moved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

PERPLEXITY = 30.0
"""About how many neighbours t-SNE holds for near, where there are enough."""


@dataclass(frozen=True)
class Principal:
    """`points` (n, 2) on the two principal `axes` (d, 2) around `centre`
    (d,), and the `share` (2,) of the variance that each holds."""

    points: np.ndarray
    axes: np.ndarray
    centre: np.ndarray
    share: np.ndarray


def pca(z: np.ndarray) -> Principal:
    """Features z (n, d) on their two principal axes, each turned so that its
    largest entry is positive.

    Raises:
        ValueError: there are fewer than two features or samples.
    """
    if min(z.shape) < 2:
        raise ValueError(
            f"Features of shape {z.shape} span no plane; give at least two "
            "samples of at least two features."
        )
    z = z.astype(np.float64)
    centre = z.mean(0)
    _, size, axes = np.linalg.svd(z - centre, full_matrices=False)
    two = axes[:2].T  # (d, 2)
    largest = two[np.abs(two).argmax(0), [0, 1]]
    two = two * np.where(largest < 0, -1.0, 1.0)
    power = size**2
    share = power[:2] / max(power.sum(), 1e-30)
    return Principal((z - centre) @ two, two, centre, share)


def tsne(z: np.ndarray, seed: int = 0) -> np.ndarray:
    """Features z (n, d) in the plane by t-SNE, (n, 2), from their principal
    axes on; the same for the same seed.

    Raises:
        ValueError: there are fewer than four samples.
    """
    from sklearn.manifold import TSNE

    if len(z) < 4:
        raise ValueError(
            f"t-SNE needs at least 4 samples, not {len(z)}; show them by PCA."
        )
    near = min(PERPLEXITY, (len(z) - 1) / 3)
    how = TSNE(2, perplexity=near, init="pca", random_state=seed)
    return np.asarray(how.fit_transform(z.astype(np.float32)))


PROJECTIONS = {
    "pca": lambda z: pca(z).points,
    "tsne": tsne,
}


def together(
    features: Mapping[str, np.ndarray], how: str = "pca"
) -> dict[str, np.ndarray]:
    """Features (n, d) of several domains in one plane, (n, 2) by domain.

    Raises:
        ValueError: `how` is no projection.
    """
    if how not in PROJECTIONS:
        raise ValueError(
            f"There is no projection {how!r}; known: {', '.join(PROJECTIONS)}."
        )
    points = PROJECTIONS[how](np.concatenate(list(features.values())))
    ends = np.cumsum([len(z) for z in features.values()])[:-1]
    return dict(zip(features, np.split(points, ends), strict=True))


def laid_on(points: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Points (n, 2) turned, mirrored, scaled and moved to lie as near as they
    can on `reference` (n, 2), sample by sample.

    Raises:
        ValueError: the two are not of the same samples.
    """
    if points.shape != reference.shape:
        raise ValueError(
            f"Points of shape {points.shape} cannot be laid on points of "
            f"shape {reference.shape}; project the same samples."
        )
    p, r = points - points.mean(0), reference - reference.mean(0)
    left, size, right = np.linalg.svd(p.T @ r)
    scale = size.sum() / max((p**2).sum(), 1e-30)
    return np.asarray(scale * p @ left @ right + reference.mean(0))


def aligned(steps: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Projections (n, 2) of the same samples at several steps, each laid on
    the first.

    Raises:
        ValueError: the steps are not of the same samples.
    """
    return [*steps[:1], *(laid_on(later, steps[0]) for later in steps[1:])]


def neighbours_kept(z: np.ndarray, points: np.ndarray, k: int = 10) -> float:
    """Share in [0, 1] of each sample's k nearest in z (n, d) that are among
    its k nearest in the plane, points (n, 2); chance gives k / (n - 1)."""
    near, shown = nearest(z, k), nearest(points, k)
    both = [
        len(np.intersect1d(a, b)) for a, b in zip(near, shown, strict=True)
    ]
    return float(np.mean(both)) / near.shape[1]


def nearest(z: np.ndarray, k: int) -> np.ndarray:
    """The k nearest other samples of each of z (n, d), (n, k)."""
    z = z.astype(np.float64) - z.mean(0)
    square = (z**2).sum(1)
    apart = square[:, None] + square - 2 * z @ z.T
    np.fill_diagonal(apart, np.inf)
    return np.asarray(np.argsort(apart, axis=1, kind="stable")[:, :k])
