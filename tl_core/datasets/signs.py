"""Pictures of traffic signs by day: drawn faces, seen at an angle, on a pole
before photographs that are out of focus, as a camera sees them."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from tl_core.datasets.base import Samples
from tl_core.datasets.cache import Pictures, cached
from tl_core.datasets.photos import SKIMAGE, SKLEARN, photos
from tl_core.datasets.sign_faces import FACES, faces

CLASSES = tuple(FACES)
SIDE = 96
"""Pixels of a picture when it is made; smaller ones are shrunk from it."""
SCENES = (
    *(3 * ("china.jpg",)),
    *(2 * ("rocket.jpg",)),
    "motorcycle_left.png",
    "flower.jpg",
    "coffee.png",
)
"""Where signs stand, the more often named the more often."""
CHUNK = 100


def by_day(n: int, side: int, seed: int) -> Samples:
    """`n` signs, x (n, 3, side, side) in [0, 1], side 96 or a divisor of it.

    As many of each class as of the others, in a random order.
    """

    def make() -> Pictures:
        x, y = _made(n, side, seed)
        return x.mul(255).round().byte().numpy(), y.numpy()

    images, labels = cached(f"signs2_{side}_{n}_{seed}", make)
    x = torch.from_numpy(images).float().div(255)
    return Samples(x, torch.from_numpy(labels))


def _made(n: int, side: int, seed: int) -> tuple[Tensor, Tensor]:
    chance = torch.Generator().manual_seed(seed)
    y = torch.randperm(n, generator=chance) % len(CLASSES)
    parts = [
        F.avg_pool2d(picture(part, chance), SIDE // side)
        for part in y.split(CHUNK)
    ]
    return torch.cat(parts), y


def between(
    low: float, high: float, n: int, chance: torch.Generator
) -> Tensor:
    """n uniform numbers shaped (n, 1, 1, 1), as pictures are."""
    return low + (high - low) * torch.rand((n, 1, 1, 1), generator=chance)


def picture(y: Tensor, chance: torch.Generator) -> Tensor:
    """Signs of the classes y (n,) before scenes, (n, 3, SIDE, SIDE)."""
    n = len(y)
    size = between(0.5, 0.86, n, chance)
    free = 0.1 + 0.9 * (0.9 - size)
    across, down = (free * between(-1, 1, n, chance) for _ in range(2))
    lean = math.radians(7) * torch.randn((n, 1, 1, 1), generator=chance)
    u, v = _turned(across, down, size, lean)
    x = scenery(n, chance)
    x = _before(x, *_pole(u, v, chance))
    x = _before(x, *_sign(y, u, v, chance))
    light = between(0.72, 1.1, n, chance)
    warmth = between(-0.06, 0.06, n, chance)
    tint = torch.cat([1 + warmth, torch.ones_like(warmth), 1 - warmth], 1)
    grain = torch.randn(x.shape, generator=chance)
    return (light * tint * x + 0.012 * grain).clamp(0, 1)


def _turned(
    across: Tensor, down: Tensor, size: Tensor, lean: Tensor
) -> tuple[Tensor, Tensor]:
    """Where each pixel lies seen from the sign, each (n, 1, SIDE, SIDE);
    the sign's centre is 0, its edge 1."""
    line = (torch.arange(SIDE) + 0.5) / SIDE * 2 - 1
    right = (line.view(1, 1, 1, -1) - across) / size
    below = (line.view(1, 1, -1, 1) - down) / size
    cos, sin = lean.cos(), lean.sin()
    return cos * right + sin * below, cos * below - sin * right


def _before(scene: Tensor, colour: Tensor, cover: Tensor) -> Tensor:
    """Lay colour (already times cover) over a scene (n, 3, h, w)."""
    return scene * (1 - cover) + colour


def _pole(
    u: Tensor, v: Tensor, chance: torch.Generator
) -> tuple[Tensor, Tensor]:
    """A round grey post under the sign, lit from one side."""
    n = len(u)
    half = between(0.05, 0.075, n, chance)
    edge = ((half - u.abs()) * SIDE / 4).clamp(-0.5, 0.5) + 0.5
    cover = edge * (v > 0)
    side = (u / half).clamp(-1, 1)
    bright = between(0.4, 0.7, n, chance) * (0.8 + 0.25 * side - 0.3 * side**2)
    return (bright * cover).expand(-1, 3, -1, -1), cover


def _sign(
    y: Tensor, u: Tensor, v: Tensor, chance: torch.Generator
) -> tuple[Tensor, Tensor]:
    """The faces of y (n,) turned out of the picture's plane, a little faded
    and unevenly lit."""
    n = len(y)
    narrow = between(0.0, 0.6, n, chance).cos()
    near_u, near_v = (between(-0.12, 0.12, n, chance) for _ in range(2))
    depth = 1 + near_u * u + near_v * v
    grid = torch.stack([u / narrow * depth, v * depth], -1).squeeze(1)
    seen = F.grid_sample(faces()[y], grid, align_corners=False)
    colour, cover = seen[:, :3], seen[:, 3:]
    grey = colour.mean(1, keepdim=True)
    colour = torch.lerp(
        colour, 0.5 * grey + 0.35 * cover, between(0, 0.35, n, chance)
    )
    slope_u, slope_v = (between(-0.14, 0.14, n, chance) for _ in range(2))
    coarse = torch.rand((n, 1, 7, 7), generator=chance)
    dirt = F.interpolate(coarse, size=(SIDE, SIDE), mode="bicubic")
    light = 0.94 + slope_u * u + slope_v * v - 0.16 * (dirt - 0.5)
    return colour * light.clamp(0.4, 1.15), cover


def scenery(n: int, chance: torch.Generator) -> Tensor:
    """Photo crops of several sizes, half of them mirrored, out of focus,
    (n, 3, SIDE, SIDE)."""
    every = dict(zip((*SKIMAGE, *SKLEARN), photos(), strict=True))
    chosen = [every[name] for name in SCENES]
    which = torch.randint(len(chosen), (n,), generator=chance)
    place = torch.rand((n, 4, 1, 1), generator=chance)
    x = torch.empty(n, 3, SIDE, SIDE)
    for index, photo in enumerate(chosen):
        mine = which == index
        seen = photo.expand(int(mine.sum()), -1, -1, -1)
        grid = _window(place[mine], photo.shape[1], photo.shape[2])
        x[mine] = F.grid_sample(seen, grid, align_corners=False)
    soft = F.interpolate(F.avg_pool2d(x, 4), (SIDE, SIDE), mode="bilinear")
    x = torch.lerp(x, soft, between(0.4, 1.0, n, chance))
    # Daylight: dark scenes are lifted.
    return x.clamp(min=1e-4) ** between(0.55, 0.9, n, chance)


def _window(place: Tensor, height: int, width: int) -> Tensor:
    """Where a crop's pixels lie in a photo, (n, SIDE, SIDE, 2); place
    (n, 4, 1, 1) in [0, 1]: down, right, how wide, whether mirrored."""
    down, right, zoom, mirror = place.unbind(1)
    side = SIDE * (0.8 + 1.3 * zoom)
    line = (torch.arange(SIDE) + 0.5) / SIDE
    across = torch.where(mirror < 0.5, 1 - line, line)
    u = right * (width - side) + side * across
    v = down * (height - side) + side * line.view(-1, 1)
    u, v = torch.broadcast_tensors(2 * u / width - 1, 2 * v / height - 1)
    return torch.stack([u, v], -1)
