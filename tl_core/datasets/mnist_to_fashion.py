r"""# Digits to clothes

The pictures have the same size and the same black ground, and nothing else
in common: the source's classes are digits, the target's are shirts, shoes
and bags. $Y$ moves and $P(X)$ with it, so that a new head must be trained,
and the question is what strokes have taught the backbone about textures: a
case in which transfer may well be worth nothing, or less.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from torchvision.datasets import FashionMNIST

from tl_core.card import DatasetCard, hyper
from tl_core.datasets import online
from tl_core.datasets.base import DomainPair
from tl_core.datasets.digits import CLASSES, mnist_whole
from tl_core.datasets.drawn import domain
from tl_core.datasets.idx import like_mnist
from tl_core.events import Downloading

CLOTHES = like_mnist(
    "Fashion-MNIST",
    FashionMNIST,
    megabytes=31,
    shelf="/usr/share/datasets/fashion-mnist",
)
"""Debian's package dataset-fashion-mnist has the same four files."""


@dataclass(frozen=True)
class MnistToFashion:
    """4,000 MNIST digits, 1,000 to test, to pictures of clothes."""

    samples: int = hyper(
        4000,
        "How many pictures of clothes; a fifth of them to test.",
        low=200,
        high=50_000,
    )

    card: ClassVar[DatasetCard] = DatasetCard(
        title="MNIST → Fashion-MNIST",
        summary="From ten digits to ten kinds of clothes; these are "
        "downloaded (31 MB).",
        source="MNIST: 5,000 digits, 28×28",
        target="Fashion-MNIST: clothes, 28×28",
        moves=("Y", "P(X)"),
        inputs="images",
        reference="H. Xiao, K. Rasul, R. Vollgraf (2017). Fashion-MNIST: a "
        "Novel Image Dataset for Benchmarking Machine Learning Algorithms. "
        "arXiv:1708.07747",
        online=True,
        order=110,
    )

    def fetch(self) -> Iterator[Downloading]:
        """Bring Fashion-MNIST unless it is here."""
        yield from online.fetch(CLOTHES)

    def load(self) -> DomainPair:
        """Both domains (n, 1, 28, 28), values in [0, 1]."""
        clothes = domain(CLOTHES, self.samples, 28, range(10), "L")
        names = tuple(name.lower() for name in FashionMNIST.classes)
        return DomainPair(mnist_whole(), clothes, names, CLASSES)


DATASET = MnistToFashion
