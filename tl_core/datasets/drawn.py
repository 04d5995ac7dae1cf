"""Pictures drawn from a fetched collection, the same ones every time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import torch
from PIL import Image, ImageOps

from tl_core.card import SpecError
from tl_core.datasets.base import Domain, Samples, split
from tl_core.datasets.cache import Pictures, cached
from tl_core.datasets.online import Collection, place

TEST = 5
"""One in so many samples is kept to measure on."""


def domain(
    collection: Collection,
    samples: int,
    side: int,
    numbers: Sequence[int],
    mode: str = "RGB",
) -> Domain:
    """`samples` pictures, a fifth of them to test, drawn from the
    collection's own parts where it has two.

    `numbers` are the collection's class numbers in the order of the pair's
    classes; pictures of other classes are left out. x (n, c, side, side) in
    [0, 1]; mode is "RGB" (c = 3) or "L" (c = 1).

    Raises:
        SpecError: the collection has not been fetched.
    """
    test = samples // TEST
    draw = partial(_draw, collection, side=side, numbers=numbers, mode=mode)
    if collection.testing is None:
        both = draw("training", samples)
        return split(both.x, both.y, test=len(both) // TEST, seed=0)
    return Domain(draw("training", samples - test), draw("testing", test))


def halves(whole: Domain) -> tuple[Domain, Domain]:
    """Two disjoint domains of one law."""
    train, test = len(whole.train) // 2, len(whole.test) // 2
    rest = Domain(_after(whole.train, train), _after(whole.test, test))
    return Domain(whole.train.first(train), whole.test.first(test)), rest


def _after(samples: Samples, n: int) -> Samples:
    return Samples(samples.x[n:], samples.y[n:])


def _draw(
    collection: Collection,
    part: str,
    n: int,
    side: int,
    numbers: Sequence[int],
    mode: str,
) -> Samples:
    name = f"{collection.title}_{part}_{n}_{side}_{mode}_{len(numbers)}"
    images, labels = cached(
        name.replace(" ", "-").lower(),
        lambda: _read(collection, part, n, side, numbers, mode),
    )
    x = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous()
    return Samples(x.float().div(255), torch.from_numpy(labels))


def _read(
    collection: Collection,
    part: str,
    n: int,
    side: int,
    numbers: Sequence[int],
    mode: str,
) -> Pictures:
    """Images uint8 (n, side, side, c) and labels int64 (n,)."""
    root = place(collection)
    if root is None:
        raise SpecError(
            f"{collection.title} is not on this machine yet; start a run on "
            f"this dataset to download it ({collection.megabytes} MB), or "
            f"choose {collection.instead}."
        )
    opened = getattr(collection, part)(root=root, download=False)
    given = np.asarray(collection.labels(opened))
    order = np.random.default_rng(0).permutation(len(given))
    chosen = order[np.isin(given[order], numbers)][:n]
    new = {old: index for index, old in enumerate(numbers)}
    images = [_pixels(opened[int(i)][0], side, mode) for i in chosen]
    labels = [new[int(given[i])] for i in chosen]
    return np.stack(images), np.array(labels, dtype=np.int64)


def _pixels(image: Image.Image, side: int, mode: str) -> np.ndarray:
    """The middle square of an image, uint8 (side, side, c)."""
    square = ImageOps.fit(
        image.convert(mode), (side, side), Image.Resampling.BILINEAR
    )
    return np.asarray(square).reshape(side, side, -1)
