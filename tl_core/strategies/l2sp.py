r"""# L2-SP: weight decay towards the starting point

Fine-tune everything, but pull each weight of the backbone back to its value
$\theta^*$ after source training, all with the same strength, and the head to
zero. Ordinary weight decay pulls to zero, where no transfer is left; here the
source solution is the place to return to. It helps when labels are few. Too
large an $\alpha$ stops the learning; and since every weight counts alike, it
protects the source less well than EWC, which knows which weights matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

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


class Start(nn.Module):
    """theta*, the weights (n,) from which adaptation started."""

    theta_star: Tensor

    def __init__(self, theta: Tensor) -> None:
        super().__init__()
        self.register_buffer("theta_star", theta.detach().clone())


@dataclass(frozen=True)
class L2SP:
    """Target risk plus squared distances from theta* and of the head."""

    alpha: float = hyper(
        0.1,
        "How strongly the backbone is pulled back to the source solution.",
        symbol=r"\alpha",
        low=0,
        high=1e4,
        log=True,
    )
    beta: float = hyper(
        0.01,
        "How strongly the head is pulled to zero.",
        symbol=r"\beta",
        low=0,
        high=1e4,
        log=True,
    )
    head: str = hyper(
        "source",
        "Start from the head of source training, or from a new one; "
        "other classes always need a new one.",
        choices=("source", "new"),
    )

    card: ClassVar[StrategyCard] = StrategyCard(
        title="L2-SP",
        summary="Fine-tuning with an equal pull of every weight back to the "
        "source solution.",
        formula=r"\min_{\theta, w}\; \mathcal{L}_t(\theta, w) + "
        r"\frac{\alpha}{2}\,\lVert \theta - \theta^* \rVert^2 + "
        r"\frac{\beta}{2}\,\lVert w \rVert^2",
        terms={
            "target": r"\mathcal{L}_t",
            "start": r"\frac{\alpha}{2} \lVert \theta - \theta^* \rVert^2",
            "head": r"\frac{\beta}{2} \lVert w \rVert^2",
        },
        symbols={
            r"x_t": "batch.xt",
            r"y_t": "batch.labels_t",
            r"\alpha": "self.alpha",
            r"\beta": "self.beta",
            r"\theta": "theta",
            r"\theta^*": "theta_star",
            r"w": "w",
        },
        reference="X. Li, Y. Grandvalet, F. Davoine (2018). Explicit "
        "Inductive Bias for Transfer Learning with Convolutional Networks. "
        "ICML, arXiv:1802.01483",
        sees=Sees.TARGET,
        order=84,
    )

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """Remember theta*, then train everything."""
        start = Start(flat(model.backbone))
        model.auxiliary["start"] = start
        start_head(model, pair, self.head)
        return everything(model)

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Cross-entropy on target samples, and both pulls."""
        theta = flat(model.backbone)
        w = flat(model.head)
        theta_star: Any = model.auxiliary["start"].theta_star
        return {
            "target": cross_entropy(model(batch.xt), batch.labels_t),
            "start": self.alpha / 2 * (theta - theta_star).square().sum(),
            "head": self.beta / 2 * w.square().sum(),
        }


def flat(module: nn.Module) -> Tensor:
    """All of a module's weights in one row, (weights,)."""
    # Convolutions lie channels last in memory, where torch's own
    # parameters_to_vector cannot view them as a row.
    return torch.cat([p.reshape(-1) for p in module.parameters()])


STRATEGY = L2SP
