"""Reads a stranger's folder or zip file without trusting it.

Nothing is unpacked: members are read one after the other into memory, and
counted while they are read, for a zip file's own figures may lie.
"""

from __future__ import annotations

import os
import stat
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from tl_core.card import SpecError
from tl_core.picture_places import Place, hidden, place_of, shown
from tl_core.texts import say

MOST_FILES = 20_000
MOST_BYTES = 200 * 2**20
MOST_IN_ONE = 20 * 2**20
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
HEADER = b"PK\x01\x02"
"""What each entry of a zip file's directory begins with."""
CHUNK = 2**24


@dataclass(frozen=True)
class Member:
    """One file: where it belongs, what it is called, and its bytes."""

    part: str
    label: str
    name: str
    data: bytes


@dataclass(frozen=True)
class Found:
    """One file before it is read: why it must not be, or how it is."""

    name: str
    refused: str
    read: Callable[[], bytes]


Given = Path | BinaryIO
"""A folder or zip file, or the bytes of a zip file."""
Left = list[tuple[str, str]]
"""Names that were left out, each with the reason."""


def members(given: Given, left: Left) -> Iterator[Member]:
    """The files PART/CLASS/NAME of a folder or zip file, in order of name;
    what is left out is added to `left`. Hidden files are not mentioned.

    Raises:
        SpecError: it is neither, or there is too much in it.
    """
    if isinstance(given, Path) and given.is_dir():
        yield from _chosen(_of_folder(given), left)
        return
    with closing(_archive(given)) as archive:
        yield from _chosen(_of_zip(archive), left)


def _chosen(files: list[Found], left: Left) -> Iterator[Member]:
    files = [file for file in files if not hidden(file.name)]
    places = {file.name: place_of(file.name) for file in files}
    roots = Counter(p.root for p in places.values() if isinstance(p, Place))
    root = max(roots, key=lambda r: roots[r], default="")
    seen: set[Place] = set()
    spent = 0
    for file in sorted(files, key=lambda f: f.name):
        place, data = places[file.name], b""
        reason = _refused(place, root, seen) or file.refused
        if not reason and isinstance(place, Place):
            seen.add(place)
            data, reason = _read(file)
            spent += len(data)
            _check_bytes(spent)
            if not reason:
                yield Member(place.part, place.label, place.name, data)
        if reason:
            left.append((shown(file.name), reason))


def _refused(place: Place | str, root: str, seen: set[Place]) -> str:
    if isinstance(place, str):
        return place
    if place.root != root:
        return say("it is in a second folder of source/ and target/")
    return say("it is there twice") if place in seen else ""


def _read(file: Found) -> tuple[bytes, str]:
    """A file's bytes, at most one more than is allowed, and why they are
    not to be used."""
    try:
        data = file.read()
    except Exception:  # zipfile raises a dozen kinds for a hostile file
        return b"", say("it cannot be read")
    if not data:
        return b"", say("it is empty")
    if len(data) > MOST_IN_ONE:
        return data, say(
            "it is larger than {most} MB",
            most=MOST_IN_ONE // 2**20,
        )
    return data, ""


def _archive(given: Given) -> zipfile.ZipFile:
    if isinstance(given, Path) and not given.is_file():
        raise SpecError(
            say("There is no folder or file {shown}.", shown=shown(str(given)))
        )
    try:
        if isinstance(given, Path):
            with given.open("rb") as file:
                _check_directory(file)
        else:
            _check_directory(given)
        return zipfile.ZipFile(given)
    except SpecError:
        raise
    except Exception:  # zipfile raises a dozen kinds for a hostile file
        raise SpecError(
            say("The data must be a folder or a zip file that can be read.")
        ) from None


def _check_directory(file: BinaryIO) -> None:
    """Count the entries without making them: a directory of millions would
    fill the memory before it could be refused."""
    file.seek(0)
    entries = 0
    while chunk := file.read(CHUNK):
        entries += chunk.count(HEADER)
    _check_count(entries // 2)  # half of them may be folders
    file.seek(0)


def _of_zip(archive: zipfile.ZipFile) -> list[Found]:
    entries = [e for e in archive.infolist() if e.filename[-1:] != "/"]
    _check_count(len(entries))
    return [
        Found(e.filename, _locked(e), partial(_unpack, archive, e))
        for e in entries
    ]


def _locked(entry: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return say("it is a link")
    if entry.flag_bits & 1:
        return say("it is encrypted")
    return (
        "" if entry.compress_type in PACKED else say("it is packed unusually")
    )


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as file:
        return file.read(MOST_IN_ONE + 1)


def _of_folder(path: Path) -> list[Found]:
    found: list[Path] = []
    for folder, _, names in os.walk(path, followlinks=False):
        found += [Path(folder) / name for name in names]
        _check_count(len(found))
    return [
        Found(
            file.relative_to(path).as_posix(),
            say("it is a link")
            if file.is_symlink() or not file.is_file()
            else "",
            partial(_load, file),
        )
        for file in found
    ]


def _load(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(MOST_IN_ONE + 1)


def _check_count(files: int) -> None:
    if files > MOST_FILES:
        raise SpecError(
            say(
                "The data hold more than {most} files; use fewer images.",
                most=MOST_FILES,
            )
        )


def _check_bytes(spent: int) -> None:
    if spent > MOST_BYTES:
        raise SpecError(
            say(
                "The data unpack to more than {most} MB; use fewer or "
                "smaller images.",
                most=MOST_BYTES // 2**20,
            )
        )
