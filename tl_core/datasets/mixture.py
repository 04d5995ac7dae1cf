"""A domain between two: some samples of one, the rest of another."""

from __future__ import annotations

import torch

from tl_core.datasets.base import Samples


def mixed(near: Samples, far: Samples, share: float) -> Samples:
    """`far` with all but a `share` of its samples, in [0, 1], exchanged for
    those of `near` at the same places; what is exchanged at a share stays
    exchanged at any smaller one. At a share of 1 it is `far` itself."""
    chance = torch.Generator().manual_seed(0)
    rank = torch.randperm(len(far), generator=chance)
    keep = rank < round(share * len(far))
    others = near.first(len(far))
    x = torch.where(keep.view(-1, *[1] * (far.x.dim() - 1)), far.x, others.x)
    return Samples(x, torch.where(keep, far.y, others.y))
