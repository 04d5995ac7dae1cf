"""Collections that have to be fetched once: torchvision unpacks and reads
them, this file brings them, with progress, and says what to do offline.

They are looked for in `TL_DATA`, a folder in torchvision's layout, and then
in the lab's own; what is found is never fetched again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlparse

from torchvision.datasets.utils import check_integrity, extract_archive

from tl_core.card import SpecError
from tl_core.downloads import download
from tl_core.events import Downloading
from tl_core.home import folder

PACKED = (".gz", ".tgz", ".zip")
"""Endings of archives that are not needed once they are unpacked."""
ROOM = 3
"""How many times its download a collection takes while it is unpacked."""


@dataclass(frozen=True)
class Archive:
    """A file to fetch, its MD5 sum, and where torchvision looks for it."""

    url: str
    md5: str
    folder: str = "."

    @property
    def name(self) -> str:
        """The file's name."""
        return self.url.rpartition("/")[2]


@dataclass(frozen=True)
class Collection:
    """Pictures that torchvision can read.

    `training` and `testing` open a part, called with `root=` and `download=`;
    `testing` is None where there is only one part. `labels` reads the class
    numbers of an opened part. `instead` is a dataset that needs no network.
    `shelf` is a folder in which a package of the system puts the archives.
    """

    title: str
    archives: tuple[Archive, ...]
    training: Callable[..., Any]
    testing: Callable[..., Any] | None
    labels: Callable[[Any], Sequence[int]]
    megabytes: int
    instead: str
    shelf: str = ""

    @property
    def parts(self) -> list[Callable[..., Any]]:
        """What must open for the collection to be whole."""
        return [p for p in (self.training, self.testing) if p is not None]


def roots() -> list[Path]:
    """Folders in torchvision's layout, the user's own first."""
    given = os.environ.get("TL_DATA")
    own = folder("datasets") / "torchvision"
    return [Path(given), own] if given else [own]


def place(collection: Collection) -> Path | None:
    """The folder in which all of a collection is, None where nowhere."""
    for root in roots():
        try:
            for part in collection.parts:
                part(root=root, download=False)
        except (RuntimeError, OSError):
            continue
        return root
    return None


def fetch(*collections: Collection) -> Iterator[Downloading]:
    """Bring what is not on this machine, telling how far each file is.

    Raises:
        SpecError: it cannot be had; names what to use instead.
    """
    for collection in collections:
        if place(collection) is not None:
            continue
        try:
            yield from _bring(collection)
        except (OSError, RuntimeError) as error:
            host = urlparse(collection.archives[0].url).hostname or "a file"
            raise SpecError(
                f"{collection.title} is not on this machine and cannot be "
                f"downloaded from {host} ({error}); choose the dataset "
                f"{collection.instead}, which needs no network, or name a "
                "folder that has the files in TL_DATA."
            ) from None


def _bring(collection: Collection) -> Iterator[Downloading]:
    """Fetch and unpack aside, then move: what is half there is never used."""
    shelf = folder("datasets")
    _check_room(collection, shelf)
    with TemporaryDirectory(dir=shelf, prefix=".fetch-") as aside:
        fresh = Path(aside)
        for number, archive in enumerate(collection.archives, 1):
            what = f"{collection.title}, file {number} of "
            what += str(len(collection.archives))
            yield from _place(what, collection, archive, fresh)
        yield Downloading(f"{collection.title}, now unpacking", 1.0)
        for part in collection.parts:
            part(root=fresh, download=True)
        for archive in collection.archives:
            if archive.name.endswith(PACKED):
                path = fresh / archive.folder / archive.name
                path.unlink(missing_ok=True)
        _move(fresh, shelf / "torchvision")


def _check_room(collection: Collection, shelf: Path) -> None:
    free = shutil.disk_usage(shelf).free // 2**20
    wanted = ROOM * collection.megabytes
    if free < wanted:
        raise OSError(
            f"it takes {wanted} MB while it is unpacked, and {free} are free"
        )


def _place(
    what: str, collection: Collection, archive: Archive, fresh: Path
) -> Iterator[Downloading]:
    """Put one archive where torchvision looks for it below `fresh`."""
    path = fresh / archive.folder / archive.name
    path.parent.mkdir(parents=True, exist_ok=True)
    packaged = Path(collection.shelf) / archive.name
    if packaged.is_file():
        # The system vouches for it; it may be compressed in another way.
        extract_archive(packaged, path.parent)
        return
    found = _lying_about(archive)
    if found is None:
        yield from download(what, archive.url, path)
    else:
        shutil.copyfile(found, path)
    if not check_integrity(path, archive.md5):
        raise OSError(f"{archive.name} arrived damaged")


def _lying_about(archive: Archive) -> Path | None:
    """The archive in one of the folders, not unpacked, unharmed."""
    files = (root / archive.folder / archive.name for root in roots())
    return next((f for f in files if check_integrity(f, archive.md5)), None)


def _move(fresh: Path, shelf: Path) -> None:
    """Everything in `fresh` to `shelf`; what is there gives way."""
    shelf.mkdir(parents=True, exist_ok=True)
    for new in fresh.iterdir():
        old = shelf / new.name
        if old.is_dir():
            shutil.rmtree(old)
        new.replace(old)
