"""A validation part: training samples that are held out to choose by.

A learning rate, or the moment of adaptation to keep, may be chosen on these
and never on a test sample. A strategy that learns from target labels gives up
a share of its own; one that sees none has the source's, which source training
then does without too. Only runs that ask for it hold anything out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

from tl_core.card import SpecError
from tl_core.criteria import held_out_of
from tl_core.datasets.base import Domain, DomainPair, Samples
from tl_core.spec import RunSpec
from tl_core.texts import say

SHARE = 0.2
"""Of the labelled training samples."""


@dataclass(frozen=True)
class Validation:
    """Held-out labelled training samples of "source" or "target"."""

    domain: str
    samples: Samples


def wanted(spec: RunSpec, domain: str) -> bool:
    """Whether a run holds out training samples of a domain."""
    chosen = spec.selection == "validation"
    return chosen and held_out_of(spec.strategy) == domain


def parted(samples: Samples, seed: int) -> tuple[Samples, Samples]:
    """The samples (n) to train on and those to choose by, round(SHARE n) but
    at least one; classes keep their proportions in both.

    Raises:
        SpecError: there are fewer than two samples.
    """
    n = len(samples)
    if n < 2:
        raise SpecError(
            say(
                "selection=validation holds out labelled training samples, "
                "so at least 2 are needed, and there are {n}.",
                n=n,
            )
        )
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(n, generator=generator)
    y = samples.y.cpu()[order]
    # How far down its class each sample stands: the last are held out.
    place = torch.zeros(n)
    for label in y.unique():
        mine = y == label
        count = int(mine.sum())
        place[mine] = (torch.arange(count) + 0.5) / count
    dealt = order[torch.argsort(place, stable=True)].to(samples.x.device)
    cut = n - max(1, round(SHARE * n))
    return samples.take(dealt[:cut]), samples.take(dealt[cut:])


def without_source_part(spec: RunSpec, pair: DomainPair) -> DomainPair:
    """The pair of a run, its source training samples short of those that the
    run holds out."""
    if not (wanted(spec, "source") and pair.has_source):
        return pair
    train, held = parted(pair.source.train, spec.seed)
    return replace(pair, source=Domain(train, pair.source.test, held))
