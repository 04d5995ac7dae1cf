r"""# CDAN: conditional adversarial alignment

DANN asks whether a feature comes from the source or the target. Here the
domain classifier is also told what the label classifier thinks: it reads the
outer product of features and class probabilities, so it compares the domains
class by class, and a target 3 cannot hide among the source 8s. The
probabilities only condition: no gradient goes back through them. Entropy
conditioning makes sure predictions count up to twice as much. It helps when
predictions on the target are mostly right already; where they are wrong it
aligns wrong classes, and it is as restless as any adversary.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from tl_core.backbones.base import Network
from tl_core.card import Sees, StrategyCard, hyper
from tl_core.datasets.base import VisiblePair
from tl_core.strategies.base import Batch, ParamGroup, cross_entropy
from tl_core.strategies.dann import GradientReversal, ramp


def outer(z: Tensor, g: Tensor) -> Tensor:
    """z (b, d) and g (b, classes) to their products, (b, classes * d)."""
    return torch.einsum("bc,bd->bcd", g, z).flatten(1)


def certainty(g: Tensor) -> Tensor:
    """1 + exp(-H) of probabilities g (b, classes), scaled to mean 1."""
    entropy = -(g * (g + 1e-8).log()).sum(1)
    weight = 1 + torch.exp(-entropy)
    return weight / weight.mean()


@dataclass(frozen=True)
class Cdan:
    """Source risk plus class-conditional domain risk, reversed."""

    reversal: float = hyper(
        0.3,
        "Final strength of the reversed gradient; 0 leaves a domain "
        "classifier that only watches.",
        symbol=r"\lambda",
        low=0,
        high=10,
    )
    entropy: bool = hyper(
        True, "Let samples with sure predictions count more (CDAN+E)."
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
        "BatchNorm statistics used to predict: of the domain at hand "
        "(AdaBN), or the running ones, a mixture of both domains.",
        choices=("domain", "running"),
    )

    card: ClassVar[StrategyCard] = StrategyCard(
        title="CDAN",
        summary="A domain classifier that sees features together with "
        "predicted classes, behind a gradient reversal layer.",
        formula=r"\min_{\theta,\,h}\;\max_{d}\; \mathcal{L}_s(\theta, h) "
        r"- \lambda_p\,\mathcal{L}_d\!\left(\phi_\theta \otimes g, d\right),"
        r"\qquad g = \mathrm{softmax}(h(\phi_\theta))",
        terms={"source": r"\mathcal{L}_s", "domain": r"\mathcal{L}_d"},
        symbols={
            r"x_s": "batch.xs",
            r"y_s": "batch.ys",
            r"x_t": "batch.xt",
            r"p": "batch.progress",
            r"\lambda": "self.reversal",
            r"g": "g",
            r"d": "discriminator",
        },
        reference="M. Long, Z. Cao, J. Wang, M. Jordan (2018). Conditional "
        "Adversarial Domain Adaptation. NeurIPS, arXiv:1705.10667",
        sees=Sees.UNLABELLED_TARGET,
        order=42,
    )

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """Add the domain classifier; train everything."""
        network = list(model.parameters())
        inputs = model.backbone.width * len(pair.classes)
        discriminator = nn.Sequential(
            nn.Linear(inputs, self.units),
            nn.ReLU(),
            nn.Linear(self.units, 2),
        ).to(pair.source.x.device)
        model.auxiliary["discriminator"] = discriminator
        beside = list(discriminator.parameters())
        return [
            {"params": network, "lr_scale": 1.0},
            {"params": beside, "lr_scale": self.lr_scale},
        ]

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Source cross-entropy and the conditional domain classifier's."""
        zs = model.features(batch.xs)  # (b, width)
        zt = model.features(batch.xt)  # (b, width)
        logits_s = model.head(zs)
        logits = torch.cat([logits_s, model.head(zt)])
        g = logits.softmax(1).detach()  # (2 b, classes)
        reversal = self.reversal * ramp(batch.progress)
        z = GradientReversal.apply(torch.cat([zs, zt]), reversal)
        said = model.auxiliary["discriminator"](outer(z, g))
        domain = torch.cat([zs.new_zeros(len(zs)), zt.new_ones(len(zt))])
        domain_loss = cross_entropy(said, domain.long(), reduction="none")
        weight = certainty(g) if self.entropy else torch.ones_like(domain)
        return {
            "source": cross_entropy(logits_s, batch.ys),
            "domain": (weight * domain_loss).mean(),
        }


STRATEGY = Cdan
