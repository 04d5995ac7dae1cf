r"""# Your own pictures

Two folders of pictures, `source/CLASS/` and `target/CLASS/`, with the same
classes in both; or `target/` alone, for a backbone that brings what it learned
on ImageNet. Where no `source_test/` or `target_test/` is given, a quarter of
each class is held out to measure on. What moves between your domains is for
you to find out: the Domains page has the instruments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from tl_core import uploads
from tl_core.card import DatasetCard, hyper
from tl_core.datasets.base import Domain, DomainPair, Samples, nothing


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
        about = uploads.about(self.data)
        arrays = uploads.arrays_of(self.data)
        target = self._domain("target", arrays)
        has_source = "source_x" in arrays
        source = (
            self._domain("source", arrays)
            if has_source
            else nothing(target.train)
        )
        return DomainPair(source, target, about.classes)

    def _domain(self, part: str, arrays: dict[str, np.ndarray]) -> Domain:
        samples = self._samples(part, arrays)
        if f"{part}_test_x" in arrays:
            order = torch.randperm(len(samples), generator=chance())
            test = self._samples(f"{part}_test", arrays)
            again = torch.randperm(len(test), generator=chance())
            return Domain(samples.take(order), test.take(again))
        return hold_out(samples, uploads.HELD_OUT)

    def _samples(self, part: str, arrays: dict[str, np.ndarray]) -> Samples:
        x = torch.from_numpy(arrays[f"{part}_x"]).permute(0, 3, 1, 2)
        y = torch.from_numpy(arrays[f"{part}_y"])
        side = x.shape[-1] if self.side == "auto" else int(self.side)
        return Samples(resized(x.float() / 255, side), y)


def resized(x: Tensor, side: int) -> Tensor:
    """x (n, 3, h, h) at another side, without stair-steps."""
    if x.shape[-1] == side:
        return x.contiguous()
    size = (side, side)
    found = F.interpolate(x, size=size, mode="bilinear", antialias=True)
    return found.clamp(0, 1)


def hold_out(samples: Samples, share: int) -> Domain:
    """Shuffled; of each class one sample in `share` to test."""
    order = torch.randperm(len(samples), generator=chance())
    y = samples.y[order]
    rank = torch.zeros_like(y)
    for label in y.unique():
        mine = y == label
        rank[mine] = torch.arange(int(mine.sum()))
    held = rank % share == 0
    return Domain(samples.take(order[~held]), samples.take(order[held]))


def chance() -> torch.Generator:
    """The same shuffle on every load."""
    return torch.Generator().manual_seed(0)


DATASET = Folder
