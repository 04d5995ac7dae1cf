r"""# Your own pictures

Two folders of pictures, `source/CLASS/` and `target/CLASS/`, with the same
classes in both; or `target/` alone, for a backbone that brings what it learned
on ImageNet. Where no `source_test/` or `target_test/` is given, a quarter of
each class is held out to measure on. What moves between your domains is for
you to find out: compare accuracies before and after adapting, and look at the
MMD of each stage.

It helps to see whether a method that works on the digits of a paper works on
your own problem. It hurts to trust the number when pictures of one scene lie
in both the training and the held-out part: then bring a `target_test/` of
other scenes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from tl_core import picture_sets
from tl_core.card import DatasetCard, hyper
from tl_core.datasets.base import Domain, DomainPair, Samples, nothing

HELD_OUT = 4
"""One in so many pictures of a class is kept to measure on."""
CHUNK = 512


@dataclass(frozen=True)
class Folder:
    """An imported set of pictures, by the hash of its content."""

    data: str = hyper(
        "",
        "Which imported set: upload a zip file, or give a path with --data "
        "on the command line.",
        pattern="[0-9a-f]{16}|",
    )
    side: str = hyper(
        "auto",
        "Side of the square that pictures are brought to; auto keeps that of "
        "the import.",
        unit="pixels",
        choices=("auto", "32", "64", "96", "128"),
    )

    card: ClassVar[DatasetCard] = DatasetCard(
        title="Your own pictures",
        summary="A zip file with source/CLASS/ and target/CLASS/; or target/ "
        "alone, for an ImageNet backbone.",
        source="your pictures in source/",
        target="your pictures in target/",
        moves=("P(X)",),
        inputs="images",
        reference="your own",
        order=200,
    )

    def load(self) -> DomainPair:
        """Domains of x (n, 3, side, side) in [0, 1].

        Raises:
            SpecError: the set is not kept here.
        """
        classes = picture_sets.about(self.data).classes
        arrays = picture_sets.arrays_of(self.data)
        target = self._domain("target", arrays)
        has_source = "source_x" in arrays
        source = (
            self._domain("source", arrays)
            if has_source
            else nothing(target.train)
        )
        return DomainPair(source, target, classes)

    def _domain(self, part: str, arrays: dict[str, np.ndarray]) -> Domain:
        x, y = arrays[f"{part}_x"], torch.from_numpy(arrays[f"{part}_y"])
        if f"{part}_test_x" not in arrays:
            train, test = held_out(y, HELD_OUT)
            return Domain(
                self._samples(x, y, train), self._samples(x, y, test)
            )
        test_x = arrays[f"{part}_test_x"]
        test_y = torch.from_numpy(arrays[f"{part}_test_y"])
        return Domain(
            self._samples(x, y, shuffled(len(y))),
            self._samples(test_x, test_y, shuffled(len(test_y))),
        )

    def _samples(self, x: np.ndarray, y: Tensor, index: Tensor) -> Samples:
        side = x.shape[1] if self.side == "auto" else int(self.side)
        taken = torch.from_numpy(x)[index].permute(0, 3, 1, 2)
        # In chunks, for floats are four times as large as the bytes.
        parts = [resized(part, side) for part in taken.split(CHUNK)]
        return Samples(torch.cat(parts), y[index])


def resized(x: Tensor, side: int) -> Tensor:
    """x uint8 (n, 3, h, h) as float32 (n, 3, side, side) in [0, 1], without
    stair-steps."""
    floats = x.contiguous().float() / 255
    if x.shape[-1] == side:
        return floats
    size = (side, side)
    found = F.interpolate(floats, size=size, mode="bilinear", antialias=True)
    return found.clamp(0, 1)


def held_out(y: Tensor, share: int) -> tuple[Tensor, Tensor]:
    """Where to find, in shuffled order, the samples to train on, and of each
    class one in `share` to measure on."""
    order = shuffled(len(y))
    rank = torch.zeros_like(y)
    for label in y.unique():
        mine = y[order] == label
        rank[mine] = torch.arange(int(mine.sum()))
    return order[rank % share != 0], order[rank % share == 0]


def shuffled(n: int) -> Tensor:
    """The numbers to n in an order that is the same on every load."""
    return torch.randperm(n, generator=torch.Generator().manual_seed(0))


DATASET = Folder
