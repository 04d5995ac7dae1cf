r"""Is a filter an edge detector? The Gabor function nearest to it.

A Gabor function is a wave under a bell,

$$g(x, y) = A\, e^{-x'^2 / 2\sigma_x^2 - y'^2 / 2\sigma_y^2}
\cos(2 \pi f x' + \varphi)$$

with x' along the wave and y' across it, from the centre of the bell. Simple
cells of the visual cortex respond like it (Jones and Palmer 1987, Journal of
Neurophysiology 58, doi:10.1152/jn.1987.58.6.1233), and so do many filters
that networks learn first (Yosinski et al. 2014, arXiv:1411.1792).

With its eight numbers it comes near any filter of few weights, so a fit says
something only beside the fits of random filters, `null`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

SMALLEST = 5
"""Pixels along a side below which eight numbers fit anything."""
STARTS = 3
"""Points of the coarse grid from which a fit descends."""


@dataclass(frozen=True)
class Gabor:
    """A fitted function; x runs right, y down, from the filter's middle.

    `orientation`: direction of the wave from x towards y, degrees in
    [0, 180). `frequency`: cycles per pixel. `phase`: degrees in (-180, 180].
    `width_x`, `width_y`: sigma along and across the wave, pixels. `centre_x`,
    `centre_y`: pixels. `amplitude`: the filter's unit, at least 0. `r2`:
    share of the filter's sum of squares that the function explains.
    """

    orientation: float
    frequency: float
    phase: float
    width_x: float
    width_y: float
    centre_x: float
    centre_y: float
    amplitude: float
    r2: float

    def pattern(self, size: int) -> np.ndarray:
        """Its values on a filter's pixels, (size, size), row y."""
        shape = (
            self.centre_x,
            self.centre_y,
            math.radians(self.orientation),
            self.frequency,
            self.width_x,
            self.width_y,
        )
        even, odd = waves(np.array(shape), size)
        phi = math.radians(self.phase)
        g = self.amplitude * (math.cos(phi) * even - math.sin(phi) * odd)
        return np.asarray(g.reshape(size, size))


def fit(pattern: np.ndarray) -> Gabor:
    """The Gabor function nearest to a pattern (k, k) by least squares.

    Raises:
        ValueError: the pattern has fewer than SMALLEST pixels a side.
    """
    from scipy.optimize import least_squares

    k = len(pattern)
    if k < SMALLEST:
        raise ValueError(
            f"A filter of {k} x {k} pixels is too small to fit the eight "
            f"numbers of a Gabor function; use at least {SMALLEST} x "
            f"{SMALLEST}."
        )
    w = pattern.astype(float).ravel()
    total = max(float(w @ w), 1e-30)
    w = w / math.sqrt(total)
    half = (k - 1) / 2
    low = [-half, -half, -2 * math.pi, 0.0, 0.5, 0.5]
    high = [half, half, 2 * math.pi, 0.5, float(k), float(k)]

    def left(shape: np.ndarray) -> np.ndarray:
        return remainder(shape, w, k)

    found = [
        least_squares(left, start, bounds=(low, high), max_nfev=60)
        for start in starts(w, k)
    ]
    best = min(found, key=lambda one: one.cost)
    return named(best.x, w, k, math.sqrt(total))


def waves(shape: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The bell times cosine and sine, each (..., k * k), of shapes (..., 6):
    centre x, y, orientation (radians), frequency, widths along, across."""
    x0, y0, theta, f, along, across = np.moveaxis(shape[..., None], -2, 0)
    line = np.arange(k) - (k - 1) / 2
    y, x = (a.ravel() for a in np.meshgrid(line, line, indexing="ij"))
    u = (x - x0) * np.cos(theta) + (y - y0) * np.sin(theta)
    v = (y - y0) * np.cos(theta) - (x - x0) * np.sin(theta)
    bell = np.exp(-(u**2) / (2 * along**2) - v**2 / (2 * across**2))
    return bell * np.cos(2 * np.pi * f * u), bell * np.sin(2 * np.pi * f * u)


def weights(shape: np.ndarray, w: np.ndarray, k: int) -> np.ndarray:
    """How much of the cosine and of the sine fits w (k * k,) best, (..., 2):
    amplitude and phase enter the function linearly."""
    basis = np.stack(waves(shape, k), -2)  # (..., 2, k * k)
    gram = basis @ np.swapaxes(basis, -1, -2) + 1e-9 * np.eye(2)
    return np.asarray(np.linalg.solve(gram, (basis @ w)[..., None])[..., 0])


def remainder(shape: np.ndarray, w: np.ndarray, k: int) -> np.ndarray:
    """What of w (k * k,) functions of these shapes leave, (..., k * k)."""
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
    return tuple(sorted(fit(pattern).r2 for pattern in noise))
