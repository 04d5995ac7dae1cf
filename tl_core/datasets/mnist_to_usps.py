r"""# MNIST to USPS

The oldest pair of the field: digits that people wrote for the census bureau
and for a school exam, and digits cut from envelopes of the American post. The
post's are smaller, rounder and fill the frame. The labels mean the same:
$P(X)$ moves, $P(Y \mid X)$ does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import ClassVar

from torchvision.datasets import USPS

from tl_core.card import DatasetCard, hyper
from tl_core.datasets import online
from tl_core.datasets.base import Domain, DomainPair
from tl_core.datasets.digits import CLASSES, mnist_halves
from tl_core.datasets.drawn import domain
from tl_core.datasets.mixture import mixed
from tl_core.events import Downloading

URL = "https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass"
POST = online.Collection(
    "USPS",
    (
        online.Archive(f"{URL}/usps.bz2", "ec16c51db3855ca6c91edd34d0e9b197"),
        online.Archive(
            f"{URL}/usps.t.bz2", "8ea070ee2aca1ac39742fdd1ef5ed118"
        ),
    ),
    partial(USPS, train=True),
    partial(USPS, train=False),
    attrgetter("targets"),
    megabytes=9,
    instead="mnist_to_optdigits",
)


@dataclass(frozen=True)
class MnistToUsps:
    """1,900 MNIST digits to digits of the post; 600 to test."""

    samples: int = hyper(
        2000,
        "How many digits of the post; a fifth of them to test.",
        low=200,
        high=2375,
    )
    severity: float = hyper(
        1.0,
        "Share of the target's digits that are the post's; the others are "
        "MNIST digits.",
        low=0,
        high=1,
    )

    card: ClassVar[DatasetCard] = DatasetCard(
        title="MNIST → USPS",
        summary="Two real collections of handwritten digits; the second is "
        "downloaded (9 MB).",
        source="MNIST: 2,500 digits, 28×28",
        target="USPS: digits from envelopes, 16×16 enlarged",
        moves=("P(X)",),
        inputs="images",
        severity=("severity",),
        reference="J. Hull (1994). A Database for Handwritten Text "
        "Recognition Research. IEEE TPAMI 16(5), doi:10.1109/34.291440",
        online=True,
        order=100,
    )

    def fetch(self) -> Iterator[Downloading]:
        """Bring USPS unless it is here."""
        yield from online.fetch(POST)

    def load(self) -> DomainPair:
        """Both domains (n, 1, 28, 28), values in [0, 1]."""
        post = domain(POST, self.samples, 28, range(10), "L")
        source, other = mnist_halves()
        target = Domain(
            mixed(other.train, post.train, self.severity),
            mixed(other.test, post.test, self.severity),
        )
        return DomainPair(source, target, CLASSES)


DATASET = MnistToUsps
