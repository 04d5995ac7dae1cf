r"""# Digits to cursive Japanese

The source's classes are digits, the target's ten characters of the hiragana
as old books write them. Both are strokes of a pen, but a character of the
cursive script has many forms. $Y$ moves and $P(X)$ with it: a new head must
be trained, and what the backbone knows about strokes may serve again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from torchvision.datasets import KMNIST

from tl_core.card import DatasetCard, hyper
from tl_core.datasets import online
from tl_core.datasets.base import DomainPair
from tl_core.datasets.digits import CLASSES, mnist_whole
from tl_core.datasets.drawn import domain
from tl_core.datasets.idx import like_mnist
from tl_core.events import Downloading

CURSIVE = like_mnist("KMNIST", KMNIST, megabytes=21)


@dataclass(frozen=True)
class MnistToKmnist:
    """4,000 MNIST digits, 1,000 to test, to cursive hiragana."""

    samples: int = hyper(
        4000,
        "How many pictures of characters; a fifth of them to test.",
        low=200,
        high=50_000,
    )

    card: ClassVar[DatasetCard] = DatasetCard(
        title="MNIST → KMNIST",
        summary="From ten digits to ten characters of old Japanese books; "
        "these are downloaded (21 MB).",
        source="MNIST: 5,000 digits, 28×28",
        target="KMNIST: cursive hiragana, 28×28",
        moves=("Y", "P(X)"),
        inputs="images",
        reference="T. Clanuwat et al. (2018). Deep Learning for Classical "
        "Japanese Literature. NeurIPS Workshop, arXiv:1812.01718",
        online=True,
        order=115,
    )

    def fetch(self) -> Iterator[Downloading]:
        """Bring KMNIST unless it is here."""
        yield from online.fetch(CURSIVE)

    def load(self) -> DomainPair:
        """Both domains (n, 1, 28, 28), values in [0, 1]."""
        cursive = domain(CURSIVE, self.samples, 28, range(10), "L")
        return DomainPair(
            mnist_whole(), cursive, tuple(KMNIST.classes), CLASSES
        )


DATASET = MnistToKmnist
