r"""# Oracle: trained on the target's own labels

Not a method but a ruler: the same network, started from the source solution
and trained on every target label. The share of the way from source only to
this bound is what an unsupervised method can honestly claim.
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
class Oracle:
    """min over theta of the target risk with every label."""

    card: ClassVar[StrategyCard] = StrategyCard(
        title="Oracle (target labels)",
        summary="The upper bound: trained on all target labels, whatever "
        "the label budget says.",
        formula=r"\min_{\theta}\; \mathcal{L}_t(\theta) "
        r"\quad\text{with every target label}",
        terms={"target": r"\mathcal{L}_t"},
        symbols={r"x_t": "batch.xt", r"y_t": "batch.labels_t"},
        reference="Y. Ganin et al. (2016). Domain-Adversarial Training of "
        "Neural Networks. JMLR 17(59), table 2",
        sees=Sees.TARGET,
        all_labels=True,
        order=90,
    )

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """Train everything, with a head for the target's classes."""
        start_head(model, pair, "source")
        return everything(model)

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Cross-entropy on labelled target samples."""
        return {"target": cross_entropy(model(batch.xt), batch.labels_t)}


STRATEGY = Oracle
