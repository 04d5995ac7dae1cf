r"""Is a filter an edge detector? The Gabor function nearest to it.

Amplitude and phase enter the function linearly and are always the best ones;
the other six numbers descend by Levenberg and Marquardt's method from the
best points of a coarse grid (separable least squares: Golub and Pereyra 1973,
doi:10.1137/0710036).

Eight numbers come near any filter of few weights, so a fit says something
only beside the fits of random filters, `null`.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from tl_core.analysis.gabor import Gabor, waves

SMALLEST = 5
"""Pixels along a side below which eight numbers fit anything."""
STARTS = 6
"""Points of the coarse grid from which a fit descends."""
ROUNDS = 80
"""Steps of each descent."""


def fit(pattern: np.ndarray) -> Gabor:
    """The Gabor function nearest to a pattern (k, k) by least squares.

    Raises:
        ValueError: the pattern has fewer than SMALLEST pixels a side.
    """
    return fit_all(pattern[None])[0]


def fit_all(patterns: np.ndarray) -> list[Gabor]:
    """`fit` of patterns (n, k, k), all at once.

    Raises:
        ValueError: they have fewer than SMALLEST pixels a side.
    """
    n, k, _ = patterns.shape
    if k < SMALLEST:
        raise ValueError(
            f"A filter of {k} x {k} pixels is too small to fit the eight "
            f"numbers of a Gabor function; use at least {SMALLEST} x "
            f"{SMALLEST}."
        )
    w = patterns.reshape(n, -1).astype(float)
    scale = np.maximum(np.linalg.norm(w, axis=1, keepdims=True), 1e-15)
    w = w / scale
    first = np.concatenate([starts(one, k) for one in w])
    shapes = descend(first, w.repeat(STARTS, 0), k).reshape(n, STARTS, 6)
    missed = (remainder(shapes, w[:, None], k) ** 2).sum(-1)
    best = shapes[np.arange(n), missed.argmin(1)]
    return [
        named(shape, one, k, size)
        for shape, one, size in zip(best, w, scale[:, 0], strict=True)
    ]


def descend(shapes: np.ndarray, w: np.ndarray, k: int) -> np.ndarray:
    """Levenberg and Marquardt's descent from shapes (m, 6), each towards its
    own w (m, k * k)."""
    half = (k - 1) / 2
    low = np.array([-half, -half, -10.0, 0.0, 0.5, 0.5])
    high = np.array([half, half, 10.0, 0.5, k, k])
    steps = 1e-6 * np.eye(6)
    damp = np.full(len(shapes), 1e-2)
    left = remainder(shapes, w, k)
    for _ in range(ROUNDS):
        beside = remainder(shapes[:, None] + steps, w[:, None], k)
        slope = (beside - left[:, None]) / 1e-6  # (m, 6, k * k)
        uphill = (slope @ left[..., None])[..., 0]
        # What stands at its limit and would go beyond it stays there.
        stuck = (shapes <= low) & (uphill > 0) | (shapes >= high) & (
            uphill < 0
        )
        slope = np.where(stuck[..., None], 0.0, slope)
        curve = slope @ np.swapaxes(slope, 1, 2)
        size = curve.diagonal(axis1=1, axis2=2) + 1e-9
        curve = curve + (damp[:, None] * size)[:, None] * np.eye(6)
        move = np.linalg.solve(curve, slope @ left[..., None])[..., 0]
        tried = np.clip(shapes - move, low, high)
        found = remainder(tried, w, k)
        better = (found**2).sum(1) < (left**2).sum(1)
        shapes = np.where(better[:, None], tried, shapes)
        left = np.where(better[:, None], found, left)
        damp = np.clip(damp * np.where(better, 0.3, 4.0), 1e-9, 1e9)
    return shapes


def weights(shape: np.ndarray, w: np.ndarray, k: int) -> np.ndarray:
    """How much of the cosine and of the sine fits w (..., k * k), (..., 2):
    amplitude and phase enter the function linearly."""
    basis = np.stack(waves(shape, k), -2)  # (..., 2, k * k)
    gram = basis @ np.swapaxes(basis, -1, -2) + 1e-9 * np.eye(2)
    return np.asarray(np.linalg.solve(gram, basis @ w[..., None])[..., 0])


def remainder(shape: np.ndarray, w: np.ndarray, k: int) -> np.ndarray:
    """What functions of these shapes leave of w, both (..., k * k)."""
    even, odd = waves(shape, k)
    a, b = np.moveaxis(weights(shape, w, k)[..., None], -2, 0)
    return np.asarray(w - a * even - b * odd)


def starts(w: np.ndarray, k: int) -> np.ndarray:
    """The STARTS best shapes of a coarse grid around the pattern's centre of
    gravity, (STARTS, 6)."""
    line = np.arange(k) - (k - 1) / 2
    energy = (w**2).reshape(k, k) / max(float(w @ w), 1e-30)
    x0, y0 = float(energy.sum(0) @ line), float(energy.sum(1) @ line)
    angles = np.arange(12) * np.pi / 12
    waves_per_pixel = np.linspace(0.02, 0.45, 9)
    widths = k * np.array([0.15, 0.3, 0.6])
    grid = np.meshgrid(
        x0, y0, angles, waves_per_pixel, widths, widths, indexing="ij"
    )
    shapes = np.stack([axis.ravel() for axis in grid], -1)
    shapes[:, 4:] = shapes[:, 4:].clip(0.55, 0.95 * k)
    missed = (remainder(shapes, w, k) ** 2).sum(-1)
    return np.asarray(shapes[np.argsort(missed, kind="stable")[:STARTS]])


def named(shape: np.ndarray, w: np.ndarray, k: int, scale: float) -> Gabor:
    """A shape (6,) and its best weights as one function of many spellings:
    the one with an orientation below 180 degrees."""
    a, b = weights(shape, w, k)
    x0, y0, theta, f, along, across = (float(value) for value in shape)
    phase = math.atan2(-b, a)
    turns = math.floor(theta / math.pi)
    theta -= turns * math.pi
    if turns % 2:  # seen from behind, the wave runs backwards
        phase = -phase
    missed = float((remainder(shape, w, k) ** 2).sum())
    return Gabor(
        orientation=math.degrees(theta) % 180,
        frequency=f,
        phase=math.degrees(phase),
        width_x=along,
        width_y=across,
        centre_x=x0,
        centre_y=y0,
        amplitude=math.hypot(a, b) * scale,
        r2=1 - missed / max(float(w @ w), 1e-30),
    )


@lru_cache(maxsize=8)
def null(size: int, draws: int = 64, seed: int = 0) -> tuple[float, ...]:
    """r2, rising, of `draws` filters (size, size) of independent normal
    weights: what an untrained filter reaches."""
    noise = np.random.default_rng(seed).normal(size=(draws, size, size))
    return tuple(sorted(found.r2 for found in fit_all(noise)))
