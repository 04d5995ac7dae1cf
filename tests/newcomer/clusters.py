r"""# Clusters that move

Three Gaussian clusters in the plane; those of the target have moved to the
right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from sklearn.datasets import make_blobs

from tl_core.card import DatasetCard, hyper
from tl_core.datasets.base import Domain, DomainPair, Samples

CENTRES = [[-2.0, 0.0], [0.0, 2.0], [2.0, 0.0]]


@dataclass(frozen=True)
class Clusters:
    """600 points in each domain, a third of them to test."""

    distance: float = hyper(
        1.0, "How far the target's clusters move.", low=0.0, high=5.0
    )

    card: ClassVar[DatasetCard] = DatasetCard(
        title="Clusters that move",
        summary="Three clusters of points, a step to the right.",
        source="three clusters, 600 points",
        target="the same clusters, moved",
        moves=("P(X)",),
        inputs="points",
        severity=("distance",),
        reference="S. Ben-David et al. (2010). A theory of learning from "
        "different domains. Machine Learning 79",
        order=45,
    )

    def load(self) -> DomainPair:
        """Both domains (n, 2)."""
        return DomainPair(
            Domain(self.drawn(400, 0.0, 0), self.drawn(200, 0.0, 1)),
            Domain(
                self.drawn(400, self.distance, 2),
                self.drawn(200, self.distance, 3),
            ),
            ("left", "middle", "right"),
        )

    def drawn(self, n: int, step: float, seed: int) -> Samples:
        """n points (n, 2), moved, and their cluster (n,)."""
        x, y = make_blobs(n, centers=CENTRES, random_state=seed)
        moved = torch.tensor(x, dtype=torch.float32) + torch.tensor([step, 0])
        return Samples(moved, torch.tensor(y))


DATASET = Clusters
