r"""# LoRA: low-rank adaptation

Freeze the pretrained weights $W_0$ and learn a change of low rank beside
each layer: $W_0 x + \frac{\alpha}{r} B A x$. $B$ starts at zero, so training
starts from the source network exactly; few numbers are trained, and merged
into $W_0$ they cost nothing at prediction. It helps when one large network
serves many targets, each with a small file of its own. While the adapter is
on, the source is forgotten as in full fine-tuning; switched off, with the
old head, the source network is back bit for bit.

The effective strength is $s = \alpha / r$: a larger $r$ with the same
$\alpha$ takes smaller steps. LoRA needs a larger learning rate than full
fine-tuning.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from tl_core import adapters
from tl_core.backbones.attention import Attention
from tl_core.backbones.base import Network
from tl_core.card import Sees, SpecError, StrategyCard, hyper
from tl_core.datasets.base import VisiblePair
from tl_core.events import ArraysTaken
from tl_core.strategies.base import (
    Batch,
    ParamGroup,
    cross_entropy,
    everything,
    start_head,
)


@dataclass(frozen=True)
class Lora:
    """min over A, B and the head; W0 stays."""

    rank: int = hyper(
        4, "Largest rank of a layer's change.", symbol="r", low=1, high=256
    )
    alpha: float = hyper(
        8.0,
        "Strength of the change; what counts is s = alpha / r.",
        symbol=r"\alpha",
        low=0,
        high=1024,
    )
    where: str = hyper(
        "all",
        "Adapt every linear and convolutional layer, or only q and v of each "
        "attention, as in the paper.",
        choices=("all", "attention"),
    )
    stages: int = hyper(
        16, "How many of the deepest stages are adapted.", low=1, high=16
    )
    head: str = hyper(
        "source",
        "Start from the head of source training, or from a new one; "
        "other classes always need a new one.",
        choices=("source", "new"),
    )

    card: ClassVar[StrategyCard] = StrategyCard(
        title="LoRA",
        summary="Frozen weights, and beside each layer a learnt change of "
        "low rank that can be merged, switched off or swapped.",
        formula=r"\min_{A, B, h}\; \mathcal{L}_t, \qquad W = W_0 + s\,B A, "
        r"\quad s = \frac{\alpha}{r}, \quad A \in \mathbb{R}^{r \times k},\;"
        r" B \in \mathbb{R}^{d \times r},\; B^{(0)} = 0",
        terms={"target": r"\mathcal{L}_t"},
        symbols={
            r"x_t": "batch.xt",
            r"y_t": "batch.labels_t",
            r"r": "self.rank",
            r"\alpha": "self.alpha",
        },
        reference="E. Hu et al. (2022). LoRA: Low-Rank Adaptation of Large "
        "Language Models. ICLR, arXiv:2106.09685",
        sees=Sees.TARGET,
        lr=3e-3,
        order=76,
    )

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """Freeze the backbone; put adapters beside the chosen layers."""
        model.freeze(model.backbone)
        adapters.wrap(model, self.layers(model))
        adapters.add(model, "target", self.rank, self.alpha)
        start_head(model, pair, self.head)
        return everything(model)

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Cross-entropy on labelled target samples."""
        return {"target": cross_entropy(model(batch.xt), batch.labels_t)}

    def layers(self, model: Network) -> list[str]:
        """The paths of the layers to adapt.

        Raises:
            SpecError: no layer of the chosen stages is of the chosen kind.
        """
        new = model.backbone.new_stages  # they are trained as they are
        old = [name for name in model.backbone.stages if name not in new]
        deepest = old[-self.stages :]
        stages = tuple(f"backbone.stages.{name}." for name in deepest)
        paths = adapters.adaptable(model)
        if self.where == "attention":
            found = model.named_modules()
            blocks = [n for n, m in found if isinstance(m, Attention)]
            paths = [f"{block}.{part}" for block in blocks for part in "qv"]
        chosen = [path for path in paths if f"{path}.".startswith(stages)]
        if not chosen:
            raise SpecError(
                f"The deepest {self.stages} stages have no layer for "
                f"strategy.where={self.where}; use more stages, or all."
            )
        return chosen

    def switched_off(self, model: Network) -> Network:
        """A copy of the network without its adapters."""
        off = copy.deepcopy(model)
        adapters.use(off, "")
        return off

    def pictures(self, model: Network, step: int) -> Iterator[ArraysTaken]:
        """How much each layer changed."""
        yield adapters.picture(model, step)


STRATEGY = Lora
