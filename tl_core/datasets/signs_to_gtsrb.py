r"""# Drawn signs to German roads

The source is free: eight signs, drawn by a program before photographs. The
target is what a camera in a car saw on German roads: the same signs, small,
dark, blurred, half in the shade. Synthetic to real is the pair for which
engineers want adaptation most, for there the labels are what costs. $P(X)$
moves, and $P(Y)$ too, as some signs are rarer than others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from torchvision.datasets import GTSRB

from tl_core.card import DatasetCard, hyper
from tl_core.datasets import online
from tl_core.datasets.base import Domain, DomainPair
from tl_core.datasets.drawn import domain
from tl_core.datasets.mixture import mixed
from tl_core.datasets.signs import CLASSES, by_day
from tl_core.events import Downloading

URL = "https://sid.erda.dk/public/archives/daaeac0d7ce1152aea9b61d9f1e19370"
NUMBERS = {
    "stop": 14,
    "yield": 13,
    "speed limit 30": 1,
    "speed limit 70": 4,
    "no entry": 17,
    "warning": 18,
    "priority road": 12,
    "turn right": 33,
}
"""Our signs among the benchmark's 43."""


def _labels(opened: GTSRB) -> Sequence[int]:
    return [number for _, number in opened._samples]


ROADS = online.Collection(
    "GTSRB",
    (
        online.Archive(
            f"{URL}/GTSRB-Training_fixed.zip",
            "513f3c79a4c5141765e10e952eaa2478",
            "gtsrb",
        ),
        online.Archive(
            f"{URL}/GTSRB_Final_Test_Images.zip",
            "c7e4e6327067d32654124b0fe9e82185",
            "gtsrb",
        ),
        online.Archive(
            f"{URL}/GTSRB_Final_Test_GT.zip",
            "fe31e9c9270bbcd7b84b7f21a9d9d9e5",
            "gtsrb",
        ),
    ),
    partial(GTSRB, split="train"),
    partial(GTSRB, split="test"),
    _labels,
    megabytes=276,
    instead="signs_day_to_night",
)


@dataclass(frozen=True)
class SignsToGtsrb:
    """1,600 drawn signs, 400 to test, to photographed ones."""

    samples: int = hyper(
        2000,
        "How many photographed signs; a fifth of them to test.",
        low=200,
        high=10_000,
    )
    severity: float = hyper(
        1.0,
        "Share of the target's signs that are photographed; the others are "
        "drawn.",
        low=0,
        high=1,
    )

    card: ClassVar[DatasetCard] = DatasetCard(
        title="Drawn signs → GTSRB",
        summary="Signs drawn by a program to signs seen from a car; these "
        "are downloaded (276 MB).",
        source="2,000 drawn signs by day, 32×32",
        target="GTSRB: photographs of eight kinds of signs, brought to 32×32",
        moves=("P(X)", "P(Y)"),
        inputs="images",
        severity=("severity",),
        reference="J. Stallkamp et al. (2012). Man vs. computer: "
        "Benchmarking machine learning algorithms for traffic sign "
        "recognition. Neural Networks 32, doi:10.1016/j.neunet.2012.02.016",
        online=True,
        order=125,
    )

    def fetch(self) -> Iterator[Downloading]:
        """Bring GTSRB unless it is here."""
        yield from online.fetch(ROADS)

    def load(self) -> DomainPair:
        """Both domains (n, 3, 32, 32), values in [0, 1]."""
        numbers = [NUMBERS[name] for name in CLASSES]
        seen = domain(ROADS, self.samples, 32, numbers)
        target = Domain(
            mixed(by_day(len(seen.train), 32, 12), seen.train, self.severity),
            mixed(by_day(len(seen.test), 32, 13), seen.test, self.severity),
        )
        source = Domain(by_day(1600, 32, 10), by_day(400, 32, 11))
        return DomainPair(source, target, CLASSES)


DATASET = SignsToGtsrb
