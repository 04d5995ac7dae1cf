r"""# Input noise

Fine-tuning on target samples to which noise is added: a penalty on steep
functions (Bishop 1995).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from tl_core.backbones.base import Network
from tl_core.card import Sees, StrategyCard, hyper
from tl_core.datasets.base import VisiblePair
from tl_core.strategies.base import (
    Batch,
    ParamGroup,
    cross_entropy,
    everything,
)


@dataclass(frozen=True)
class InputNoise:
    """min over all weights of the loss on noisy inputs."""

    sigma: float = hyper(
        0.1,
        "Standard deviation of the noise.",
        symbol=r"\sigma",
        low=0.0,
        high=2.0,
    )

    card: ClassVar[StrategyCard] = StrategyCard(
        title="Input noise",
        summary="Every weight learns from target samples with noise.",
        formula=r"\mathcal{L}_t(x_t + \sigma\,\epsilon)",
        terms={"target": r"\mathcal{L}_t"},
        symbols={r"x_t": "batch.xt", r"\sigma": "self.sigma"},
        reference="C. M. Bishop (1995). Training with Noise is Equivalent to "
        "Tikhonov Regularization. Neural Computation 7",
        sees=Sees.TARGET,
        order=95,
    )

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """Train everything."""
        return everything(model)

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Cross-entropy on noisy target samples."""
        noise = self.sigma * torch.randn_like(batch.xt)
        logits = model(batch.xt + noise)
        return {"target": cross_entropy(logits, batch.labels_t)}


STRATEGY = InputNoise
