r"""What an edge detector looks like: the Gabor function.

A Gabor function is a wave under a bell,

$$g(x, y) = A\, e^{-x'^2 / 2\sigma_x^2 - y'^2 / 2\sigma_y^2}
\cos(2 \pi f x' + \varphi)$$

with x' along the wave and y' across it, from the centre of the bell. Simple
cells of the visual cortex respond like it (Jones and Palmer 1987, Journal of
Neurophysiology 58, doi:10.1152/jn.1987.58.6.1233), and so do many filters
that networks learn first (Yosinski et al. 2014, arXiv:1411.1792).

`gabor_fit.py` finds the one nearest to a filter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


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
