r"""# Discriminative learning rates

Fine-tune everything, but let each stage learn at a rate of its own: small at
the input, full at the head, and in a geometric row between. General features
then change little and special ones much, without a hard line between frozen
and trained. It helps when labels are few and the source is near. It hurts
when the shift is at the input, where it allows the least change.
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
    start_head,
)


@dataclass(frozen=True)
class DiscriminativeLr:
    """Full fine-tuning, one learning rate a stage."""

    lr_scale: float = hyper(
        1e-3,
        "Learning rate of the first stage as a multiple of the head's; 1 is "
        "full fine-tuning.",
        symbol="s",
        low=1e-6,
        high=1,
        log=True,
    )
    head: str = hyper(
        "source",
        "Start from the head of source training, or from a new one; "
        "other classes always need a new one.",
        choices=("source", "new"),
    )

    card: ClassVar[StrategyCard] = StrategyCard(
        title="Discriminative learning rates",
        summary="Every weight is trained on target labels, the more slowly "
        "the nearer it is to the input.",
        formula=r"\theta_l \leftarrow \theta_l - \eta_l "
        r"\nabla_{\theta_l} \mathcal{L}_t, \qquad "
        r"\eta_l = \eta\, s^{\,1 - l / L}, \quad l = 0, \dots, L",
        terms={"target": r"\mathcal{L}_t"},
        symbols={
            r"x_t": "batch.xt",
            r"y_t": "batch.labels_t",
            r"s": "self.lr_scale",
            r"\eta_l / \eta": "lr_scale",
            r"l": "depth",
            r"\theta_l": "parts",
        },
        reference="J. Howard, S. Ruder (2018). Universal Language Model "
        "Fine-tuning for Text Classification. ACL, arXiv:1801.06146",
        sees=Sees.TARGET,
        order=78,
    )

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """One group a stage and one for the head, shallow to deep."""
        start_head(model, pair, self.head)
        parts = [*model.backbone.stages.values(), model.head]
        last = len(parts) - 1
        return [
            {
                "params": list(part.parameters()),
                "lr_scale": self.lr_scale ** (1 - depth / last),
            }
            for depth, part in enumerate(parts)
        ]

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Cross-entropy on labelled target samples."""
        return {"target": cross_entropy(model(batch.xt), batch.labels_t)}


STRATEGY = DiscriminativeLr
