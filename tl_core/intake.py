"""Reads a stranger's folder or zip file without trusting it.

Nothing is unpacked: members are read one after the other into memory, and
counted while they are read, for a zip file's own figures may lie.
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tl_core.card import SpecError

PARTS = ("source", "target", "source_test", "target_test")
MOST_FILES = 20_000
MOST_BYTES = 200 * 2**20
MOST_IN_ONE = 20 * 2**20
LONGEST = 100
"""Letters in the name of a class."""
IGNORED = ("__MACOSX", "Thumbs.db", "desktop.ini")
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    NotImplementedError,
    MemoryError,
)


@dataclass(frozen=True)
class Member:
    """One file: where it belongs, what it is called, and its bytes."""

    part: str
    label: str
    name: str
    data: bytes


Left = list[tuple[str, str]]
"""Names that were left out, each with the reason."""


def members(path: Path, left: Left) -> Iterator[Member]:
    """The files PART/CLASS/NAME of a folder or zip file, in order of name;
    what is left out is added to `left`.

    Raises:
        SpecError: it is neither, or there is too much in it.
    """
    total = 0
    for member in (
        _of_folder(path, left) if path.is_dir() else _of_zip(path, left)
    ):
        total += len(member.data)
        if total > MOST_BYTES:
            raise SpecError(
                f"The data unpack to more than {MOST_BYTES // 2**20} MB; "
                "use fewer or smaller images."
            )
        yield member


def _of_zip(path: Path, left: Left) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(path)
    except BROKEN:
        raise SpecError(
            "The data must be a folder or a zip file that can be read."
        ) from None
    with archive:
        entries = [e for e in archive.infolist() if not e.is_dir()]
        _check_count(len(entries))
        seen: set[str] = set()
        for entry in sorted(entries, key=lambda e: e.filename):
            place = _place(entry.filename, left)
            if place is None:
                continue
            reason = _refused(entry) or (
                "it is there twice" if entry.filename in seen else ""
            )
            seen.add(entry.filename)
            data = b"" if reason else _read(archive, entry)
            reason = reason or _unusable(data)
            if reason or data is None:
                left.append((shown(entry.filename), reason))
                continue
            yield Member(*place, data)


def _refused(entry: zipfile.ZipInfo) -> str:
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "it is a link"
    return "it is encrypted" if entry.flag_bits & 1 else ""


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes | None:
    """At most one byte more than is allowed; None when it is broken."""
    try:
        with archive.open(entry) as file:
            return file.read(MOST_IN_ONE + 1)
    except BROKEN:
        return None


def _of_folder(path: Path, left: Left) -> Iterator[Member]:
    found: list[Path] = []
    for folder, _, names in os.walk(path, followlinks=False):
        found += [Path(folder) / name for name in names]
        _check_count(len(found))
    for file in sorted(found):
        name = file.relative_to(path).as_posix()
        place = _place(name, left)
        if place is None:
            continue
        if file.is_symlink() or not file.is_file():
            left.append((shown(name), "it is a link"))
            continue
        try:
            with file.open("rb") as opened:
                data: bytes | None = opened.read(MOST_IN_ONE + 1)
        except OSError:
            data = None
        reason = _unusable(data)
        if reason or data is None:
            left.append((shown(name), reason))
            continue
        yield Member(*place, data)


def _unusable(data: bytes | None) -> str:
    if data is None:
        return "it cannot be read"
    if not data:
        return "it is empty"
    if len(data) > MOST_IN_ONE:
        return f"it is larger than {MOST_IN_ONE // 2**20} MB"
    return ""


def _check_count(files: int) -> None:
    if files > MOST_FILES:
        raise SpecError(
            f"The data hold more than {MOST_FILES} files; use fewer images."
        )


def _place(name: str, left: Left) -> tuple[str, str, str] | None:
    """(part, class, name) of PART/CLASS/NAME, perhaps inside one folder;
    None, with a reason noted, for anything else."""
    path = PurePosixPath(name)
    pieces = path.parts
    if any(p in IGNORED or p.startswith("._") for p in pieces):
        return None
    hostile = path.is_absolute() or ".." in pieces or ":" in pieces[0]
    if hostile or "\\" in name:
        left.append((shown(name), "its path leads out of the data"))
        return None
    if pieces and pieces[0] not in PARTS:
        pieces = pieces[1:]
    if len(pieces) != 3 or pieces[0] not in PARTS:
        left.append((shown(name), "it is not in PART/CLASS/, such as target/"))
        return None
    part, label, file = pieces
    if len(label) > LONGEST or not label.isprintable():
        left.append((shown(name), "the name of its class cannot be used"))
        return None
    return part, label, file


def shown(name: str) -> str:
    """A file's name as a message may show it."""
    clean = "".join(c if c.isprintable() else "?" for c in name)
    return clean if len(clean) <= 80 else f"…{clean[-79:]}"
