r"""# Two moons, turned

Two interleaved half circles in the plane; the target is the same figure
turned about its centre. A classifier's boundary can be drawn, so one sees
adaptation move it. Small turns keep the clusters near their old places, where
alignment can work; near 90 degrees each moon lies where the other was, and
alignment without labels may match the wrong ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import torch

from tl_core.card import DatasetCard, hyper
from tl_core.datasets.base import Domain, DomainPair, Samples


@dataclass(frozen=True)
class Moons:
    """300 points of each moon in each domain, a third of them to test."""

    rotation: float = hyper(
        35.0,
        "Angle by which the target moons are turned about their centre.",
        low=-180,
        high=180,
        unit="degrees",
    )
    noise: float = hyper(
        0.1,
        "Standard deviation of a point around its half circle of radius 1.",
        low=0,
        high=0.5,
    )

    card: ClassVar[DatasetCard] = DatasetCard(
        title="Two moons, turned",
        summary="Points in the plane, trained in a few seconds, with a "
        "boundary one can see.",
        source="two interleaved half circles, 600 points",
        target="the same law, turned",
        moves=("P(X)", "P(Y|X)"),
        inputs="points",
        severity=("rotation",),
        reference="Y. Ganin et al. (2016). Domain-Adversarial Training of "
        "Neural Networks. JMLR 17(59), section 5.1",
        begin=(
            ("lr", "0.01"),
            ("steps", "600"),
            ("strategy.stages", "1"),
            ("strategy.weight", "1"),
        ),
        order=40,
    )

    def load(self) -> DomainPair:
        """Both domains (n, 2), centred at the origin."""
        return DomainPair(
            self._domain(0.0, seed=0),
            self._domain(self.rotation, seed=1),
            ("upper moon", "lower moon"),
        )

    def _domain(self, degrees: float, seed: int) -> Domain:
        return Domain(
            self._points(400, degrees, 2 * seed),
            self._points(200, degrees, 2 * seed + 1),
        )

    def _points(self, n: int, degrees: float, seed: int) -> Samples:
        """n points (n, 2) and their moon (n,)."""
        generator = torch.Generator().manual_seed(seed)
        y = torch.arange(n) % 2
        t = math.pi * torch.rand(n, generator=generator)
        upper = torch.stack([t.cos() - 0.5, t.sin() - 0.25], 1)
        lower = torch.stack([0.5 - t.cos(), 0.25 - t.sin()], 1)
        x = torch.where(y[:, None] == 0, upper, lower)
        x = x + self.noise * torch.randn((n, 2), generator=generator)
        turn = math.radians(degrees)
        rotation = torch.tensor(
            [
                [math.cos(turn), math.sin(turn)],
                [-math.sin(turn), math.cos(turn)],
            ]
        )
        return Samples(x @ rotation, y)


DATASET = Moons
