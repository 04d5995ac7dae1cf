r"""# House numbers to MNIST

From the hard to the easy domain: digits photographed on house fronts, in
colour, with neighbours peeping in, to white digits on black. A network that
reads house numbers has seen so much that it does not do badly on MNIST, and
adaptation does the rest; the other way round is far harder. $P(X)$ moves;
the proportions of digits differ too, for house numbers begin with 1 more
often than with 9.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import ClassVar

import torch.nn.functional as F
from torchvision.datasets import SVHN

from tl_core.card import DatasetCard, hyper
from tl_core.datasets import online
from tl_core.datasets.base import Domain, DomainPair, Samples
from tl_core.datasets.digits import CLASSES, mnist_whole
from tl_core.datasets.drawn import domain, halves
from tl_core.datasets.mixture import mixed
from tl_core.events import Downloading

URL = "http://ufldl.stanford.edu/housenumbers"
STREET = online.Collection(
    "SVHN",
    (
        online.Archive(
            f"{URL}/train_32x32.mat", "e26dedcc434d2e4c54c9b2d4a06d8373"
        ),
        online.Archive(
            f"{URL}/test_32x32.mat", "eb5a983be6a315427106f1b164d9cef3"
        ),
    ),
    partial(SVHN, split="train"),
    partial(SVHN, split="test"),
    attrgetter("labels"),
    megabytes=246,
    instead="mnist_to_mnistm",
)


@dataclass(frozen=True)
class SvhnToMnist:
    """House numbers to MNIST digits, both in 32×32 pixels of colour."""

    samples: int = hyper(
        3000,
        "How many pictures of each domain; a fifth of them to test.",
        low=200,
        high=5000,
    )
    severity: float = hyper(
        1.0,
        "Share of the target's digits that are MNIST's; the others are house "
        "numbers.",
        low=0,
        high=1,
    )

    card: ClassVar[DatasetCard] = DatasetCard(
        title="SVHN → MNIST",
        summary="House numbers in colour to white digits on black; the first "
        "are downloaded (246 MB).",
        source="SVHN: photographed house numbers, 32×32",
        target="MNIST: 5,000 digits in a frame of 32×32",
        moves=("P(X)", "P(Y)"),
        inputs="images",
        severity=("severity",),
        reference="Y. Netzer et al. (2011). Reading Digits in Natural Images "
        "with Unsupervised Feature Learning. NIPS Workshop on Deep Learning",
        online=True,
        order=105,
    )

    def fetch(self) -> Iterator[Downloading]:
        """Bring SVHN unless it is here."""
        yield from online.fetch(STREET)

    def load(self) -> DomainPair:
        """Both domains (n, 3, 32, 32), values in [0, 1]."""
        street = domain(STREET, 2 * self.samples, 32, range(10))
        source, other = halves(street)
        written = mnist_whole()
        target = Domain(
            mixed(
                other.train,
                framed(written.train, len(other.train)),
                self.severity,
            ),
            mixed(
                other.test,
                framed(written.test, len(other.test)),
                self.severity,
            ),
        )
        return DomainPair(source, target, CLASSES)


def framed(digits: Samples, n: int) -> Samples:
    """The first n of x (m, 1, 28, 28) as (n, 3, 32, 32)."""
    some = digits.first(n)
    wide = F.pad(some.x, (2, 2, 2, 2)).expand(-1, 3, -1, -1)
    return Samples(wide.contiguous(), some.y)


DATASET = SvhnToMnist
