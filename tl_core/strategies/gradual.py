r"""# Gradual unfreezing

Begin with a linear probe and thaw one stage after the other, from the head
towards the input, until all are trained. A new head's first gradients are
large and wrong; here they meet frozen features and cannot spoil them. It
helps when the head is new and labels are few. It costs steps: the first
stages learn last and for the shortest time, so a shift at the input is
repaired late.
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
class Gradual:
    """Full fine-tuning, one more stage at a time."""

    share: float = hyper(
        0.5,
        "Share of the steps after which the first stage is thawed too; 0 is "
        "full fine-tuning.",
        symbol="s",
        low=0,
        high=1,
    )
    head: str = hyper(
        "new",
        "Start from a new head, or from the head of source training; "
        "other classes always need a new one.",
        choices=("new", "source"),
    )

    card: ClassVar[StrategyCard] = StrategyCard(
        title="Gradual unfreezing",
        summary="Stages are thawed one after the other, from the head "
        "towards the input.",
        formula=r"\min_{\theta_l,\dots,\theta_L,\,h} \mathcal{L}_t "
        r"\;\text{ at }\; p \ge \frac{L - l + 1}{L}\, s, "
        r"\qquad l = L, \dots, 1",
        terms={"target": r"\mathcal{L}_t"},
        symbols={
            r"x_t": "batch.xt",
            r"y_t": "batch.labels_t",
            r"p": "progress",
            r"s": "self.share",
            r"L": "stages",
        },
        reference="J. Howard, S. Ruder (2018). Universal Language Model "
        "Fine-tuning for Text Classification. ACL, arXiv:1801.06146",
        sees=Sees.TARGET,
        order=79,
    )

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """All weights belong to the optimiser from the start, which so
        keeps what it knows of those already trained."""
        start_head(model, pair, self.head)
        return everything(model)

    def advance(self, model: Network, progress: float) -> None:
        """Thaw what is due, deepest first; freeze the rest."""
        stages = list(model.backbone.stages.values())
        for rank, stage in enumerate(reversed(stages), start=1):
            if progress >= rank / len(stages) * self.share:
                model.thaw(stage)
            else:
                model.freeze(stage)

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Cross-entropy on labelled target samples."""
        return {"target": cross_entropy(model(batch.xt), batch.labels_t)}


STRATEGY = Gradual
