"""Images as networks for colour photographs expect them."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_SD = (0.229, 0.224, 0.225)


class Rgb(nn.Module):
    """(b, 1 or 3, h, w) in [0, 1] to (b, 3, h, w), standardised by channel;
    a single channel is repeated."""

    mean: Tensor
    sd: Tensor

    def __init__(self, mean: tuple[float, ...], sd: tuple[float, ...]) -> None:
        super().__init__()
        self.register_buffer("mean", column(mean), persistent=False)
        self.register_buffer("sd", column(sd), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Images (b, 1 or 3, h, w) to (b, 3, h, w)."""
        return (x.expand(-1, 3, -1, -1) - self.mean) / self.sd


class Resize(nn.Module):
    """(b, c, h, w) to (b, c, side, side), bilinear, smoothed when it gets
    smaller."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.side = side

    def forward(self, x: Tensor) -> Tensor:
        """Images (b, c, h, w) to (b, c, side, side)."""
        if x.shape[2:] == (self.side, self.side):
            return x
        size = [self.side, self.side]
        return F.interpolate(x, size, mode="bilinear", antialias=True)


def column(values: tuple[float, ...]) -> Tensor:
    """One number a channel, as (1, channels, 1, 1)."""
    return torch.tensor(values).view(1, -1, 1, 1)
