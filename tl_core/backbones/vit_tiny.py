r"""# Small vision transformer

The image is cut into patches, each patch becomes a token, and blocks of
attention and MLP let the tokens read each other. One more token, the class
token, gathers what the head will see. Nothing in it knows that neighbouring
pixels belong together, so from few samples it learns slower than a
convolution; in return every layer is a matrix that LoRA, prefixes and
prompts can work on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from tl_core.backbones.attention import Attention, mlp
from tl_core.backbones.base import Backbone
from tl_core.backbones.patches import Patches
from tl_core.card import BackboneCard, SpecError, hyper


class Embedding(nn.Module):
    """(b, channels, h, w) to tokens (b, 1 + patches^2, width): class token
    first, a learnt position added to each."""

    def __init__(
        self, shape: tuple[int, ...], patches: int, width: int
    ) -> None:
        super().__init__()
        self.patches = Patches(shape, patches, width)
        self.class_token = nn.Parameter(torch.zeros(1, 1, width))
        places = torch.randn(1, 1 + patches**2, width)
        self.position = nn.Parameter(places * 0.02)

    def forward(self, x: Tensor) -> Tensor:
        """Images (b, channels, h, w) to tokens (b, 1 + patches^2, width)."""
        first = self.class_token.expand(len(x), -1, -1)
        return torch.cat([first, self.patches(x)], dim=1) + self.position


class Block(nn.Module):
    """x + attention(norm(x)), then x + mlp(norm(x)): (b, tokens, width)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attention = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = mlp(width, 4 * width)

    def forward(self, x: Tensor) -> Tensor:
        """Tokens (b, tokens, width) to the same shape."""
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))

    def maps(self, x: Tensor) -> Tensor:
        """This block's attention (b, heads, tokens, tokens) for its input."""
        return self.attention.maps(self.norm1(x))


class ClassToken(nn.Module):
    """LayerNorm of the first token: (b, tokens, width) to z (b, width)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width, eps=1e-6)

    def forward(self, x: Tensor) -> Tensor:
        """Tokens (b, tokens, width) to z (b, width)."""
        return self.norm(x[:, 0])


def start_even(layer: nn.Module) -> None:
    """Glorot's start of a linear layer, in place: signals keep their size."""
    if isinstance(layer, nn.Linear):
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)


@dataclass(frozen=True)
class VitTiny:
    """patches - block1 ... blockN - norm, pre-norm as in torchvision."""

    patches: int = hyper(
        4, "Patches along each side of the image.", low=1, high=16
    )
    width: int = hyper(
        96, "Numbers in one token; a multiple of the heads.", low=8, high=768
    )
    depth: int = hyper(4, "Blocks.", low=1, high=12)
    heads: int = hyper(3, "Attention heads of a block.", low=1, high=12)

    card: ClassVar[BackboneCard] = BackboneCard(
        title="ViT (small)",
        summary="A vision transformer with separate q, k, v and o layers; "
        "attention over image patches.",
        stages=(
            "patches",
            "block1",
            "block2",
            "block3",
            "block4",
            "norm",
        ),
        accepts=("images",),
        reference="A. Dosovitskiy et al. (2021). An Image is Worth 16x16 "
        "Words: Transformers for Image Recognition at Scale. ICLR, "
        "arXiv:2010.11929",
        has_tokens=True,
        order=30,
    )

    def build(self, shape: tuple[int, ...]) -> Backbone:
        """For images (channels, h, w) of any size.

        Raises:
            SpecError: the heads do not divide the width.
        """
        if self.width % self.heads:
            raise SpecError(
                f"backbone.width cannot be {self.width} with "
                f"{self.heads} heads; use a multiple of {self.heads}."
            )
        stages: dict[str, nn.Module] = {
            "patches": Embedding(shape, self.patches, self.width)
        }
        for number in range(1, self.depth + 1):
            stages[f"block{number}"] = Block(self.width, self.heads)
        stages["norm"] = ClassToken(self.width)
        for stage in stages.values():
            stage.apply(start_even)
        return Backbone(stages, width=self.width, has_tokens=True)


def load_torchvision(
    backbone: Backbone, weights: Mapping[str, Tensor]
) -> None:
    """Fill `backbone` in place with the state dict of a torchvision
    VisionTransformer of the same sizes; its fused q, k, v come apart.

    Raises:
        RuntimeError: a weight is missing or has another shape.
    """
    ours = {
        "stages.patches.class_token": weights["class_token"],
        "stages.patches.position": weights["encoder.pos_embedding"],
        "stages.patches.patches.project.weight": weights["conv_proj.weight"],
        "stages.patches.patches.project.bias": weights["conv_proj.bias"],
        "stages.norm.norm.weight": weights["encoder.ln.weight"],
        "stages.norm.norm.bias": weights["encoder.ln.bias"],
    }
    blocks = [n for n in backbone.stages if n.startswith("block")]
    for number, name in enumerate(blocks):
        theirs = f"encoder.layers.encoder_layer_{number}"
        for kind in ("weight", "bias"):
            fused = weights[f"{theirs}.self_attention.in_proj_{kind}"]
            for part, matrix in zip("qkv", fused.chunk(3), strict=True):
                ours[f"stages.{name}.attention.{part}.{kind}"] = matrix
            for here, there in TORCHVISION.items():
                ours[f"stages.{name}.{here}.{kind}"] = weights[
                    f"{theirs}.{there}.{kind}"
                ]
    backbone.load_state_dict(ours)


TORCHVISION = {
    "norm1": "ln_1",
    "attention.o": "self_attention.out_proj",
    "norm2": "ln_2",
    "mlp.0": "mlp.0",
    "mlp.2": "mlp.3",
}
"""Names in a block of ours, and in one of torchvision's."""

BACKBONE = VitTiny
