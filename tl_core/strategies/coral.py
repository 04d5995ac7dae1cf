r"""# Deep CORAL: correlation alignment

Learn the source labels and, in the same step, make the covariance of the
target's features that of the source's. Means and covariances are the first
two moments; with BatchNorm, which already equalises means and variances
channel by channel, what is left are the correlations between features. It
has one weight and no kernel, and it is steady. It misses whatever differs in
higher moments, and like every alignment it must hurt when the classes come
in other proportions.
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


def covariance(z: Tensor) -> Tensor:
    """(d, d) of samples z (n, d), n at least 2, divided by n - 1."""
    centred = z - z.mean(0)
    return centred.T @ centred / (len(z) - 1)


def coral_distance(zs: Tensor, zt: Tensor) -> Tensor:
    """|C_s - C_t|_F^2 / (4 d^2) of features zs (n, d) and zt (m, d)."""
    gap = covariance(zs.float()) - covariance(zt.float())
    return gap.square().sum() / (4 * zs.shape[1] ** 2)


@dataclass(frozen=True)
class Coral:
    """Source risk plus lambda times the distance of the covariances."""

    weight: float = hyper(
        30.0,
        "How strongly the two covariances are pulled together; 0 is source "
        "training.",
        symbol=r"\lambda",
        low=0,
        high=1e5,
        log=True,
    )
    stages: int = hyper(
        2,
        "How many of the deepest stages are aligned.",
        symbol=r"|\mathcal{A}|",
        low=1,
        high=16,
    )
    statistics: str = hyper(
        "domain",
        "BatchNorm statistics used to predict: of the domain at hand "
        "(AdaBN), or the running ones, a mixture of both domains.",
        choices=("domain", "running"),
    )

    card: ClassVar[StrategyCard] = StrategyCard(
        title="CORAL",
        summary="Match the covariances of both domains' features.",
        formula=r"\min_\theta\; \mathcal{L}_s(\theta) + \lambda\,"
        r"\sum_{l \in \mathcal{A}} \frac{1}{4 d_l^2} "
        r"\left\lVert C^l_s - C^l_t \right\rVert_F^2",
        terms={
            "source": r"\mathcal{L}_s",
            "coral": r"\lambda \sum_l \lVert C_s - C_t \rVert_F^2 / 4 d^2",
        },
        symbols={
            r"x_s": "batch.xs",
            r"y_s": "batch.ys",
            r"x_t": "batch.xt",
            r"\phi^l_\theta(x_s)": "zs[l]",
            r"\phi^l_\theta(x_t)": "zt[l]",
            r"\mathcal{A}": "aligned",
            r"\lambda": "self.weight",
        },
        reference="B. Sun, K. Saenko (2016). Deep CORAL: Correlation "
        "Alignment for Deep Domain Adaptation. ECCV Workshops, "
        "arXiv:1607.01719",
        sees=Sees.UNLABELLED_TARGET,
        order=32,
    )

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """Train everything."""
        return everything(model)

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Source cross-entropy and the distance of the covariances."""
        zs = model.stage_features(batch.xs)  # {stage: (b, ...)}
        zt = model.stage_features(batch.xt)
        last = list(zs)[-1]
        aligned = list(zs)[-self.stages :]
        coral = [
            coral_distance(zs[l].flatten(1), zt[l].flatten(1)) for l in aligned
        ]
        return {
            "source": cross_entropy(model.head(zs[last]), batch.ys),
            "coral": self.weight * torch.stack(coral).sum(),
        }


STRATEGY = Coral
