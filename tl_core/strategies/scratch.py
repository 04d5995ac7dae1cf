r"""# From scratch

The same network with random weights, trained on the labelled target samples
alone for the same number of steps. Without this baseline no claim of
transfer means anything: a method helps only by what it adds to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from tl_core.backbones.base import Network
from tl_core.card import Sees, StrategyCard
from tl_core.datasets.base import VisiblePair
from tl_core.strategies.base import (
    Batch,
    ParamGroup,
    cross_entropy,
    everything,
    start_head,
)


@dataclass(frozen=True)
class Scratch:
    """min over theta of the target risk from a random start."""

    card: ClassVar[StrategyCard] = StrategyCard(
        title="From scratch",
        summary="Random weights, target labels only: the baseline that every "
        "claim of transfer needs.",
        formula=r"\min_\theta\; \mathcal{L}_t(\theta), "
        r"\qquad \theta^{(0)} \text{ random}",
        terms={"target": r"\mathcal{L}_t"},
        symbols={r"x_t": "batch.xt", r"y_t": "batch.labels_t"},
        reference="K. He, R. Girshick, P. Dollar (2019). Rethinking ImageNet "
        "Pre-training. ICCV, arXiv:1811.08883",
        sees=Sees.TARGET,
        pretrained=False,
        order=60,
    )

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """Train everything, with a head for the target's classes."""
        start_head(model, pair, "source")
        return everything(model)

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Cross-entropy on labelled target samples."""
        return {"target": cross_entropy(model(batch.xt), batch.labels_t)}


STRATEGY = Scratch
