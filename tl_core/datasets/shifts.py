"""Changes that a designer of shifts can make to images.

Every function takes x (n, c, h, w) in [0, 1] and returns the same shape in
[0, 1]; an amount of zero changes no pixel.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from tl_core.datasets.photos import crops

STREAK, SLANT = 9, 3
"""Length of a rain streak in pixels, and how far it leans."""


def rotate_and_scale(
    x: Tensor, degrees: float, scale: float, generator: torch.Generator
) -> Tensor:
    """Turn each image by about `degrees` (each differs by a third of the
    angle, at most 10 degrees) and enlarge it by a factor 2^scale."""
    if degrees == 0 and scale == 0:
        return x
    spread = min(10.0, abs(degrees) / 3)
    jitter = torch.rand(len(x), generator=generator) * 2 - 1
    angle = torch.deg2rad(degrees + spread * jitter)
    cos, sin = angle.cos() * 2**-scale, angle.sin() * 2**-scale
    zero = torch.zeros_like(angle)
    rows = [
        torch.stack([cos, -sin, zero], 1),
        torch.stack([sin, cos, zero], 1),
    ]
    grid = F.affine_grid(
        torch.stack(rows, 1), list(x.shape), align_corners=False
    )
    return F.grid_sample(x, grid, align_corners=False)


def thicken(x: Tensor, pixels: float) -> Tensor:
    """Grow (below zero: shrink) bright strokes on each side.

    Whole pixels are a grey dilation (erosion); a fraction blends the two
    neighbouring whole steps.
    """
    if pixels < 0:
        return 1 - thicken(1 - x, -pixels)
    whole = int(pixels)
    for _ in range(whole):
        x = F.max_pool2d(x, 3, stride=1, padding=1)
    rest = pixels - whole
    if rest > 0:
        x = (1 - rest) * x + rest * F.max_pool2d(x, 3, stride=1, padding=1)
    return x


def put_before_photos(x: Tensor, amount: float, seed: int) -> Tensor:
    """Dark parts let a photo crop through, at `amount` of its brightness."""
    if amount == 0:
        return x
    photo = crops(len(x), x.shape[-1], seed)
    if x.shape[1] == 1:
        photo = photo.mean(1, keepdim=True)
    return x + (1 - x) * amount * photo


def tint(x: Tensor, strength: float, generator: torch.Generator) -> Tensor:
    """Colour each image's bright parts at random; x has three channels."""
    if strength == 0:
        return x
    colour = torch.rand((len(x), 3, 1, 1), generator=generator)
    return x * (1 - strength * colour)


def invert(x: Tensor, amount: float) -> Tensor:
    """0 keeps the picture, 1 exchanges bright and dark."""
    return (1 - amount) * x + amount * (1 - x)


def light(x: Tensor, amount: float) -> Tensor:
    """Below zero towards black, above towards white, by that share."""
    return x * (1 + amount) if amount < 0 else x + amount * (1 - x)


def contrast(x: Tensor, amount: float) -> Tensor:
    """Pull values away from (below zero: towards) the middle grey."""
    if amount == 0:
        return x
    return (0.5 + (x - 0.5) * 2 ** (2 * amount)).clamp(0, 1)


def rain(x: Tensor, amount: float, seed: int) -> Tensor:
    """Bright slanted streaks over each image; `amount` is their density and
    strength."""
    if amount == 0:
        return x
    generator = torch.Generator().manual_seed(seed)
    n, _, height, width = x.shape
    drops = torch.rand((n, 1, height, width), generator=generator)
    kernel = torch.zeros(1, 1, STREAK, STREAK)
    for row in range(STREAK):
        lean = SLANT * (STREAK // 2 - row) / STREAK
        kernel[0, 0, row, STREAK // 2 + round(lean)] = 1.0
    start = (drops < 0.03 * amount).float()
    streaks = F.conv2d(start, kernel, padding=STREAK // 2).clamp(max=1)
    return x + (1 - x) * (0.4 + 0.4 * amount) * streaks


def blur(x: Tensor, sigma: float) -> Tensor:
    """Gaussian blur of `sigma` pixels."""
    if sigma == 0:
        return x
    reach = max(1, round(3 * sigma))
    line = torch.arange(-reach, reach + 1, dtype=x.dtype)
    weights = torch.exp(-(line**2) / (2 * sigma**2))
    weights = weights / weights.sum()
    across = weights.view(1, 1, 1, -1).repeat(x.shape[1], 1, 1, 1)
    down = across.transpose(2, 3)
    x = F.conv2d(x, across, padding=(0, reach), groups=x.shape[1])
    return F.conv2d(x, down, padding=(reach, 0), groups=x.shape[1])


def add_noise(x: Tensor, sd: float, generator: torch.Generator) -> Tensor:
    """Gaussian noise of standard deviation `sd` on each value."""
    if sd == 0:
        return x
    noise = torch.randn(x.shape, generator=generator)
    return (x + sd * noise).clamp(0, 1)
