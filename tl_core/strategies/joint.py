r"""# Joint training

Minimise both risks at once, on equal batches of both domains. With one head
it asks for a single answer that serves both; with two heads on one backbone
only the features are shared, and with other classes it must be two. The
source keeps its say, so little is forgotten, at the price of needing its
samples. It helps when both tasks want the same features. It hurts when their
gradients point apart: a negative cosine between them is where negative
transfer begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

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
class Joint:
    """Target risk plus lambda times source risk."""

    weight: float = hyper(
        1.0,
        "How much the source risk counts; 0 is full fine-tuning.",
        symbol=r"\lambda",
        low=0,
        high=100,
        log=True,
    )
    heads: str = hyper(
        "one",
        "One head for both domains, or a new one for the target beside the "
        "source's own; other classes always need two.",
        choices=("one", "two"),
    )

    card: ClassVar[StrategyCard] = StrategyCard(
        title="Joint training",
        summary="Source and target labels together, with one head or two.",
        formula=r"\min_{\theta,\, h_t,\, h_s}\; \mathcal{L}_t(\theta, h_t) "
        r"+ \lambda\,\mathcal{L}_s(\theta, h_s)",
        terms={
            "target": r"\mathcal{L}_t",
            "source": r"\lambda \mathcal{L}_s",
        },
        symbols={
            r"x_s": "batch.xs",
            r"y_s": "batch.ys",
            r"x_t": "batch.xt",
            r"y_t": "batch.labels_t",
            r"\lambda": "self.weight",
            r"h_t": "model.head",
            r"h_s": "head_s",
        },
        reference="R. Caruana (1997). Multitask Learning. Machine Learning "
        "28:41-75, doi:10.1023/A:1007379606734",
        sees=Sees.BOTH,
        order=86,
    )

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """With two heads, the source keeps the old one; train everything."""
        if self.heads == "two" or pair.new_classes:
            model.auxiliary["source_head"] = model.head
            start_head(model, pair, "new")
        return everything(model)

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Cross-entropy on the target's samples and on the source's."""
        head_s = source_head(model)
        logits_s = head_s(model.features(batch.xs))
        return {
            "target": cross_entropy(model(batch.xt), batch.labels_t),
            "source": self.weight * cross_entropy(logits_s, batch.ys),
        }

    def diagnose(self, model: Network, batch: Batch) -> dict[str, float]:
        """Lengths of both risks' gradients with respect to the backbone,
        and the cosine between them: below zero, they work against each
        other."""
        head_s = source_head(model)
        shared = [p for p in model.backbone.parameters() if p.requires_grad]
        target = cross_entropy(model(batch.xt), batch.labels_t)
        source = cross_entropy(head_s(model.features(batch.xs)), batch.ys)
        g_t, g_s = (
            torch.cat([g.flatten() for g in torch.autograd.grad(risk, shared)])
            for risk in (target, source)
        )
        cosine = torch.cosine_similarity(g_t, g_s, dim=0)
        return {
            "gradient_target": g_t.norm().item(),
            "gradient_source": g_s.norm().item(),
            "gradient_cosine": cosine.item(),
        }


def source_head(model: Network) -> nn.Module:
    """The head that reads the source: its own, or the one both share."""
    if "source_head" in model.auxiliary:
        return model.auxiliary["source_head"]
    return model.head


STRATEGY = Joint
