"""What a strategy is: it prepares a network and names the terms to minimise.

The trainer owns the loop, the optimiser and the labels; a strategy only says
what is trained (`setup`) and what is minimised (`loss`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol, TypedDict

import torch.nn.functional as F
from torch import Tensor, nn

from tl_core.backbones.base import Network
from tl_core.card import StrategyCard
from tl_core.datasets.base import VisiblePair


@dataclass(frozen=True)
class Batch:
    """One step's samples; a label that may not be seen is not there.

    xs, ys: source inputs (b, ...) and labels (b,), or, with label smoothing,
    (b, classes) probabilities; empty for strategies that
    see the target alone. xt: target inputs (b, ...). yt: target labels (b,),
    None for unsupervised strategies. progress: share of the adaptation done,
    in [0, 1].
    """

    xs: Tensor
    ys: Tensor
    xt: Tensor
    yt: Tensor | None
    progress: float

    @property
    def labels_t(self) -> Tensor:
        """yt for strategies that may see it.

        Raises:
            PermissionError: target labels are hidden from this strategy.
        """
        if self.yt is None:
            raise PermissionError("Target labels are hidden from this run.")
        return self.yt


class ParamGroup(TypedDict):
    """Parameters that share a multiple of the learning rate."""

    params: list[nn.Parameter]
    lr_scale: float


class Strategy(Protocol):
    """A dataclass whose fields are its knobs.

    One whose `statistics` is "domain" is measured with BatchNorm statistics
    of the domain being measured (AdaBN); else with the running ones.

    One that freezes or thaws as it goes has a method
    `advance(model, progress)` too, called before every step.

    One that has something of its own to show has a method
    `pictures(model, step)`, called at the end, which yields `ArraysTaken`.
    One that can be taken out of the adapted network again has a method
    `switched_off(model)`, which returns a network without it.
    """

    card: ClassVar[StrategyCard]

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """Freeze, insert, measure; return what is to be trained."""
        ...

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Named terms; the trainer minimises their sum."""
        ...


def everything(model: Network) -> list[ParamGroup]:
    """One group with each trainable parameter of the network."""
    params = [p for p in model.parameters() if p.requires_grad]
    return [{"params": params, "lr_scale": 1.0}]


def start_head(model: Network, pair: VisiblePair, head: str) -> None:
    """Keep the head of source training, or begin a new one: when `head` is
    "new", or when the target has other classes."""
    if head == "new" or pair.new_classes:
        new_head(model, len(pair.classes))


def new_head(model: Network, classes: int) -> None:
    """Replace the head by an untrained one that predicts all classes alike.

    Starting at zero weights makes the first prediction uniform, so the new
    head adds no noise of its own to the comparison.
    """
    head = nn.Linear(model.backbone.width, classes)
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    model.head = head.to(model.head.weight.device)


cross_entropy = F.cross_entropy
