r"""# BitFit: bias-only fine-tuning

Freeze every weight of the backbone and train only its biases, those of the
normalisation layers included, and the head. A bias shifts a feature up or
down without changing what it looks for, so a fraction of a percent of the
numbers moves the whole network a little. It helps when many targets share
one backbone and labels are few. It cannot help where new features are
needed. BatchNorm statistics stay the source's: a bias in front of a layer
that centres each batch would have no effect.
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
class BitFit:
    """min over the biases and the head."""

    head: str = hyper(
        "source",
        "Start from the head of source training, or from a new one; "
        "other classes always need a new one.",
        choices=("source", "new"),
    )

    card: ClassVar[StrategyCard] = StrategyCard(
        title="BitFit",
        summary="Frozen weights; only biases and the head learn from target "
        "labels.",
        formula=r"\min_{b,\,h}\; \mathcal{L}_t(W, b, h), \qquad W = W_s^*",
        terms={"target": r"\mathcal{L}_t"},
        symbols={
            r"x_t": "batch.xt",
            r"y_t": "batch.labels_t",
            r"b": "bias",
        },
        reference="E. Ben Zaken, S. Ravfogel, Y. Goldberg (2022). BitFit: "
        "Simple Parameter-efficient Fine-tuning for Transformer-based Masked "
        "Language-models. ACL, arXiv:2106.10199",
        sees=Sees.TARGET,
        order=74,
    )

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """Freeze the backbone but for its biases; train them and the head."""
        model.freeze(model.backbone)
        for name, parameter in model.backbone.named_parameters():
            if name.endswith("bias"):
                parameter.requires_grad_(True)
        start_head(model, pair, self.head)
        return everything(model)

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Cross-entropy on labelled target samples."""
        return {"target": cross_entropy(model(batch.xt), batch.labels_t)}


STRATEGY = BitFit
