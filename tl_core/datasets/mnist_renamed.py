r"""# Other names for the same digits

The digits look the same in both domains, but the target calls some of them
by another's name: $P(X)$ stays and $P(Y \mid X)$ moves. No method that only
looks at inputs can notice, let alone repair it: target labels are needed. A
head kept from the source starts wrong and has to be unlearned first, which
at small budgets is worse than no pretraining at all: negative transfer.

Shuffled source labels are another matter: such a source teaches nothing, but
with a new head it does little harm either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch

from tl_core.card import DatasetCard, hyper
from tl_core.datasets.base import Domain, DomainPair, Samples
from tl_core.datasets.digits import CLASSES, mnist_halves


@dataclass(frozen=True)
class MnistRenamed:
    """Two disjoint halves of MNIST that disagree on the digits' names."""

    severity: float = hyper(
        1.0,
        "Share of the digits that the target calls by another's name.",
        low=0,
        high=1,
    )
    shuffled: float = hyper(
        0.0,
        "Share of the source's training labels that are drawn by lot.",
        low=0,
        high=1,
    )

    card: ClassVar[DatasetCard] = DatasetCard(
        title="MNIST: other names for the same digits",
        summary="The target calls each digit by its neighbour's name: what "
        "the source taught has to be unlearned.",
        source="MNIST: 2,500 digits under their own names",
        target="other digits; what was called 3 is now called 4",
        moves=("P(Y|X)",),
        inputs="images",
        severity=("severity",),
        reference="Z. Wang, Z. Dai, B. Poczos, J. Carbonell (2019). "
        "Characterizing and Avoiding Negative Transfer. CVPR, "
        "arXiv:1811.09751",
        begin=(("strategy", "full"),),
        order=57,
    )

    def load(self) -> DomainPair:
        """Both domains (n, 1, 28, 28) in [0, 1]."""
        source, target = mnist_halves()
        return DomainPair(
            Domain(self.by_lot(source.train), source.test),
            Domain(self.renamed(target.train), self.renamed(target.test)),
            CLASSES,
        )

    def renamed(self, samples: Samples) -> Samples:
        """The first digits take each other's names, one place further."""
        among = round(self.severity * len(CLASSES))
        if among < 2:  # one digit alone has nobody to change with
            return samples
        y = samples.y
        return Samples(samples.x, torch.where(y < among, (y + 1) % among, y))

    def by_lot(self, samples: Samples) -> Samples:
        """The first labels drawn from all classes alike."""
        n = round(self.shuffled * len(samples))
        chance = torch.Generator().manual_seed(0)
        drawn = torch.randint(len(CLASSES), (n,), generator=chance)
        return Samples(samples.x, torch.cat([drawn, samples.y[n:]]))


DATASET = MnistRenamed
