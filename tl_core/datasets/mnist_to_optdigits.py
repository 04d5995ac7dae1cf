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

from tl_core.card import DatasetCard, hyper
from tl_core.datasets.base import Domain, DomainPair, Samples, split
from tl_core.datasets.digits import CLASSES, mnist_whole, optdigits
from tl_core.datasets.mixture import mixed


@dataclass(frozen=True)
class MnistToOptdigits:
    """4,000 MNIST digits to 1,297 optical digits; 1,000 and 500 to test."""

    severity: float = hyper(
        1.0,
        "Share of the target's digits that are optical ones; the others are "
        "MNIST digits, to train on and to test as they are in the source.",
        low=0,
        high=1,
    )

    card: ClassVar[DatasetCard] = DatasetCard(
        title="MNIST → optical digits",
        summary="Two real collections of handwritten digits: other writers, "
        "other scanners, other resolution.",
        source="MNIST: 5,000 digits, 28×28",
        target="UCI optical digits: 1,797 digits, 8×8 enlarged",
        moves=("P(X)",),
        inputs="images",
        severity=("severity",),
        reference="E. Alpaydin, C. Kaynak (1998). Optical Recognition of "
        "Handwritten Digits. UCI Machine Learning Repository, "
        "doi:10.24432/C50P49",
        order=10,
    )

    def load(self) -> DomainPair:
        """Source (n, 1, 28, 28), target (n, 1, 28, 28), values in [0, 1]."""
        digits = optdigits()
        optical = split(digits.x, digits.y, test=500, seed=0)
        source = mnist_whole()
        target = Domain(
            mixed(_last(source.train, 1297), optical.train, self.severity),
            mixed(_last(source.test, 500), optical.test, self.severity),
        )
        return DomainPair(source, target, CLASSES)


def _last(samples: Samples, n: int) -> Samples:
    """The digits farthest from those that are measured first."""
    return Samples(samples.x[-n:], samples.y[-n:])


DATASET = MnistToOptdigits
