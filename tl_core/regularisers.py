"""What keeps a network from learning its few samples by heart.

Each is a setting of a run, is off by default, and then changes no bit. Their
chance is drawn from generators of their own, so that equal specs stay equal
whatever else runs in the process.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

REACH, TURN = 0.1, 10.0
"""How far augmentation moves a picture (share of its side) and turns it
(degrees), at most."""
JITTER = 0.05
"""Standard deviation of the noise that augmentation "noise" adds."""


class Dropout(nn.Module):
    """Sets each feature to zero with probability p while training and
    enlarges the rest (Srivastava et al. 2014, JMLR 15:1929-1958)."""

    def __init__(self, p: float = 0.0, seed: int = 0) -> None:
        super().__init__()
        self.p, self.seed, self.calls = p, seed, 0

    def forward(self, z: Tensor) -> Tensor:
        """z (b, width), the same shape."""
        if not self.training or self.p == 0:
            return z
        self.calls += 1
        chance = generator(self.seed, self.calls)
        kept = torch.rand(z.shape, generator=chance) >= self.p
        return z * kept.to(z.device) / (1 - self.p)


def generator(seed: int, draw: int) -> torch.Generator:
    """The chance of one draw of a run."""
    return torch.Generator().manual_seed(seed * 1_000_003 + draw)


def smoothed(y: Tensor, classes: int, amount: float) -> Tensor:
    """Labels y (b,) as they are, or, for an amount above zero, as (b,
    classes) probabilities that leave `amount` to all classes alike (Szegedy
    et al. 2016, arXiv:1512.00567)."""
    if amount == 0:
        return y
    hard = F.one_hot(y, classes).float()
    return (1 - amount) * hard + amount / classes


def augmented(x: Tensor, how: str, seed: int, step: int) -> Tensor:
    """x (b, c, h, w) or (b, features), another version of it at each step.

    "shift" moves and turns pictures a little (for points it is the same as
    "noise"); "noise" adds noise to every value.
    """
    if how == "none" or len(x) == 0:
        return x
    chance = generator(seed, step)
    if how == "noise" or x.dim() != 4:
        noise = torch.randn(x.shape, generator=chance)
        return x + JITTER * noise.to(x.device)
    draws = torch.rand((len(x), 3), generator=chance) * 2 - 1
    angle = torch.deg2rad(TURN * draws[:, 0])
    cos, sin = angle.cos(), angle.sin()
    # An image spans -1 to 1, so a share of its side counts twice.
    right, down = (2 * REACH * draws[:, k] for k in (1, 2))
    rows = [
        torch.stack([cos, -sin, right], 1),
        torch.stack([sin, cos, down], 1),
    ]
    theta = torch.stack(rows, 1).to(x.device, x.dtype)
    grid = F.affine_grid(theta, list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, padding_mode="border", align_corners=False)
