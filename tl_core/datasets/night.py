"""What night and rain do to a picture, one step each.

Every function takes x (n, 3, h, w) in [0, 1] and an amount from 0 (no pixel
changes) to 2, and returns the same shape; each picture gets its own share.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
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
        far = (right - lamp) ** 2 + (down - below) ** 2
        halo = halo + torch.exp(-far / 0.008) + 0.16 / (1 + far / 0.03)
    warm = torch.tensor((1.0, 0.95, 0.82)).view(1, 3, 1, 1)
    light = 1.6 * amount * _own(n, chance) * halo * warm
    return 1 - (1 - x) * torch.exp(-light)


def rain(x: Tensor, amount: float, chance: torch.Generator) -> Tensor:
    """Slanted bright streaks; `amount` is how many and how bright."""
    if amount == 0:
        return x
    n, _, height, width = x.shape
    long = max(5, width // 6) | 1
    rate = 0.5 * amount / long
    drops = torch.rand((n, 1, height, width), generator=chance)
    drops = (drops < rate * 0.4).float() * (0.4 + 0.6 * drops / rate)
    slant = torch.randint(len(ANGLES), (n,), generator=chance)
    streaks = torch.empty_like(drops)
    for index, degrees in enumerate(ANGLES):
        kernel = _streak(long, degrees).unsqueeze(0)
        mine = slant == index
        streaks[mine] = F.conv2d(drops[mine], kernel, padding=long // 2)
    strong = 1 - math.exp(-0.9 * amount)
    return x + (0.85 - x).clamp(min=0) * strong * streaks.clamp(max=1)


def _streak(long: int, degrees: float) -> Tensor:
    """One streak, (1, long, long), fading towards its upper end."""
    half = long // 2
    line = torch.arange(-half, half + 1.0)
    lean = math.tan(math.radians(degrees))
    off = (line.view(1, -1) - lean * line.view(-1, 1)).abs()
    fade = torch.linspace(0.3, 1, long).view(-1, 1)
    return ((1 - off).clamp(min=0) * fade).unsqueeze(0)


def defocus(x: Tensor, amount: float) -> Tensor:
    """A Gaussian blur whose width is a share of the picture's."""
    sigma = 0.035 * amount * x.shape[-1]
    if sigma == 0:
        return x
    reach = max(1, math.ceil(2.5 * sigma))
    line = torch.arange(-reach, reach + 1.0)
    weights = torch.exp(-(line**2) / (2 * sigma**2))
    across = (weights / weights.sum()).view(1, 1, 1, -1)
    framed = F.pad(x, (reach, reach, reach, reach), mode="replicate")
    planes = framed.flatten(0, 1).unsqueeze(1)
    planes = F.conv2d(F.conv2d(planes, across), across.transpose(2, 3))
    return planes.view_as(x)


def add_noise(x: Tensor, amount: float, chance: torch.Generator) -> Tensor:
    """The grain of a sensor in the dark, standard deviation 0.1 at 1."""
    if amount == 0:
        return x
    grain = torch.randn(x.shape, generator=chance)
    return (x + 0.1 * amount * grain).clamp(0, 1)


def _own(n: int, chance: torch.Generator) -> Tensor:
    """Each picture's share of an effect, 0.6 to 1.4."""
    return 0.6 + 0.8 * torch.rand((n, 1, 1, 1), generator=chance)
