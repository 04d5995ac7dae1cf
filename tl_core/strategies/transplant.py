r"""# Transplanted stages

How general is a stage? Take the first $n$ stages of a trained network, put
new ones with random weights on top, and train on the target: what is lost
against a network trained there from scratch tells how much the transplanted
stages were about their own task. Frozen, this is *AnB* of Yosinski et al.;
tuned with the rest, *AnB+*. Where source and target ask for the same classes
it is their control, *BnB* and *BnB+*: whatever that loses is not the fault of
another task, but of stages cut apart that had learned to work together.

It is an instrument more than a method: to use a source model, keep all of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from tl_core.backbones.base import Network
from tl_core.card import Sees, SpecError, StrategyCard, hyper
from tl_core.datasets.base import VisiblePair
from tl_core.strategies.base import (
    Batch,
    ParamGroup,
    cross_entropy,
    everything,
    new_head,
)


@dataclass(frozen=True)
class Transplant:
    """min over the new stages, the head and, if tuned, the others."""

    kept: int = hyper(
        2,
        "How many of the first stages are transplanted; all that follow "
        "begin with random weights.",
        symbol="n",
        low=0,
        high=16,
    )
    transplanted: str = hyper(
        "frozen",
        "Whether the transplanted stages stay as they are (AnB) or are tuned "
        "with the rest (AnB+).",
        choices=("frozen", "tuned"),
    )

    card: ClassVar[StrategyCard] = StrategyCard(
        title="Transplanted stages",
        summary="The first stages come from the source, the others are new: "
        "the transfer curve of Yosinski et al.",
        formula=r"\min_{\theta_{n+1}, \dots, \theta_L,\, h}\; "
        r"\mathcal{L}_t(\theta, h), \qquad "
        r"\theta_l = \theta^*_{s,l} \;\text{ for }\; l \le n",
        terms={"target": r"\mathcal{L}_t"},
        symbols={
            r"x_t": "batch.xt",
            r"y_t": "batch.labels_t",
            r"n": "self.kept",
            r"\theta_l": "stages",
        },
        reference="J. Yosinski, J. Clune, Y. Bengio, H. Lipson (2014). How "
        "transferable are features in deep neural networks? NeurIPS, "
        "arXiv:1411.1792",
        sees=Sees.TARGET,
        order=74,
    )

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """Begin the later stages and the head anew; freeze the others."""
        stages = list(model.backbone.stages.values())
        for stage in stages[self.kept :]:
            begin_anew(stage)
        if self.transplanted == "frozen":
            for stage in stages[: self.kept]:
                model.freeze(stage)
        new_head(model, len(pair.classes))
        return everything(model)

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Cross-entropy on labelled target samples."""
        return {"target": cross_entropy(model(batch.xt), batch.labels_t)}


def begin_anew(stage: nn.Module) -> None:
    """Random weights for every layer of a stage, as when it was made.

    Raises:
        SpecError: the stage has weights that are in no layer of torch's.
    """
    for module in stage.modules():
        reset = getattr(module, "reset_parameters", None)
        if callable(reset):
            reset()
        elif next(module.parameters(recurse=False), None) is not None:
            raise SpecError(
                "The first stage of this backbone cannot begin anew; keep at "
                "least one stage (strategy.kept=1)."
            )


STRATEGY = Transplant
