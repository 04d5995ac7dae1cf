r"""# Source only

Keep training on the source and hope. The network never meets the target, and
its BatchNorm layers keep the source's statistics. Every gain that adaptation
claims is measured from here, at the same number of steps.
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
)


@dataclass(frozen=True)
class SourceOnly:
    """min over theta of the source risk."""

    card: ClassVar[StrategyCard] = StrategyCard(
        title="Source only",
        summary="No adaptation: the floor that every method must beat.",
        formula=r"\min_\theta\; \mathcal{L}_s(\theta) = "
        r"\mathbb{E}_{(x,y)\sim \mathcal{D}_s}"
        r"\left[-\log p_\theta(y \mid x)\right]",
        terms={"source": r"\mathcal{L}_s"},
        symbols={r"x_s": "batch.xs", r"y_s": "batch.ys"},
        reference="S. Ben-David et al. (2010). A theory of learning from "
        "different domains. Machine Learning 79, "
        "doi:10.1007/s10994-009-5152-4",
        sees=Sees.UNLABELLED_TARGET,
        order=10,
    )

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """Train everything."""
        return everything(model)

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Cross-entropy on source samples."""
        return {"source": cross_entropy(model(batch.xs), batch.ys)}


STRATEGY = SourceOnly
