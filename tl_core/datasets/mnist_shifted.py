r"""# MNIST, shifted by you

The target is other MNIST digits changed by knobs: turned, inverted, noisy,
tinted, thickened. With every knob at zero source and target follow the same
law, so nothing is lost by the move; each knob makes $P(X)$ differ while
$P(Y \mid X)$ stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from tl_core.card import DatasetCard, hyper
from tl_core.datasets.base import DomainPair
from tl_core.datasets.digits import CLASSES, mnist_halves, with_x


@dataclass(frozen=True)
class MnistShifted:
    """Two disjoint halves of MNIST; the second is shifted by the knobs."""

    rotation: float = hyper(
        0.0,
        "Mean angle by which a target digit is turned; each digit varies "
        "around it by a third of the angle, at most 10 degrees.",
        low=-90,
        high=90,
        unit="degrees",
    )
    inversion: float = hyper(
        1.0,
        "0 keeps the picture, 1 exchanges ink and paper.",
        low=0,
        high=1,
    )
    noise: float = hyper(
        0.0,
        "Standard deviation of Gaussian noise added to each pixel.",
        low=0,
        high=1,
    )
    colour: float = hyper(
        0.0,
        "Strength of a random tint of the ink, one per digit; above zero "
        "both domains have three channels.",
        low=0,
        high=1,
    )
    thickness: float = hyper(
        0.0,
        "How far strokes grow (or, below zero, shrink) on each side.",
        low=-2,
        high=3,
        unit="pixels",
    )

    card: ClassVar[DatasetCard] = DatasetCard(
        title="MNIST → shifted MNIST",
        summary="Design the shift: turn, invert, add noise, tint or "
        "thicken the target digits.",
        source="MNIST: 2,500 digits, 28×28",
        target="2,500 other digits, changed by the knobs",
        moves=("P(X)",),
        inputs="images",
        reference="Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998). "
        "Gradient-Based Learning Applied to Document Recognition. "
        "Proc. IEEE 86(11), doi:10.1109/5.726791",
        order=20,
    )

    def load(self) -> DomainPair:
        """Both (n, c, 28, 28) in [0, 1]; c is 3 when colour > 0, else 1."""
        source, target = mnist_halves()
        channels = 3 if self.colour > 0 else 1
        return DomainPair(
            with_x(
                source,
                source.train.x.repeat(1, channels, 1, 1),
                source.test.x.repeat(1, channels, 1, 1),
            ),
            with_x(
                target,
                self.shift(target.train.x, seed=1),
                self.shift(target.test.x, seed=2),
            ),
            CLASSES,
        )

    def shift(self, x: Tensor, seed: int) -> Tensor:
        """Apply every knob to x (n, 1, 28, 28); returns (n, c, 28, 28)."""
        generator = torch.Generator().manual_seed(seed)
        x = thicken(x, self.thickness)
        x = rotate(x, self.rotation, generator)
        if self.colour > 0:
            tint = torch.rand((len(x), 3, 1, 1), generator=generator)
            x = x * (1 - self.colour * tint)
        x = (1 - self.inversion) * x + self.inversion * (1 - x)
        if self.noise > 0:
            noise = torch.randn(x.shape, generator=generator)
            x = (x + self.noise * noise).clamp(0, 1)
        return x


def rotate(x: Tensor, degrees: float, generator: torch.Generator) -> Tensor:
    """Turn each image of x (n, 1, h, w) by about `degrees`."""
    if degrees == 0:
        return x
    spread = min(10.0, abs(degrees) / 3)
    jitter = torch.rand(len(x), generator=generator) * 2 - 1
    angle = torch.deg2rad(degrees + spread * jitter)
    cos, sin, zero = angle.cos(), angle.sin(), torch.zeros_like(angle)
    rows = [
        torch.stack([cos, -sin, zero], 1),
        torch.stack([sin, cos, zero], 1),
    ]
    grid = F.affine_grid(
        torch.stack(rows, 1), list(x.shape), align_corners=False
    )
    return F.grid_sample(x, grid, align_corners=False)


def thicken(x: Tensor, pixels: float) -> Tensor:
    """Grow (or shrink) the strokes of x (n, 1, h, w) on each side.

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


DATASET = MnistShifted
