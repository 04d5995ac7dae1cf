r"""# Linear probing

Freeze the backbone and train a new linear head on labelled target samples.
Frozen means no gradient and no moving BatchNorm statistics. It is the safest
choice when labels are few and the target is near; it cannot repair features
that the target needs and the source did not teach. The source loses nothing:
with its old head, the network is the one it was.
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
class LinearProbe:
    """min over the head alone; the backbone stays at theta*."""

    head: str = hyper(
        "new",
        "Start from a new head, or from the head of source training; "
        "other classes always need a new one.",
        choices=("new", "source"),
    )

    card: ClassVar[StrategyCard] = StrategyCard(
        title="Linear probe",
        summary="The backbone is frozen; only a linear head learns from "
        "target labels.",
        formula=r"\min_{W, b}\; \mathbb{E}_{(x,y)\sim\mathcal{D}_t}"
        r"\left[-\log \mathrm{softmax}(W \phi_{\theta_s^*}(x) + b)_y\right]",
        terms={"target": r"\mathcal{L}_t"},
        symbols={
            r"x_t": "batch.xt",
            r"y_t": "batch.labels_t",
            r"W, b": "model.head",
            r"\phi": "model.features",
        },
        reference="A. Kumar, A. Raghunathan, R. Jones, T. Ma, P. Liang "
        "(2022). Fine-Tuning can Distort Pretrained Features and "
        "Underperform Out-of-Distribution. ICLR, arXiv:2202.10054",
        sees=Sees.TARGET,
        lr=3e-3,
        order=70,
    )

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """Freeze the backbone; train the head."""
        model.freeze(model.backbone)
        start_head(model, pair, self.head)
        return everything(model)

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Cross-entropy of the head on frozen features."""
        z = model.features(batch.xt)
        return {"target": cross_entropy(model.head(z), batch.labels_t)}


STRATEGY = LinearProbe
