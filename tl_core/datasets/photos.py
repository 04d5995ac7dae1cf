"""Colour photographs that ship inside scikit-image and scikit-learn."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
import torch
from PIL import Image
from torch import Tensor

SKIMAGE = (
    "astronaut.png",
    "chelsea.png",
    "coffee.png",
    "color.png",
    "hubble_deep_field.jpg",
    "ihc.png",
    "motorcycle_left.png",
    "retina.jpg",
    "rocket.jpg",
)
SKLEARN = ("china.jpg", "flower.jpg")


@cache
def photos() -> tuple[Tensor, ...]:
    """Each photo as (3, height, width) in [0, 1], the long side 320."""
    pictures = [files("skimage.data") / name for name in SKIMAGE]
    pictures += [files("sklearn.datasets.images") / name for name in SKLEARN]
    return tuple(_read(str(path)) for path in pictures)


def _read(path: str) -> Tensor:
    with Image.open(path) as image:
        small = image.convert("RGB")
        small.thumbnail((320, 320))
        pixels = np.asarray(small, dtype=np.float32) / 255
    return torch.from_numpy(pixels).permute(2, 0, 1).contiguous()


def crops(n: int, side: int, seed: int) -> Tensor:
    """`n` squares of `side` pixels cut out of the photos at random,
    (n, 3, side, side)."""
    generator = torch.Generator().manual_seed(seed)
    pictures = photos()
    which = torch.randint(len(pictures), (n,), generator=generator)
    corner = torch.rand((n, 2), generator=generator)
    found = []
    for index, (down, right) in zip(which, corner, strict=True):
        picture = pictures[int(index)]
        top = int(down * (picture.shape[1] - side))
        left = int(right * (picture.shape[2] - side))
        found.append(picture[:, top : top + side, left : left + side])
    return torch.stack(found)
