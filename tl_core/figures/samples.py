"""Sheets of samples: images in a grid, points in the plane."""

from __future__ import annotations

import numpy as np

GAP = 2
WIDE, DOT, REACH = 720, 5, 2.2
"""Pixels of a sheet of points and of a dot; units shown up and down."""


def image_grid(images: np.ndarray, columns: int = 8) -> np.ndarray:
    """uint8 images (n, c, h, w) side by side as one (height, width, 3)
    picture, enlarged to twice their size."""
    n, channels, height, width = images.shape
    rows = -(-n // columns)
    sheet = np.full(
        (rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, 3),
        128,
        np.uint8,
    )
    for index, image in enumerate(images):
        top = index // columns * (height + GAP)
        left = index % columns * (width + GAP)
        colour = np.broadcast_to(image, (3, height, width))
        cell = colour.transpose(1, 2, 0)
        sheet[top : top + height, left : left + width] = cell
    return sheet.repeat(2, 0).repeat(2, 1)


def point_sheet(points: np.ndarray, y: np.ndarray, colour: str) -> np.ndarray:
    """Points (n, 2) as one (height, width, 3) uint8 picture on white; those
    of the first class are hollow."""
    from PIL import Image, ImageDraw

    sheet = Image.new("RGB", (WIDE, WIDE // 3), "#FFFFFF")
    draw = ImageDraw.Draw(sheet)
    # The same view for both domains: three units wide to each side.
    scale = WIDE / 3 / (2 * REACH)
    for (across, up), label in zip(points, y, strict=True):
        u, v = WIDE / 2 + scale * across, WIDE / 6 - scale * up
        box = (u - DOT, v - DOT, u + DOT, v + DOT)
        fill = colour if label else None
        draw.ellipse(box, fill=fill, outline=colour, width=3)
    return np.asarray(sheet)
