r"""# From ImageNet to traffic signs

The source is not at hand: only a network that has seen a million photographs
of a thousand kinds of things, few of them signs. Eight traffic signs are to
be told apart, by day or on a wet night, from few labels: the most common case
of transfer learning. Other pictures and other classes: $P(X)$ and $Y$ move.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tl_core.card import DatasetCard, hyper
from tl_core.datasets.base import Domain, DomainPair, nothing
from tl_core.datasets.signs import CLASSES, by_day
from tl_core.datasets.signs_day_to_night import SignsDayToNight


@dataclass(frozen=True)
class ImagenetToSigns:
    """1,200 signs of 96 pixels, 500 to test; no source samples."""

    night: float = hyper(
        0.0,
        "Severity of the night in which the signs are seen; 0 is day.",
        low=0,
        high=2,
    )

    card: ClassVar[DatasetCard] = DatasetCard(
        title="ImageNet → traffic signs",
        summary="A network trained on a thousand kinds of things learns "
        "eight traffic signs.",
        source="ImageNet-1000; only the trained network is at hand",
        target="1,700 drawn traffic signs, 96×96, by day or by night",
        moves=("P(X)", "Y"),
        inputs="images",
        reference="S. Kornblith, J. Shlens, Q. Le (2019). Do Better "
        "ImageNet Models Transfer Better? CVPR, arXiv:1805.08974",
        source_task="ImageNet",
        order=60,
    )

    def load(self) -> DomainPair:
        """The target (n, 3, 96, 96), values in [0, 1]."""
        sky = SignsDayToNight(severity=self.night)
        target = Domain(
            sky.by_night(by_day(1200, 96, 12), seed=1),
            sky.by_night(by_day(500, 96, 13), seed=2),
        )
        return DomainPair(nothing(target.train), target, CLASSES)


DATASET = ImagenetToSigns
