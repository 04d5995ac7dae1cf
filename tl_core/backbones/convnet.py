r"""# ConvNet

Two convolutions and one dense layer, the size of the digit network in the
DANN paper (and of LeNet-5): small enough to train in seconds on two cores.
Normalisation is a setting, because BatchNorm keeps statistics of the data it
has seen and therefore takes part in every domain shift.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from tl_core.backbones.base import Backbone
from tl_core.card import BackboneCard, hyper


@dataclass(frozen=True)
class ConvNet:
    """conv1 (5x5) - conv2 (5x5) - dense, each normalised, then ReLU."""

    norm: str = hyper(
        "batch",
        "Normalisation after each layer: by the batch's statistics "
        "(BatchNorm), by one sample's own (GroupNorm, one group), or none.",
        choices=("batch", "group", "none"),
    )
    width: int = hyper(
        32, "Channels of the first convolution.", low=4, high=128
    )

    card: ClassVar[BackboneCard] = BackboneCard(
        title="ConvNet",
        summary="Two convolutions and a dense layer, LeNet size.",
        stages=("conv1", "conv2", "dense"),
        accepts=("images",),
        reference="Y. Ganin et al. (2016). Domain-Adversarial Training of "
        "Neural Networks. JMLR 17(59), figure 4a",
        order=10,
    )

    def build(self, shape: tuple[int, ...]) -> Backbone:
        """For inputs (channels, h, w) with h and w of at least 16."""
        channels, height, side = shape
        first, second, dense = self.width, self.width * 3 // 2, 100
        left = after_two(height) * after_two(side)
        stages: dict[str, nn.Module] = {
            "conv1": nn.Sequential(
                nn.Conv2d(channels, first, 5),
                self._norm(first, 2),
                nn.ReLU(),
                nn.MaxPool2d(2),
            ),
            "conv2": nn.Sequential(
                nn.Conv2d(first, second, 5),
                self._norm(second, 2),
                nn.ReLU(),
                nn.MaxPool2d(2),
            ),
            "dense": nn.Sequential(
                nn.Flatten(),
                nn.Linear(second * left, dense),
                self._norm(dense, 0),
                nn.ReLU(),
            ),
        }
        return Backbone(stages, width=dense, has_tokens=False)

    def _norm(self, channels: int, dims: int) -> nn.Module:
        if self.norm == "batch":
            return (
                nn.BatchNorm2d(channels) if dims else nn.BatchNorm1d(channels)
            )
        if self.norm == "group":
            return nn.GroupNorm(1, channels)
        return nn.Identity()


def after_two(side: int) -> int:
    """Pixels left of `side` after two 5x5 convolutions with 2x2 pooling."""
    return ((side - 4) // 2 - 4) // 2


BACKBONE = ConvNet
