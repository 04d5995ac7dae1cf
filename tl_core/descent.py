"""Gradient descent as a generator: one event a step."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

import torch
from torch import Tensor

from tl_core.backbones.base import Network
from tl_core.events import Phase, StepDone
from tl_core.strategies.base import ParamGroup

EXPLODED = 1e12
"""A term of the objective that large is the only one: beside it float32
rounds by 65,536, and every other term is lost. In recorded runs no term
reaches 10."""


class DivergedError(RuntimeError):
    """A term of the objective is no number any more, or has exploded."""


def batches(n: int, size: int, steps: int, seed: int) -> Tensor:
    """Indices (steps, size) into n samples: reshuffled epoch after epoch."""
    generator = torch.Generator().manual_seed(seed)
    epochs = math.ceil(steps * size / n)
    order = [torch.randperm(n, generator=generator) for _ in range(epochs)]
    return torch.cat(order)[: steps * size].view(steps, size)


def descend(
    model: Network,
    groups: list[ParamGroup],
    loss: Callable[[int], Mapping[str, Tensor]],
    steps: int,
    lr: float,
    phase: Phase,
    weight_decay: float = 0.0,
) -> Iterator[StepDone]:
    """Minimise the sum of the terms with AdamW along a cosine.

    Raises:
        DivergedError: names the first term that exploded, and the step.
    """
    optimiser = torch.optim.AdamW(
        [{"params": g["params"]} for g in groups],
        lr=lr,
        weight_decay=weight_decay,
    )
    for step in range(steps):
        if not model.training:  # measuring has left it in evaluation mode
            model.train()
        terms = loss(step)
        cosine = (1 + math.cos(math.pi * step / steps)) / 2
        for param_group, group in zip(
            optimiser.param_groups, groups, strict=True
        ):
            param_group["lr"] = lr * group["lr_scale"] * cosine
        optimiser.zero_grad(set_to_none=True)
        together = torch.stack(list(terms.values()))
        together.sum().backward()
        optimiser.step()
        losses = dict(zip(terms, together.tolist(), strict=True))
        check_finite(losses, step + 1)
        yield StepDone(phase, step + 1, losses)


def check_finite(losses: Mapping[str, float], step: int) -> None:
    """Raise DivergedError when a term is not a number of a size that means
    anything."""
    for term, value in losses.items():
        if not abs(value) <= EXPLODED:  # so is nothing that is compared to NaN
            raise DivergedError(
                f"Training exploded: the term '{term}' became {value:.3g} at "
                f"step {step}; try a smaller learning rate, or a smaller "
                "weight of that term."
            )
