"""What night and rain do to a picture, one step each.

Every function takes x (n, 3, h, w) in [0, 1] and an amount from 0 (no pixel
changes) to 2, and returns the same shape; each picture gets its own share.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

DUSK = (0.62, 0.8, 1.25)
"""What is left of red, green and blue in the dark, relative to each other."""
ANGLES = (-20, -10, 0, 10, 20)
"""Slants of rain, in degrees from the vertical."""


def darken(x: Tensor, amount: float, chance: torch.Generator) -> Tensor:
    """Less light, of which less is red, and paler colours."""
    if amount == 0:
        return x
    own = _own(len(x), chance)
    light = torch.exp(-1.3 * amount * own)
    pale = 1 - math.exp(-0.6 * amount)
    x = torch.lerp(x, x.mean(1, keepdim=True), pale)
    dusk = torch.tensor(DUSK).view(1, 3, 1, 1) ** min(1.0, amount * 1.5)
    return (light * dusk * x).clamp(0, 1)


def glow(x: Tensor, amount: float, chance: torch.Generator) -> Tensor:
    """A pair of headlights that dazzle: two bright cores in a wide halo."""
    if amount == 0:
        return x
    n, _, height, width = x.shape
    down = torch.linspace(-1, 1, height).view(1, 1, -1, 1)
    right = torch.linspace(-1, 1, width).view(1, 1, 1, -1)
    at = torch.rand((n, 3, 1, 1), generator=chance)
    across, below, gap = at[:, :1] * 2 - 1, at[:, 1:2], at[:, 2:] * 0.3 + 0.12
    halo = torch.zeros(n, 1, height, width)
    for lamp in (across - gap, across + gap):
        wide, high = (right - lamp) ** 2, (down - below) ** 2
        core = torch.exp(-wide / 0.008) * torch.exp(-high / 0.008)
        halo = halo + core + 0.2 / (1 + (wide + high) / 0.03)
    warm = torch.tensor((1.0, 0.95, 0.82)).view(1, 3, 1, 1)
    light = 2.5 * amount * _own(n, chance) * halo * warm
    return 1 - (1 - x) * torch.exp(-light)


def rain(x: Tensor, amount: float, chance: torch.Generator) -> Tensor:
    """Slanted bright streaks; `amount` is how many and how bright."""
    if amount == 0:
        return x
    n, _, height, width = x.shape
    long = max(5, width // 6)
    rate = 0.8 * amount / long
    drops = torch.rand((n, 1, height, width), generator=chance)
    drops = (drops < rate * 0.4).float() * (0.4 + 0.6 * drops / rate)
    slant = torch.randint(len(ANGLES), (n,), generator=chance)
    streaks = torch.empty_like(drops)
    for index, degrees in enumerate(ANGLES):
        mine = slant == index
        streaks[mine] = _smeared(drops[mine], long, degrees)
    strong = 1 - math.exp(-0.9 * amount)
    return x + (0.85 - x).clamp(min=0) * strong * streaks.clamp(max=1)


def _smeared(drops: Tensor, long: int, degrees: float) -> Tensor:
    """Each drop (n, 1, h, w) as a streak of `long` pixels that grows
    brighter as it falls."""
    lean = math.tan(math.radians(degrees))
    streaks = torch.zeros_like(drops)
    for k in range(long):
        moved = drops.roll((k, round(k * lean)), dims=(2, 3))
        streaks += (0.3 + 0.7 * k / (long - 1)) * moved
    return streaks


def defocus(x: Tensor, amount: float) -> Tensor:
    """A Gaussian blur whose width is a share of the picture's."""
    sigma = 0.035 * amount * x.shape[-1]
    if sigma == 0:
        return x
    line = torch.arange(float(x.shape[-1]))
    weights = torch.exp(-((line - line.view(-1, 1)) ** 2) / (2 * sigma**2))
    mix = weights / weights.sum(1, keepdim=True)
    return mix @ x @ mix.T


def add_noise(x: Tensor, amount: float, chance: torch.Generator) -> Tensor:
    """The grain of a sensor in the dark, standard deviation 0.1 at 1."""
    if amount == 0:
        return x
    grain = torch.randn(x.shape, generator=chance)
    return (x + 0.1 * amount * grain).clamp(0, 1)


def _own(n: int, chance: torch.Generator) -> Tensor:
    """Each picture's share of an effect, 0.4 to 1.6."""
    return 0.4 + 1.2 * torch.rand((n, 1, 1, 1), generator=chance)
