r"""# LP-FT: linear probing, then fine-tuning

First train a new head on frozen features, then train everything from there
at a smaller rate. Fine-tuning from an untrained head changes the features
while the head is still wrong, and it changes them only along the few target
samples; elsewhere they stay, and old and new no longer fit together. With a
head that already fits, the features need to move much less. It helps when
labels are few and the test samples are not quite like them. It cannot help
where the probe's features carry nothing for the head to start from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from torch import Tensor

from tl_core.backbones.base import Network
from tl_core.batch_norm import batch_norm_layers
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
class LpFt:
    """min over the head, then over everything from there."""

    share: float = hyper(
        0.5,
        "Share of the steps in which only the head is trained; 1 is a linear "
        "probe.",
        symbol="s",
        low=0,
        high=1,
    )
    lr_scale: float = hyper(
        0.3,
        "Learning rate of the second part as a multiple of the first's.",
        low=1e-4,
        high=1,
        log=True,
    )
    batch_norm: str = hyper(
        "frozen",
        "BatchNorm statistics while everything is trained: those of the "
        "source, or moving with the target batches.",
        choices=("frozen", "moving"),
    )
    head: str = hyper(
        "new",
        "Start from a new head, or from the head of source training; "
        "other classes always need a new one.",
        choices=("new", "source"),
    )
    groups: list[ParamGroup] = field(default_factory=list, init=False)

    card: ClassVar[StrategyCard] = StrategyCard(
        title="LP-FT",
        summary="A linear probe first, then careful fine-tuning from the "
        "head it found.",
        formula=r"\hat h = \arg\min_h \mathcal{L}_t(\theta_s^*, h), \qquad "
        r"\min_{\theta, h}\; \mathcal{L}_t(\theta, h) \;\text{ from }\; "
        r"(\theta_s^*, \hat h)",
        terms={"target": r"\mathcal{L}_t"},
        symbols={
            r"x_t": "batch.xt",
            r"y_t": "batch.labels_t",
            r"p": "progress",
            r"s": "self.share",
            r"\theta": "model.backbone",
        },
        reference="A. Kumar, A. Raghunathan, R. Jones, T. Ma, P. Liang "
        "(2022). Fine-Tuning can Distort Pretrained Features and "
        "Underperform Out-of-Distribution. ICLR, arXiv:2202.10054",
        sees=Sees.TARGET,
        order=77,
    )

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """All weights belong to one optimiser, which so keeps what it knows
        of the head."""
        start_head(model, pair, self.head)
        self.groups[:] = everything(model)
        return self.groups

    def advance(self, model: Network, progress: float) -> None:
        """Freeze the backbone at first, and thaw it at the given share."""
        if progress < self.share:
            model.freeze(model.backbone)
            return
        model.thaw(model.backbone)
        if self.batch_norm == "frozen":
            model.hold(batch_norm_layers(model))
        for group in self.groups:
            group["lr_scale"] = self.lr_scale

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Cross-entropy on labelled target samples."""
        return {"target": cross_entropy(model(batch.xt), batch.labels_t)}


STRATEGY = LpFt
