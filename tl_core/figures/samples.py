"""Grids of sample images."""

from __future__ import annotations

import numpy as np

GAP = 2


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
