r"""How unevenly importance is spread, over weights, filters and stages.

The Lorenz curve of importances (`fisher.lorenz`) says what share of the sum
the least important weights hold. The Gini coefficient is twice the area
between it and the diagonal,

$$G = \frac{\sum_i (2 i - n - 1)\, F_{(i)}}{n \sum_i F_i}$$

with F in rising order: 0 where all weights matter alike, (n - 1) / n where
one matters alone (Hurley and Rickard 2009, arXiv:0811.4706, on measures of
sparsity). Weights are summed to filters and stages because networks are
pruned, frozen and adapted by those.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from tl_core.analysis.fisher import by_stage, overlap


def gini(values: Tensor) -> float:
    """The Gini coefficient in [0, 1) of importances (any shape, at least 0);
    0 where all are 0."""
    rising = values.detach().flatten().double().cpu().sort().values
    n = len(rising)
    place = torch.arange(1, n + 1, dtype=torch.float64)
    total = rising.sum().clamp(min=1e-300)
    return (((2 * place - n - 1) * rising).sum() / (n * total)).item()


def held_by_top(values: Tensor, share: float) -> float:
    """The share of the sum that the most important `share` of the values
    hold, at least one of them; both in [0, 1]."""
    flat = values.detach().flatten().double()
    k = min(len(flat), max(1, round(share * len(flat))))
    return (flat.topk(k).values.sum() / flat.sum().clamp(min=1e-300)).item()


def needed_for(values: Tensor, share: float) -> float:
    """The least share of the values that hold `share` of the sum together:
    few where importance is concentrated; both in [0, 1]."""
    falling = values.detach().flatten().double().sort(descending=True).values
    reached = falling.cumsum(0) >= share * falling.sum() * (1 - 1e-12)
    return (int(reached.int().argmax()) + 1) / len(falling)


@dataclass(frozen=True)
class Spread:
    """How importance is spread in one stage: its number of weights, its
    `share` of the whole sum, its `gini`, and what its top 5 % hold."""

    weights: int
    share: float
    gini: float
    top5: float


def spreads(fisher: Mapping[str, Tensor]) -> dict[str, Spread]:
    """Each stage's spread of a diagonal by parameter name, and the head's."""
    stages = by_stage(fisher)
    total = sum(f.double().sum().item() for f in stages.values()) or 1.0
    return {
        stage: Spread(
            weights=f.numel(),
            share=f.double().sum().item() / total,
            gini=gini(f),
            top5=held_by_top(f, 0.05),
        )
        for stage, f in stages.items()
    }


def by_filter(fisher: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Sums over each output channel of every weight with two or more
    dimensions: name to (channels,)."""
    return {
        name: f.flatten(1).sum(1) for name, f in fisher.items() if f.dim() > 1
    }


def by_pair(f: Tensor) -> Tensor:
    """A convolution's importances (out, in, k, k) summed over its kernel: how
    much output channel i needs input channel j, (out, in)."""
    return f.flatten(2).sum(2) if f.dim() > 2 else f


def overlaps(
    one: Mapping[str, Tensor], two: Mapping[str, Tensor]
) -> dict[str, float]:
    """Stage by stage, in [0, 1], how far two tasks need the same weights: one
    minus the squared Frechet distance of the two diagonals, each of trace 1
    (Kirkpatrick et al. 2017, arXiv:1612.00796, supplement).

    Parameters that only one of the two has, such as a new head, are left
    out, and so are stages without importance in either.
    """
    common = [
        name
        for name, f in one.items()
        if name in two and two[name].shape == f.shape
    ]
    stages = [by_stage({k: f[k] for k in common}) for f in (one, two)]
    return {
        stage: overlap({stage: mine}, {stage: stages[1][stage]})
        for stage, mine in stages[0].items()
        if mine.any() and stages[1][stage].any()
    }
