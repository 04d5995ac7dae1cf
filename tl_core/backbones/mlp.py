r"""# MLP

Hidden layers of ReLU units for points in the plane, where the decision
boundary can be drawn; images are read as one long vector of pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from tl_core.backbones.base import Backbone
from tl_core.card import BackboneCard, hyper


@dataclass(frozen=True)
class Mlp:
    """hidden1 - hidden2, each Linear, optional BatchNorm, ReLU."""

    width: int = hyper(64, "Units in each hidden layer.", low=2, high=1024)
    norm: str = hyper(
        "none",
        "Normalisation after each layer.",
        choices=("none", "batch"),
    )

    card: ClassVar[BackboneCard] = BackboneCard(
        title="MLP",
        summary="Two hidden layers; its boundary can be drawn.",
        stages=("hidden1", "hidden2"),
        accepts=("points", "images"),
        reference="Y. Ganin et al. (2016). Domain-Adversarial Training of "
        "Neural Networks. JMLR 17(59), section 5.1",
        order=20,
    )

    def build(self, shape: tuple[int, ...]) -> Backbone:
        """For inputs of any shape, which are flattened."""
        stages: dict[str, nn.Module] = {
            "hidden1": self._layer(math.prod(shape), flatten=True),
            "hidden2": self._layer(self.width, flatten=False),
        }
        return Backbone(stages, width=self.width, has_tokens=False)

    def _layer(self, inputs: int, flatten: bool) -> nn.Module:
        return nn.Sequential(
            nn.Flatten() if flatten else nn.Identity(),
            nn.Linear(inputs, self.width),
            nn.BatchNorm1d(self.width)
            if self.norm == "batch"
            else nn.Identity(),
            nn.ReLU(),
        )


BACKBONE = Mlp
