"""How many numbers LoRA trains: arithmetic, for large networks by name.

A matrix W (d, k) gets A (r, k) and B (d, r), so r (d + k) numbers are
trained in the place of d k (Hu et al. 2022, arXiv:2106.09685, section 4.1).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from tl_core.texts import say

BYTES = 4
"""Of a number of 32 bits."""
MOMENTS = 2
"""Numbers that Adam keeps for each that it trains."""
Shapes = dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Large:
    """A transformer: how often it has which matrices (d, k), and how many
    numbers it has in all, with embeddings and biases."""

    title: str
    blocks: int
    shapes: Shapes
    parameters: int
    reference: str


def _encoder(width: int) -> Shapes:
    """The matrices of a block with an inner layer of four times its width."""
    square = dict.fromkeys("qkvo", (width, width))
    return {**square, "up": (4 * width, width), "down": (width, 4 * width)}


def _llama(width: int, inner: int) -> Shapes:
    square = dict.fromkeys("qkvo", (width, width))
    gated = {"gate": (inner, width), "up": (inner, width)}
    return {**square, **gated, "down": (width, inner)}


LARGE = {
    "vit_b16": Large(
        "ViT-B/16",
        12,
        _encoder(768),
        86_567_656,
        say("Dosovitskiy et al. 2021, arXiv:2010.11929"),
    ),
    "roberta_base": Large(
        say("RoBERTa-base"),
        12,
        _encoder(768),
        124_645_632,
        say("Liu et al. 2019, arXiv:1907.11692"),
    ),
    "gpt2_medium": Large(
        say("GPT-2 medium"),
        24,
        _encoder(1024),
        354_823_168,
        say("Radford et al. 2019"),
    ),
    "llama2_7b": Large(
        say("Llama 2 7B"),
        32,
        _llama(4096, 11_008),
        6_738_415_616,
        say("Touvron et al. 2023, arXiv:2307.09288"),
    ),
    "gpt3": Large(
        "GPT-3",
        96,
        _encoder(12_288),
        175_000_000_000,
        say("Brown et al. 2020, arXiv:2005.14165"),
    ),
}
WHERE = {
    "q and v": ("q", "v"),
    "q, k, v and o": ("q", "k", "v", "o"),
    "every matrix": ("q", "k", "v", "o", "gate", "up", "down"),
}
"""Which matrices of a block are adapted; the first is the paper's choice."""


def trained(network: Large, rank: int, where: Collection[str]) -> int:
    """Numbers in all A and B of a rank: r (d + k) for each matrix."""
    adapted = [hw for name, hw in network.shapes.items() if name in where]
    return network.blocks * sum(rank * (d + k) for d, k in adapted)


def memory(network: Large, learnt: int) -> int:
    """Bytes of weights, gradients and Adam's moments when `learnt` numbers
    are trained; activations, which depend on the batch, are left out."""
    kept = network.parameters * BYTES
    return kept + learnt * BYTES * (1 + 1 + MOMENTS)


def memory_in_full(network: Large) -> int:
    """The same when every weight is trained."""
    return network.parameters * BYTES * (1 + 1 + MOMENTS)
