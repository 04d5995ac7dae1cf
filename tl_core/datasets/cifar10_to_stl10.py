r"""# CIFAR-10 to STL-10

Two collections of small photographs with nine classes in common. CIFAR's
come from the Tiny Images, collected by a search engine at 32 pixels; STL's
from ImageNet, at 96, shrunk here. The names mean the same and the pictures
look alike to us: the gap that is left, of sharpness and framing, is small,
and that is what adaptation is worth here. $P(X)$ moves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import ClassVar

from torchvision.datasets import CIFAR10, STL10

from tl_core.card import DatasetCard, hyper
from tl_core.datasets import online
from tl_core.datasets.base import Domain, DomainPair, Samples
from tl_core.datasets.drawn import domain, halves
from tl_core.datasets.mixture import mixed
from tl_core.events import Downloading

TINY = online.Collection(
    "CIFAR-10",
    (online.Archive(CIFAR10.url, CIFAR10.tgz_md5),),
    partial(CIFAR10, train=True),
    partial(CIFAR10, train=False),
    attrgetter("targets"),
    megabytes=170,
    instead="signs_day_to_night",
)
SHARP = online.Collection(
    "STL-10",
    (online.Archive(STL10.url, STL10.tgz_md5),),
    partial(STL10, split="train"),
    partial(STL10, split="test"),
    attrgetter("labels"),
    megabytes=2640,
    instead="signs_day_to_night",
)
SHARED = {
    "airplane": (0, 0),
    "bird": (2, 1),
    "car": (1, 2),
    "cat": (3, 3),
    "deer": (4, 4),
    "dog": (5, 5),
    "horse": (7, 6),
    "ship": (8, 8),
    "truck": (9, 9),
}
"""What both have, and its number in CIFAR-10 and in STL-10."""


@dataclass(frozen=True)
class Cifar10ToStl10:
    """Small photographs of nine kinds of things, from two collections."""

    samples: int = hyper(
        3000,
        "How many pictures of each domain; a fifth of them to test.",
        low=200,
        high=5000,
    )
    severity: float = hyper(
        1.0,
        "Share of the target's pictures that are STL's; the others are "
        "CIFAR's.",
        low=0,
        high=1,
    )

    card: ClassVar[DatasetCard] = DatasetCard(
        title="CIFAR-10 → STL-10",
        summary="Nine kinds of things in photographs of two collections; "
        "both are downloaded (2.8 GB).",
        source="CIFAR-10: photographs, 32×32",
        target="STL-10: photographs, 96×96 shrunk",
        moves=("P(X)",),
        inputs="images",
        severity=("severity",),
        reference="A. Coates, H. Lee, A. Ng (2011). An Analysis of "
        "Single-Layer Networks in Unsupervised Feature Learning. AISTATS",
        online=True,
        order=120,
    )

    def fetch(self) -> Iterator[Downloading]:
        """Bring both collections unless they are here."""
        yield from online.fetch(TINY, SHARP)

    def load(self) -> DomainPair:
        """Both domains (n, 3, 32, 32), values in [0, 1]."""
        tiny, sharp = zip(*SHARED.values(), strict=True)
        source, other = halves(domain(TINY, 2 * self.samples, 32, tiny))
        far = domain(SHARP, self.samples, 32, sharp)
        target = Domain(
            between(other.train, far.train, self.severity),
            between(other.test, far.test, self.severity),
        )
        return DomainPair(source, target, tuple(SHARED))


def between(near: Samples, far: Samples, share: float) -> Samples:
    """`mixed`, of as many as both have."""
    return mixed(near, far.first(len(near)), share)


DATASET = Cifar10ToStl10
