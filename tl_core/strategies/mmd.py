r"""# MMD alignment

Learn the source labels and, in the same step, pull the two clouds of
features together: the maximum mean discrepancy compares all their moments
through a kernel, here at several stages at once. It is steady, because it
has no opponent to train. It helps when both domains hold the same classes in
the same proportions; when the proportions differ it must hurt, since equal
clouds are then the wrong goal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from tl_core.analysis.mmd import mmd2
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
class Mmd:
    """Source risk plus lambda times MMD^2 of the deepest stages."""

    weight: float = hyper(
        10.0,
        "How strongly the two clouds of features are pulled together; 0 is "
        "source training.",
        symbol=r"\lambda",
        low=0,
        high=100,
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
        title="MMD alignment",
        summary="Match the feature distributions of both domains under a "
        "mean of Gaussian kernels.",
        formula=r"\min_\theta\; \mathcal{L}_s(\theta) + \lambda\,"
        r"\sum_{l \in \mathcal{A}} \mathrm{MMD}^2\!\left("
        r"\phi^l_\theta(x_s), \phi^l_\theta(x_t)\right)",
        terms={
            "source": r"\mathcal{L}_s",
            "mmd": r"\lambda \sum_l \mathrm{MMD}^2",
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
        reference="M. Long, Y. Cao, J. Wang, M. Jordan (2015). Learning "
        "Transferable Features with Deep Adaptation Networks. ICML, "
        "arXiv:1502.02791",
        sees=Sees.UNLABELLED_TARGET,
        order=30,
    )

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """Train everything."""
        return everything(model)

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Source cross-entropy and the distance of the feature clouds."""
        zs = model.stage_features(batch.xs)  # {stage: (b, ...)}
        zt = model.stage_features(batch.xt)
        last = list(zs)[-1]
        aligned = list(zs)[-self.stages :]
        mmd = [mmd2(zs[l].flatten(1), zt[l].flatten(1)) for l in aligned]
        return {
            "source": cross_entropy(model.head(zs[last]), batch.ys),
            "mmd": self.weight * torch.stack(mmd).sum(),
        }


STRATEGY = Mmd
