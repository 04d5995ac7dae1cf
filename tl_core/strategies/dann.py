r"""# DANN: domain-adversarial training

Three parts: a feature extractor, a label classifier, and a domain classifier
that tries to tell source features from target features. Between extractor
and domain classifier stands the gradient reversal layer: it passes features
on unchanged and sends the gradient back times $-\lambda$. So one ordinary
step trains the domain classifier to find the difference and the extractor to
remove it. No alternating loop is needed. Adversaries are restless: expect
more spread between seeds than with MMD.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from tl_core.backbones.base import Network
from tl_core.batch_norm import batch_norm_layers
from tl_core.card import Sees, StrategyCard, hyper
from tl_core.datasets.base import VisiblePair
from tl_core.strategies.base import Batch, ParamGroup, cross_entropy


class GradientReversal(torch.autograd.Function):
    """Identity forwards; the gradient times -reversal backwards."""

    @staticmethod
    def forward(ctx: Any, z: Tensor, reversal: float) -> Tensor:
        ctx.reversal = reversal
        return z.view_as(z)

    @staticmethod
    def backward(ctx: Any, *gradient: Tensor) -> tuple[Tensor, None]:
        return -ctx.reversal * gradient[0], None


def ramp(progress: float) -> float:
    """2 / (1 + exp(-10 p)) - 1: from 0 towards 1 as p goes from 0 to 1."""
    return 2 / (1 + math.exp(-10 * progress)) - 1


@dataclass(frozen=True)
class Dann:
    """Source risk plus domain risk behind a reversed gradient."""

    reversal: float = hyper(
        0.3,
        "Final strength of the reversed gradient; 0 leaves a domain "
        "classifier that only watches.",
        symbol=r"\lambda",
        low=0,
        high=10,
    )
    units: int = hyper(
        100, "Hidden units of the domain classifier.", low=1, high=2048
    )
    lr_scale: float = hyper(
        10.0,
        "Learning rate of the domain classifier as a multiple of the "
        "network's.",
        low=0,
        high=100,
        log=True,
    )
    statistics: str = hyper(
        "domain",
        "BatchNorm: domain and running normalise each domain by itself in "
        "training, and predict by the domain at hand (AdaBN) or by the "
        "running mixture; joint trains on one mixed batch; frozen keeps the "
        "source's.",
        choices=("domain", "running", "joint", "frozen"),
    )

    card: ClassVar[StrategyCard] = StrategyCard(
        title="DANN",
        summary="A domain classifier behind a gradient reversal layer makes "
        "the features forget which domain they come from.",
        formula=r"\min_{\theta,\,h}\;\max_{d}\; \mathcal{L}_s(\theta, h) "
        r"- \lambda_p\,\mathcal{L}_d(\theta, d), \qquad "
        r"\lambda_p = \lambda\left(\tfrac{2}{1 + e^{-10p}} - 1\right)",
        terms={"source": r"\mathcal{L}_s", "domain": r"\mathcal{L}_d"},
        symbols={
            r"x_s": "batch.xs",
            r"y_s": "batch.ys",
            r"x_t": "batch.xt",
            r"p": "batch.progress",
            r"\lambda": "self.reversal",
            r"d": "discriminator",
        },
        reference="Y. Ganin et al. (2016). Domain-Adversarial Training of "
        "Neural Networks. JMLR 17(59), arXiv:1505.07818",
        sees=Sees.UNLABELLED_TARGET,
        order=40,
    )

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """Add the domain classifier; train everything."""
        network = list(model.parameters())
        if self.statistics == "frozen":
            model.hold(batch_norm_layers(model))
        discriminator = nn.Sequential(
            nn.Linear(model.backbone.width, self.units),
            nn.ReLU(),
            nn.Linear(self.units, 2),
        ).to(pair.source.x.device)
        model.auxiliary["discriminator"] = discriminator
        return [
            {"params": network, "lr_scale": 1.0},
            {
                "params": list(discriminator.parameters()),
                "lr_scale": self.lr_scale,
            },
        ]

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Source cross-entropy and the domain classifier's."""
        zs, zt = self.features(model, batch)  # (b, width) each
        discriminator = model.auxiliary["discriminator"]
        reversal = self.reversal * ramp(batch.progress)
        z = GradientReversal.apply(torch.cat([zs, zt]), reversal)
        domain = torch.cat([zs.new_zeros(len(zs)), zt.new_ones(len(zt))])
        return {
            "source": cross_entropy(model.head(zs), batch.ys),
            "domain": cross_entropy(discriminator(z), domain.long()),
        }

    def features(self, model: Network, batch: Batch) -> tuple[Tensor, Tensor]:
        """z of both domains, normalised apart or as one batch."""
        if self.statistics != "joint":
            return model.features(batch.xs), model.features(batch.xt)
        z = model.features(torch.cat([batch.xs, batch.xt]))
        return z[: len(batch.xs)], z[len(batch.xs) :]


STRATEGY = Dann
