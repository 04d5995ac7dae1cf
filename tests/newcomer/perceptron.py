r"""# Perceptron

One hidden layer of ReLU units (Rosenblatt 1958, with a layer more).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from tl_core.backbones.base import Backbone
from tl_core.card import BackboneCard, hyper


@dataclass(frozen=True)
class Perceptron:
    """hidden: Linear, ReLU."""

    width: int = hyper(32, "Units in the hidden layer.", low=2, high=1024)

    card: ClassVar[BackboneCard] = BackboneCard(
        title="Perceptron",
        summary="One hidden layer.",
        stages=("hidden",),
        accepts=("points", "images"),
        reference="F. Rosenblatt (1958). The Perceptron. Psychological "
        "Review 65",
        order=25,
    )

    def build(self, shape: tuple[int, ...]) -> Backbone:
        """For inputs of any shape, which are flattened."""
        hidden = nn.Sequential(
            nn.Flatten(), nn.Linear(math.prod(shape), self.width), nn.ReLU()
        )
        return Backbone({"hidden": hidden}, width=self.width, has_tokens=False)


BACKBONE = Perceptron
