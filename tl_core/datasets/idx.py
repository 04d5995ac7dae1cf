"""Collections in the files of MNIST: four archives of images and labels."""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import Any

from tl_core.datasets.online import Archive, Collection


def like_mnist(
    title: str, kind: Any, *, megabytes: int, shelf: str = ""
) -> Collection:
    """What `kind`, torchvision's MNIST or one like it, reads, from the
    server that it names first."""
    archives = tuple(
        Archive(f"{kind.mirrors[0]}{name}", md5, f"{kind.__name__}/raw")
        for name, md5 in kind.resources
    )
    return Collection(
        title,
        archives,
        partial(kind, train=True),
        partial(kind, train=False),
        attrgetter("targets"),
        megabytes=megabytes,
        instead="digits_split",
        shelf=shelf,
    )
