r"""# MNIST to optical digits

Both domains are digits that people wrote, collected years apart: MNIST as
28x28 grey images, the optical digits of the UCI repository as 8x8 counts of
ink in blocks, enlarged here. The labels mean the same; the strokes are
thicker, softer and fill the frame, so $P(X)$ moves and
$P(Y \mid X)$ does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tl_core.card import DatasetCard
from tl_core.datasets.base import DomainPair, split
from tl_core.datasets.digits import CLASSES, mnist_whole, optdigits


@dataclass(frozen=True)
class MnistToOptdigits:
    """4,000 MNIST digits to 1,297 optical digits; 1,000 and 500 to test."""

    card: ClassVar[DatasetCard] = DatasetCard(
        title="MNIST → optical digits",
        summary="Two real collections of handwritten digits: other writers, "
        "other scanners, other resolution.",
        source="MNIST: 5,000 digits, 28×28",
        target="UCI optical digits: 1,797 digits, 8×8 enlarged",
        moves=("P(X)",),
        inputs="images",
        reference="E. Alpaydin, C. Kaynak (1998). Optical Recognition of "
        "Handwritten Digits. UCI Machine Learning Repository, "
        "doi:10.24432/C50P49",
        order=10,
    )

    def load(self) -> DomainPair:
        """Source (n, 1, 28, 28), target (n, 1, 28, 28), values in [0, 1]."""
        digits = optdigits()
        target = split(digits.x, digits.y, test=500, seed=0)
        return DomainPair(mnist_whole(), target, CLASSES)


DATASET = MnistToOptdigits
