r"""# MobileNetV3-Small

Blocks that widen, filter each channel by itself, weigh the channels by what
the whole map shows (squeeze and excitation), and narrow again: made for
phones, so a tenth of the arithmetic of ResNet-18. For small images the first
convolution keeps the resolution.

Its BatchNorm layers take part in every domain shift; three switches say
whether scale and shift are trained, whether running statistics move, and
which statistics normalise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from torch import nn
from torchvision.models import MobileNet_V3_Small_Weights, mobilenet_v3_small

from tl_core.backbones import imagenet
from tl_core.backbones.base import Backbone
from tl_core.backbones.rgb import IMAGENET_MEAN, IMAGENET_SD, Rgb
from tl_core.card import BackboneCard, hyper
from tl_core.events import Downloading

URL = MobileNet_V3_Small_Weights.IMAGENET1K_V1.url
PARTS = {
    "stem": (0, 1),
    "blocks1": (1, 2),
    "blocks2": (2, 4),
    "blocks3": (4, 9),
    "blocks4": (9, 12),
    "conv": (12, 13),
}
"""Which of torchvision's layers, first and one past the last, is which stage;
a stage of blocks ends where the map gets smaller."""


@dataclass(frozen=True)
class MobileNetV3Small:
    """stem - blocks1 ... blocks4 - conv."""

    weights: str = hyper(
        "random",
        "Random, or learned from ImageNet (downloaded once).",
        choices=("random", "imagenet"),
    )
    stem: str = hyper(
        "small",
        "First convolution for images under 64 px (it keeps the "
        "resolution), or as for ImageNet (stride 2).",
        choices=("small", "imagenet"),
    )
    affine: str = hyper(
        "train",
        "While adapting: train BatchNorm's scale and shift, or freeze them.",
        choices=("train", "freeze"),
    )
    running: str = hyper(
        "update",
        "While adapting: let BatchNorm's running statistics follow the "
        "batches, or keep those of the source.",
        choices=("update", "keep"),
    )
    normalise_by: str = hyper(
        "batch",
        "While adapting: BatchNorm normalises training batches by their own "
        "statistics, or by the running ones as when it is tested.",
        choices=("batch", "running"),
    )

    card: ClassVar[BackboneCard] = BackboneCard(
        title="MobileNetV3-Small",
        summary="A light network for photographs, made for phones.",
        stages=("stem", "blocks1", "blocks2", "blocks3", "blocks4", "conv"),
        accepts=("images",),
        reference="A. Howard et al. (2019). Searching for MobileNetV3. ICCV, "
        "arXiv:1905.02244",
        pretrained="ImageNet",
        batch_norm=True,
        order=55,
    )

    def fetch(self) -> Iterator[Downloading]:
        """Download the ImageNet weights, if asked for and not here.

        Raises:
            SpecError: they cannot be downloaded.
        """
        if self.weights == "imagenet":
            what = "The ImageNet weights of mobilenet_v3_small"
            yield from imagenet.fetch(what, URL)

    def build(self, shape: tuple[int, ...]) -> Backbone:
        """For images (1 or 3 channels, h, w)."""
        net = mobilenet_v3_small()
        if self.weights == "imagenet":
            net.load_state_dict(imagenet.load(URL))
        if self.stem == "small":
            net.features[0][0].stride = (1, 1)
        stages: dict[str, nn.Module] = {
            stage: net.features[first:end]
            for stage, (first, end) in PARTS.items()
        }
        rgb = Rgb(IMAGENET_MEAN, IMAGENET_SD)
        stages["stem"] = nn.Sequential(rgb, stages["stem"])
        stages["conv"] = nn.Sequential(
            stages["conv"], net.avgpool, nn.Flatten()
        )
        return Backbone(
            stages,
            width=576,
            has_tokens=False,
            arrives_trained=self.weights == "imagenet",
        )


BACKBONE = MobileNetV3Small
