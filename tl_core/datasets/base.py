"""What a domain pair is: two domains, each with a training and a test split.

Target labels are hidden by type, not by promise: an unsupervised strategy is
handed `Unlabelled` samples, which have no `y` to look at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from tl_core.card import SpecError


@dataclass(frozen=True)
class Samples:
    """x: float32 (n, channels, h, w) or (n, features); y: int64 (n,)."""

    x: Tensor
    y: Tensor

    def __len__(self) -> int:
        return len(self.x)

    def to(self, device: torch.device) -> Samples:
        """The same samples on `device`."""
        return Samples(self.x.to(device), self.y.to(device))

    def take(self, index: Tensor) -> Samples:
        """The samples at `index` (k,), in that order."""
        return Samples(self.x[index], self.y[index])

    def first(self, n: int) -> Samples:
        """The first `n` samples: splits are shuffled once, when made."""
        return Samples(self.x[:n], self.y[:n])

    def without_labels(self) -> Unlabelled:
        """The inputs alone."""
        return Unlabelled(self.x)


@dataclass(frozen=True)
class Unlabelled:
    """x: float32 (n, channels, h, w) or (n, features); no labels."""

    x: Tensor

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True)
class Domain:
    """One domain's samples to train on and to be measured on; `held_out`
    are training samples that a run keeps apart to choose by."""

    train: Samples
    test: Samples
    held_out: Samples | None = None

    def to(self, device: torch.device) -> Domain:
        """The same domain on `device`."""
        held = None if self.held_out is None else self.held_out.to(device)
        return Domain(self.train.to(device), self.test.to(device), held)


@dataclass(frozen=True)
class DomainPair:
    """Source and target, and the names of their classes.

    `classes` are the target's; the source's are the same unless
    `source_classes` says otherwise. A source of which there is only a trained
    network has no samples (see `nothing`).
    """

    source: Domain
    target: Domain
    classes: tuple[str, ...]
    source_classes: tuple[str, ...] | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one input, (channels, h, w) or (features,)."""
        return tuple(self.target.train.x.shape[1:])

    @property
    def has_source(self) -> bool:
        """Whether there are source samples."""
        return len(self.source.train) > 0

    @property
    def head_classes(self) -> tuple[str, ...]:
        """What a head trained on the source can say; the target's classes
        where there is no source to train on."""
        return self.source_classes or self.classes

    def to(self, device: torch.device) -> DomainPair:
        """The same pair on `device`."""
        return replace(
            self,
            source=self.source.to(device),
            target=self.target.to(device),
        )


@dataclass(frozen=True)
class VisiblePair:
    """What a strategy may look at while it adapts: training splits only.

    `classes` are the target's, `head_classes` those that the head of source
    training can say.
    """

    source: Samples
    target: Samples | Unlabelled
    classes: tuple[str, ...]
    head_classes: tuple[str, ...]

    @property
    def new_classes(self) -> bool:
        """Whether the target needs a new head."""
        return self.classes != self.head_classes


class Dataset(Protocol):
    """A catalog entry: a dataclass whose fields are its knobs.

    One whose files have to be downloaded has a method `fetch` too, which
    yields `events.Downloading` and returns at once when they are there.
    """

    def load(self) -> DomainPair:
        """The pair, the same on every call with the same knobs."""
        ...


def nothing(like: Samples) -> Domain:
    """A domain without samples, its inputs shaped as those of `like`."""
    return Domain(like.first(0), like.first(0))


def split(x: Tensor, y: Tensor, test: int, seed: int) -> Domain:
    """Shuffle once and keep the last `test` samples for measuring."""
    order = torch.randperm(
        len(x), generator=torch.Generator().manual_seed(seed)
    )
    train, held_out = order[:-test], order[-test:]
    samples = Samples(x, y)
    return Domain(samples.take(train), samples.take(held_out))


def labelled_subset(samples: Samples, n: int | None, seed: int) -> Samples:
    """`n` samples, as evenly over the classes as they allow; all for None.

    Raises:
        SpecError: there are fewer than `n` samples.
    """
    if n is None:
        return samples
    if n > len(samples):
        raise SpecError(
            f"target_labels cannot be {n}: the target domain has "
            f"{len(samples)} labelled training samples."
        )
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(samples), generator=generator)
    y = samples.y.cpu()[order]
    # A sample's rank within its class; taking the lowest ranks first deals
    # the classes out in turn.
    rank = torch.zeros_like(y)
    for label in y.unique():
        mine = y == label
        rank[mine] = torch.arange(int(mine.sum()))
    chosen = order[torch.argsort(rank, stable=True)[:n]]
    return samples.take(chosen.to(samples.x.device))
