r"""# AdaBN: adaptive batch normalisation

Train on the source alone, then estimate the mean and variance of every
BatchNorm layer on unlabelled target samples before predicting there. No
gradient ever sees the target. It helps when the shift moves or stretches
features channel by channel (brightness, contrast, inversion), costs nothing,
and is the honest baseline of every method that also uses target statistics.
It cannot help a network without BatchNorm.
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
class AdaBN:
    """The source-only network with statistics of the domain it reads."""

    card: ClassVar[StrategyCard] = StrategyCard(
        title="AdaBN",
        summary="Source training; BatchNorm statistics re-estimated on "
        "unlabelled target samples.",
        formula=r"\hat z = \gamma\,\frac{z - \mu_t}{\sqrt{\sigma_t^2 + "
        r"\varepsilon}} + \beta, \qquad \min_\theta\; \mathcal{L}_s(\theta)",
        terms={"source": r"\mathcal{L}_s"},
        symbols={
            r"x_s": "batch.xs",
            r"y_s": "batch.ys",
            r"\mu_t, \sigma_t^2": "statistics",
        },
        reference="Y. Li, N. Wang, J. Shi, J. Liu, X. Hou (2016). Revisiting "
        "Batch Normalization for Practical Domain Adaptation. "
        "arXiv:1603.04779",
        sees=Sees.UNLABELLED_TARGET,
        needs_batch_norm=True,
        lr=3e-3,
        order=20,
    )
    statistics: ClassVar[str] = "domain"

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """Train everything, as source only does."""
        return everything(model)

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Cross-entropy on source samples; the target enters later."""
        return {"source": cross_entropy(model(batch.xs), batch.ys)}


STRATEGY = AdaBN
