r"""# EWC: elastic weight consolidation

Fine-tune on the target, but hold each weight by a spring to its value
$\theta^*$ after source training, the stiffer the more the source predictions
depend on that weight. The stiffness is the diagonal Fisher information,
measured once on source samples; after that no source sample is needed. It
helps when the source must not be forgotten and the two tasks leave each
other room. It cannot help when both tasks want other answers from the same
head, and too large a $\gamma$ only stops the learning.

$F$ is divided by its largest entry, so $\gamma$ is the curvature along the
stiffest weight. With plain SGD, rates above $2/\gamma$ then diverge; Adam
rescales the gradient, so there a large $\gamma$ saturates instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor

from tl_core.analysis.fisher import (
    ESTIMATES,
    Anchor,
    largest_is_one,
    picture,
)
from tl_core.backbones.base import Network
from tl_core.card import Sees, StrategyCard, hyper
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
class Ewc:
    """Target risk plus a Fisher-weighted spring to theta*."""

    gamma: float = hyper(
        300.0,
        "Stiffness of the springs; 0 is full fine-tuning.",
        symbol=r"\gamma",
        low=0,
        high=1e8,
        log=True,
    )
    fisher: str = hyper(
        "exact",
        "Where the y of F comes from: every class weighted by p(y|x), one "
        "draw from p(y|x), or the label.",
        choices=("exact", "monte_carlo", "empirical"),
    )
    samples: int = hyper(
        200,
        "Source samples on which F is measured.",
        symbol="n",
        low=1,
        high=10_000,
    )
    head: str = hyper(
        "source",
        "Start from the head of source training, or from a new one, which "
        "no spring holds; other classes always need a new one.",
        choices=("source", "new"),
    )

    card: ClassVar[StrategyCard] = StrategyCard(
        title="EWC",
        summary="Fine-tuning with a spring on every weight, as stiff as the "
        "source predictions need it.",
        formula=r"\min_{\theta}\; \mathcal{L}_t(\theta) + \frac{\gamma}{2} "
        r"\sum_i F_i \left(\theta_i - \theta^*_i\right)^2",
        terms={
            "target": r"\mathcal{L}_t",
            "spring": r"\frac{\gamma}{2} \sum_i F_i (\theta_i - "
            r"\theta^*_i)^2",
        },
        symbols={
            r"x_t": "batch.xt",
            r"y_t": "batch.labels_t",
            r"\gamma": "self.gamma",
            r"F_i": "anchor.fisher",
            r"\theta_i": "theta",
            r"\theta^*_i": "anchor.theta_star",
        },
        reference="J. Kirkpatrick et al. (2017). Overcoming catastrophic "
        "forgetting in neural networks. PNAS 114(13), arXiv:1612.00796",
        sees=Sees.TARGET,
        measures_source=True,
        order=85,
    )

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """Measure F with the source head, then train everything."""
        source, old = pair.source.first(self.samples), model.head
        diagonal = ESTIMATES[self.fisher](model.eval(), source)
        start_head(model, pair, self.head)
        if model.head is not old:
            diagonal = {k: f for k, f in diagonal.items() if "head" not in k}
        springs, scale = largest_is_one(diagonal)
        model.auxiliary["anchor"] = Anchor(model, springs, scale)
        return everything(model)

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Cross-entropy on target samples, and the energy of the springs."""
        anchor: Any = model.auxiliary["anchor"]
        theta = anchor.theta(model)  # (weights,)
        energy = anchor.fisher * (theta - anchor.theta_star) ** 2
        return {
            "target": cross_entropy(model(batch.xt), batch.labels_t),
            "spring": self.gamma / 2 * energy.sum(),
        }

    def pictures(self, model: Network, step: int) -> Iterator[ArraysTaken]:
        """F by stage, and how far each weight went."""
        anchor: Any = model.auxiliary["anchor"]
        yield picture(anchor, model, step)


STRATEGY = Ewc
