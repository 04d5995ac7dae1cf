r"""# Full fine-tuning

Start at the weights of source training and train all of them on labelled
target samples. With many labels it is the strongest choice; with few it
overfits, and what the source taught is overwritten (see forgetting).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from tl_core.backbones.base import Network
from tl_core.card import Sees, StrategyCard, hyper
from tl_core.datasets.base import VisiblePair
from tl_core.strategies.base import (
    Batch,
    ParamGroup,
    cross_entropy,
    everything,
    start_head,
)


@dataclass(frozen=True)
class Full:
    """min over theta of the target risk from theta*."""

    head: str = hyper(
        "source",
        "Start from the head of source training, or from a new one; "
        "other classes always need a new one.",
        choices=("source", "new"),
    )

    card: ClassVar[StrategyCard] = StrategyCard(
        title="Full fine-tuning",
        summary="Every weight is trained on target labels, from the source "
        "solution.",
        formula=r"\min_{\theta}\; \mathcal{L}_t(\theta), "
        r"\qquad \theta^{(0)} = \theta_s^*",
        terms={"target": r"\mathcal{L}_t"},
        symbols={r"x_t": "batch.xt", r"y_t": "batch.labels_t"},
        reference="J. Yosinski, J. Clune, Y. Bengio, H. Lipson (2014). How "
        "transferable are features in deep neural networks? NeurIPS, "
        "arXiv:1411.1792",
        sees=Sees.TARGET,
        order=80,
    )

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """Train everything, from the chosen head."""
        start_head(model, pair, self.head)
        return everything(model)

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Cross-entropy on labelled target samples."""
        return {"target": cross_entropy(model(batch.xt), batch.labels_t)}


STRATEGY = Full
