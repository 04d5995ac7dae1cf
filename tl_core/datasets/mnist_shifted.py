r"""# MNIST, shifted by you

The target is other MNIST digits changed by knobs: turned, inverted, noisy,
tinted, thickened, dimmed, blurred, rained upon. With every knob at zero
source and target follow the same law, so nothing is lost by the move; each
knob makes $P(X)$ differ while $P(Y \mid X)$ stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from tl_core.card import DatasetCard, hyper
from tl_core.datasets import shifts
from tl_core.datasets.base import Domain, DomainPair, Samples
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
    scale: float = hyper(
        0.0,
        "Size of a target digit as a power of two: 1 doubles, -1 halves it.",
        low=-1,
        high=1,
    )
    background: float = hyper(
        0.0,
        "Brightness of photographs that shine through the paper.",
        low=0,
        high=1,
    )
    light: float = hyper(
        0.0,
        "Below zero towards black, above zero towards white.",
        low=-0.9,
        high=0.9,
    )
    contrast: float = hyper(
        0.0,
        "Below zero towards an even grey, above zero away from it.",
        low=-1,
        high=1,
    )
    rain: float = hyper(
        0.0, "Density and strength of bright slanted streaks.", low=0, high=1
    )
    blur: float = hyper(
        0.0,
        "Width of a Gaussian blur.",
        low=0,
        high=3,
        unit="pixels",
    )

    card: ClassVar[DatasetCard] = DatasetCard(
        title="MNIST → shifted MNIST",
        summary="Design the shift: turn, invert, blur or tint the target "
        "digits, add noise, rain or photographs.",
        source="MNIST: 2,500 digits, 28×28",
        target="2,500 other digits, changed by the knobs",
        moves=("P(X)",),
        inputs="images",
        severity=(
            "rotation",
            "inversion",
            "noise",
            "colour",
            "thickness",
            "scale",
            "background",
            "light",
            "contrast",
            "rain",
            "blur",
        ),
        reference="Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998). "
        "Gradient-Based Learning Applied to Document Recognition. "
        "Proc. IEEE 86(11), doi:10.1109/5.726791",
        order=20,
    )

    def load(self) -> DomainPair:
        """Both (n, c, 28, 28) in [0, 1]; c is 3 when colour > 0, else 1."""
        source, target = mnist_halves()
        moved = with_x(
            target,
            self.shift(target.train.x, seed=1),
            self.shift(target.test.x, seed=2),
        )
        return DomainPair(self._like(source), moved, CLASSES)

    def preview(self, n: int) -> DomainPair:
        """The source, and the first `n` test samples of the target alone."""
        source, target = mnist_halves()
        few = target.test.first(n)
        test = Samples(self.shift(few.x, seed=2), few.y)
        return DomainPair(
            self._like(source), Domain(test.first(0), test), CLASSES
        )

    def _like(self, source: Domain) -> Domain:
        """The source with as many channels as the target."""
        channels = 3 if self.colour > 0 else 1
        return with_x(
            source,
            source.train.x.repeat(1, channels, 1, 1),
            source.test.x.repeat(1, channels, 1, 1),
        )

    def shift(self, x: Tensor, seed: int) -> Tensor:
        """Apply every knob to x (n, 1, 28, 28); returns (n, c, 28, 28)."""
        chance = torch.Generator().manual_seed(seed)
        x = shifts.thicken(x, self.thickness)
        x = shifts.rotate_and_scale(x, self.rotation, self.scale, chance)
        x = x.repeat(1, 3 if self.colour > 0 else 1, 1, 1)
        x = shifts.tint(x, self.colour, chance)
        x = shifts.put_before_photos(x, self.background, seed)
        x = shifts.invert(x, self.inversion)
        x = shifts.contrast(x, self.contrast)
        x = shifts.light(x, self.light)
        x = shifts.rain(x, self.rain, seed)
        x = shifts.blur(x, self.blur)
        return shifts.add_noise(x, self.noise, chance)


DATASET = MnistShifted
