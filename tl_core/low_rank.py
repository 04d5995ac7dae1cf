"""Of what rank is the change that full fine-tuning makes?

LoRA supposes that it is low (Hu et al. 2022, arXiv:2106.09685, section 7.2).
A random matrix of the same shape is the control: a matrix with few rows has
few singular values whatever is in it.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from tl_core import adapters, training
from tl_core.device import device
from tl_core.domain_gap import source_model
from tl_core.neighbourhood import reached
from tl_core.spec import RunSpec

DRAWN = 50
"""Random matrices behind a control."""


def changes(spec: RunSpec) -> list[dict[str, Any]]:
    """What adaptation, run anew, did to each layer that LoRA can adapt:
    `layer`, `shape` (d, k) of its weight as a matrix, `size` |dW| / |W0|,
    and by rank 1, 2, ... the share of |dW|^2 that the best approximation of
    that rank `keeps`, and that of a random matrix, `chance`.

    Raises:
        SpecError: the strategy changes the network's form.
    """
    pair = training.load_pair(spec, device())
    start, end = source_model(spec, pair), reached(spec, pair)
    before, after = weights(start), weights(end)
    found = []
    for layer, w0 in before.items():
        delta = after[layer] - w0
        found.append(
            {
                "layer": layer.removeprefix("backbone.stages."),
                "shape": list(delta.shape),
                "size": (delta.norm() / w0.norm()).item(),
                "keeps": kept(delta).tolist(),
                "chance": chance(*delta.shape).tolist(),
            }
        )
    return found


def weights(model: nn.Module) -> dict[str, Tensor]:
    """Each adaptable layer's weight as a matrix (d, k), as LoRA sees it."""
    modules = dict(model.named_modules())
    found = {}
    for path in adapters.adaptable(model):
        weight = modules[path].weight
        assert isinstance(weight, Tensor)
        found[path] = weight.detach().flatten(1).double().cpu()
    return found


def kept(delta: Tensor) -> Tensor:
    """The share of |delta|^2 within the first 1, 2, ... singular directions
    of delta (d, k), (min(d, k),): Eckart and Young (1936)."""
    power = torch.linalg.svdvals(delta).square()
    return power.cumsum(0) / power.sum().clamp(min=1e-30)


def chance(d: int, k: int, seed: int = 0) -> Tensor:
    """`kept` of a matrix (d, k) of independent normal entries, the mean of
    DRAWN."""
    generator = torch.Generator().manual_seed(seed)
    drawn = [
        kept(torch.randn(d, k, generator=generator, dtype=torch.float64))
        for _ in range(DRAWN)
    ]
    return torch.stack(drawn).mean(0)
