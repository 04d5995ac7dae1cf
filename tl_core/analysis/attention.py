"""What each token of a transformer reads from each: its attention maps."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from tl_core.backbones.attention import Attention
from tl_core.backbones.base import Network


def attentions(model: nn.Module) -> list[tuple[str, Attention]]:
    """Every attention of a network with its path, shallow to deep."""
    found = model.named_modules()
    return [(path, m) for path, m in found if isinstance(m, Attention)]


@torch.no_grad()
def attention_maps(model: Network, x: Tensor) -> dict[str, Tensor]:
    """By stage (batch, heads, tokens, keys) for inputs x (batch, ...).

    A row is a token that reads and sums to 1; the columns are learnt
    prefixes, if there are any, and then the tokens, learnt prompts included.
    """
    found: dict[str, Tensor] = {}
    hooks = [
        attention.register_forward_pre_hook(_note(found, path.split(".")[1]))
        for path, attention in attentions(model.backbone)
    ]
    model.backbone(x)
    for hook in hooks:
        hook.remove()
    return found


def _note(found: dict[str, Tensor], stage: str) -> Any:
    """A hook that notes the maps of an attention about to read."""

    def note(attention: Attention, inputs: tuple[Tensor]) -> None:
        (x,) = inputs
        if attention.prefix is None:
            found[stage] = attention.maps(x)
        else:
            q, k = (attention.split(m(x)) for m in (attention.q, attention.k))
            found[stage] = attention.prefix.maps(q, k)  # type: ignore[operator]

    return note
