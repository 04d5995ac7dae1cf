"""An image as tokens: one linear map of each patch."""

from __future__ import annotations

import math

import torch.nn.functional as F
from torch import Tensor, nn


class Patches(nn.Module):
    """(b, channels, h, w) to tokens (b, patches^2, width), row by row.

    The image is padded with zeros, below and on the right, until `patches`
    divides its sides.
    """

    def __init__(
        self, shape: tuple[int, ...], patches: int, width: int
    ) -> None:
        super().__init__()
        channels, height, side = shape
        patch = math.ceil(height / patches), math.ceil(side / patches)
        self.patch = patch
        self.padding = patches * patch[0] - height, patches * patch[1] - side
        self.project = nn.Conv2d(channels, width, patch, patch)

    def forward(self, x: Tensor) -> Tensor:
        """Images (b, channels, h, w) to tokens (b, patches^2, width)."""
        down, right = self.padding
        return self.project(F.pad(x, (0, right, 0, down))).flatten(2).mT
