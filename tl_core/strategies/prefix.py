r"""# Prefix tuning

Freeze the transformer and give every attention a few learnt keys and values
to read besides its tokens. Of a query's attention a share $\lambda(q)$ falls
on them, so prefix tuning mixes two readings:
$(1-\lambda)\,\mathrm{mix}(q, K, V) + \lambda\,\mathrm{mix}(q, P_K, P_V)$.
It helps when a frozen transformer must serve many tasks with few numbers
each; it cannot change what a token says, only what is read, so far domains
are out of its reach.

Zero keys and values are *not* a neutral start: a zero key still has the
score 0, hence $e^0$ of the softmax mass, and that mass reads zeros. So each
head's share is multiplied by $\tanh g$ with $g = 0$ at the start, as in
LLaMA-Adapter: then the network is the source network bit for bit. At first
only $g$ has a gradient, so prefixes learn slowly and want a larger rate.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from tl_core.analysis.attention import attentions
from tl_core.backbones.base import Network
from tl_core.card import Sees, StrategyCard, hyper
from tl_core.datasets.base import VisiblePair
from tl_core.learnt_tokens import LearntPrefix, two_rates
from tl_core.strategies.base import (
    Batch,
    ParamGroup,
    cross_entropy,
    start_head,
)


@dataclass(frozen=True)
class PrefixTuning:
    """min over prefixes, gates and the head."""

    length: int = hyper(
        8,
        "Learnt keys and values of each attention; 0 is a linear probe.",
        symbol="n",
        low=0,
        high=256,
    )
    lr_scale: float = hyper(
        30.0,
        "Learning rate of the prefixes as a multiple of the head's.",
        low=0,
        high=1000,
        log=True,
    )
    head: str = hyper(
        "source",
        "Start from the head of source training, or from a new one; "
        "other classes always need a new one.",
        choices=("source", "new"),
    )

    card: ClassVar[StrategyCard] = StrategyCard(
        title="Prefix tuning",
        summary="A frozen transformer reads learnt keys and values in every "
        "attention.",
        formula=r"\min_{P_K, P_V, g, h}\; \mathcal{L}_t, \qquad "
        r"y = (1 - \lambda_g)\,\mathrm{mix}(q, K, V) + "
        r"\lambda_g\,\mathrm{mix}(q, P_K, P_V), \quad \lambda_g = "
        r"\tanh(g)\,\frac{\sum e^{q P_K^\top}}"
        r"{\sum e^{q P_K^\top} + \sum e^{q K^\top}}",
        terms={"target": r"\mathcal{L}_t"},
        symbols={
            r"x_t": "batch.xt",
            r"y_t": "batch.labels_t",
            r"n": "self.length",
            r"P_K, P_V, g": "LearntPrefix",
        },
        reference="X. Li, P. Liang (2021). Prefix-Tuning: Optimizing "
        "Continuous Prompts for Generation. ACL, arXiv:2101.00190; the gate: "
        "R. Zhang et al. (2024). LLaMA-Adapter. ICLR, arXiv:2303.16199",
        sees=Sees.TARGET,
        needs_tokens=True,
        order=77,
    )

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """Freeze the backbone; put a prefix into every attention."""
        model.freeze(model.backbone)
        learnt: list[nn.Parameter] = []
        for _, attention in attentions(model) if self.length else ():
            d = attention.q.out_features // attention.heads
            prefix = LearntPrefix(attention.heads, self.length, d)
            attention.prefix = prefix.to(pair.target.x.device)
            learnt += prefix.parameters()
        start_head(model, pair, self.head)
        return two_rates(model, learnt, self.lr_scale)

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Cross-entropy on labelled target samples."""
        return {"target": cross_entropy(model(batch.xt), batch.labels_t)}

    def switched_off(self, model: Network) -> Network:
        """A copy of the network without its prefixes."""
        off = copy.deepcopy(model)
        for _, attention in attentions(off):
            attention.prefix = None
        return off


STRATEGY = PrefixTuning
