r"""# Label shift

The digits look the same in both domains; only how often each occurs differs:
$P(X \mid Y)$ stays and $P(Y)$ moves. The source model needs no help. Methods
that make the two clouds of features equal must then do harm: with unequal
proportions equal clouds put some digits of one kind on those of another.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import torch

from tl_core.card import DatasetCard, hyper
from tl_core.datasets.base import Domain, DomainPair, Samples
from tl_core.datasets.digits import CLASSES, mnist_halves

ORDER = (8, 9, 5, 3, 2, 7, 4, 6, 0, 1)
"""From the digit that becomes the most frequent to the rarest."""
STEEPNESS = 3.0
"""At a severity of 1 the rarest digit is exp(-3) times as frequent."""


@dataclass(frozen=True)
class LabelShift:
    """Two disjoint halves of MNIST; the second is thinned out by class."""

    severity: float = hyper(
        1.0,
        "How unequal the target's classes are: at 1 the rarest is twenty "
        "times rarer than the most frequent, at 0 all are alike.",
        low=0,
        high=1,
    )

    card: ClassVar[DatasetCard] = DatasetCard(
        title="MNIST: other class proportions",
        summary="The same digits in other proportions: a shift that "
        "aligning features makes worse.",
        source="MNIST: 2,500 digits, each class alike",
        target="other digits, eights most, ones least",
        moves=("P(Y)",),
        inputs="images",
        severity=("severity",),
        reference="H. Zhao, R. Tachet des Combes, K. Zhang, G. Gordon "
        "(2019). On Learning Invariant Representations for Domain "
        "Adaptation. ICML, arXiv:1901.09453",
        order=55,
    )

    def load(self) -> DomainPair:
        """Both domains (n, 1, 28, 28) in [0, 1]."""
        source, target = mnist_halves()
        return DomainPair(
            source,
            Domain(self.thinned(target.train), self.thinned(target.test)),
            CLASSES,
        )

    def thinned(self, samples: Samples) -> Samples:
        """Of each class the share that severity leaves, at least one."""
        keep = torch.zeros(len(samples), dtype=torch.bool)
        for rank, label in enumerate(ORDER):
            share = math.exp(-self.severity * STEEPNESS * rank / 9)
            mine = (samples.y == label).nonzero()[:, 0]
            keep[mine[: max(1, round(share * len(mine)))]] = True
        return samples.take(keep.nonzero()[:, 0])


DATASET = LabelShift
