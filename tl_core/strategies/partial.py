r"""# Partial fine-tuning

Keep the first stages as source training left them and train only the deepest
ones, with the head. Early stages find edges and strokes, which most pictures
share; late stages are about the source task. It helps when labels are too
few for all weights and the domains differ in what things mean, not in how
they look. It hurts when the shift is in the early stages' own business
(noise, inversion), or when the cut goes through stages that have learned to
work together.
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
class Partial:
    """min over the deepest stages and the head."""

    trained: int = hyper(
        1,
        "How many of the deepest stages are trained: 0 is a linear probe, "
        "all of them full fine-tuning.",
        symbol="k",
        low=0,
        high=16,
    )
    head: str = hyper(
        "source",
        "Start from the head of source training, or from a new one; "
        "other classes always need a new one.",
        choices=("source", "new"),
    )

    card: ClassVar[StrategyCard] = StrategyCard(
        title="Partial fine-tuning",
        summary="The first stages are frozen; the deepest ones and the head "
        "learn from target labels.",
        formula=r"\min_{\theta_{L-k+1}, \dots, \theta_L,\, h}\; "
        r"\mathcal{L}_t(\theta, h), \qquad "
        r"\theta_l = \theta^*_{s,l} \;\text{ for }\; l \le L - k",
        terms={"target": r"\mathcal{L}_t"},
        symbols={
            r"x_t": "batch.xt",
            r"y_t": "batch.labels_t",
            r"k": "self.trained",
            r"\theta_l": "stages",
        },
        reference="J. Yosinski, J. Clune, Y. Bengio, H. Lipson (2014). How "
        "transferable are features in deep neural networks? NeurIPS, "
        "arXiv:1411.1792",
        sees=Sees.TARGET,
        order=72,
    )

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """Freeze all but the deepest stages; train the rest."""
        stages = list(model.backbone.stages.values())
        for stage in stages[: max(0, len(stages) - self.trained)]:
            model.freeze(stage)
        start_head(model, pair, self.head)
        return everything(model)

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Cross-entropy on labelled target samples."""
        return {"target": cross_entropy(model(batch.xt), batch.labels_t)}


STRATEGY = Partial
