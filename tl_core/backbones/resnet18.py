r"""# ResNet-18

Four stages of residual blocks: each block adds a correction to its input, so
that gradients reach the first layer unhindered. The architecture most
transfer results are reported for. For small images the first convolution is
3x3 without pooling; the ImageNet stem would leave a 28 px digit one pixel.

Its BatchNorm layers take part in every domain shift, in three ways that are
easily confused and here are three switches: whether scale and shift are
trained, whether running statistics move, and which statistics normalise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from torch import nn
from torchvision.models import ResNet, ResNet18_Weights, resnet18

from tl_core.backbones import imagenet
from tl_core.backbones.base import Backbone
from tl_core.backbones.rgb import IMAGENET_MEAN, IMAGENET_SD, Rgb
from tl_core.card import BackboneCard, hyper
from tl_core.events import Downloading

URL = ResNet18_Weights.IMAGENET1K_V1.url


@dataclass(frozen=True)
class ResNet18:
    """stem - layer1 ... layer4, two residual blocks each."""

    weights: str = hyper(
        "random",
        "Random, or learned from ImageNet (downloaded once).",
        choices=("random", "imagenet"),
    )
    stem: str = hyper(
        "small",
        "First layers for images under 64 px (3x3, no pooling; never "
        "pretrained), or as for ImageNet (7x7, stride 2, max-pooling).",
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
        title="ResNet-18",
        summary="Residual network of 11 million weights. It wants a GPU: "
        "on one core a step takes two seconds, so there set "
        "pretrain_steps=8 steps=8.",
        stages=("stem", "layer1", "layer2", "layer3", "layer4"),
        accepts=("images",),
        reference="K. He, X. Zhang, S. Ren, J. Sun (2016). Deep Residual "
        "Learning for Image Recognition. CVPR, arXiv:1512.03385",
        pretrained="ImageNet",
        batch_norm=True,
        order=50,
    )

    def fetch(self) -> Iterator[Downloading]:
        """Download the ImageNet weights, if asked for and not here.

        Raises:
            SpecError: they cannot be downloaded.
        """
        if self.weights == "imagenet":
            yield from imagenet.fetch("The ImageNet weights of resnet18", URL)

    def build(self, shape: tuple[int, ...]) -> Backbone:
        """For images (1 or 3 channels, h, w)."""
        net = resnet18()
        if self.weights == "imagenet":
            net.load_state_dict(imagenet.load(URL))
        stages: dict[str, nn.Module] = {
            "stem": self._stem(net),
            "layer1": net.layer1,
            "layer2": net.layer2,
            "layer3": net.layer3,
            "layer4": nn.Sequential(net.layer4, net.avgpool, nn.Flatten()),
        }
        learned = self.weights == "imagenet"
        new = ("stem",) if learned and self.stem == "small" else ()
        return Backbone(
            stages,
            width=512,
            has_tokens=False,
            arrives_trained=learned,
            new_stages=new,
        )

    def _stem(self, net: ResNet) -> nn.Sequential:
        rgb = Rgb(IMAGENET_MEAN, IMAGENET_SD)
        if self.stem == "imagenet":
            return nn.Sequential(
                rgb, net.conv1, net.bn1, net.relu, net.maxpool
            )
        small = nn.Conv2d(3, 64, 3, padding=1, bias=False)
        nn.init.kaiming_normal_(small.weight, mode="fan_out")
        return nn.Sequential(rgb, small, nn.BatchNorm2d(64), nn.ReLU())


BACKBONE = ResNet18
