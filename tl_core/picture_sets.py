"""Imported pictures, kept in TL_HOME/uploads as plain arrays.

A set is named by the hash of its pixels, classes and splits, so a run on it
is determined by content and not by a path.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tl_core.card import SpecError, shown
from tl_core.home import folder
from tl_core.picture_places import PARTS
from tl_core.texts import say

NAME = "[0-9a-f]{16}"
AGAIN = say("import the zip file or folder again.")
LOOK = 60.0
"""Seconds between two looks that are noted."""
Counts = dict[str, dict[str, int]]
"""Pictures by part and class."""


@dataclass(frozen=True)
class Imported:
    """What was taken: the set's id, its classes, pictures by part and class,
    their side in pixels, and what was left out, with reasons."""

    id: str
    classes: tuple[str, ...]
    counts: dict[str, dict[str, int]]
    side: int
    left: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Picture:
    """uint8 (side, side, 3), and where it belongs."""

    part: str
    label: str
    pixels: np.ndarray


def keep(
    decoded: list[Picture],
    counts: Counts,
    side: int,
    left: tuple[tuple[str, str], ...],
) -> Imported:
    classes = tuple(sorted(counts["target"]))
    arrays = _arrays(decoded, classes)
    digest = hashlib.sha256(json.dumps(classes).encode())
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].shape}".encode())
        digest.update(arrays[name].data)
    done = Imported(digest.hexdigest()[:16], classes, counts, side, left)
    about = np.array(json.dumps(asdict(done)))
    path = path_of(done.id)
    partial = path.with_name(f"{done.id}.{uuid.uuid4().hex}.partial")
    try:
        with partial.open("wb") as file:
            np.savez(file, about=about, **arrays)  # type: ignore[arg-type]
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return done


def _arrays(
    decoded: list[Picture], classes: tuple[str, ...]
) -> dict[str, np.ndarray]:
    places = {name: index for index, name in enumerate(classes)}
    arrays: dict[str, np.ndarray] = {}
    for part in PARTS:
        mine = [picture for picture in decoded if picture.part == part]
        if mine:
            labels = [places[picture.label] for picture in mine]
            arrays[f"{part}_x"] = np.stack([p.pixels for p in mine])
            arrays[f"{part}_y"] = np.array(labels, dtype=np.int64)
    return arrays


def path_of(data: str) -> Path:
    """Where an imported set lies."""
    return folder("uploads") / f"{data}.npz"


def about(data: str) -> Imported:
    """What is known of an imported set, without its pictures.

    Raises:
        SpecError: it is not kept here.
    """
    found = _stored(data, "about")
    try:
        return _imported(json.loads(str(found["about"])))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SpecError(_broken(data)) from None


def _imported(said: dict[str, Any]) -> Imported:
    counts = {
        str(part): {str(name): int(n) for name, n in by_class.items()}
        for part, by_class in said["counts"].items()
    }
    left = tuple((str(name), str(why)) for name, why in said["left"])
    classes = tuple(map(str, said["classes"]))
    return Imported(said["id"], classes, counts, int(said["side"]), left)


def arrays_of(data: str) -> dict[str, np.ndarray]:
    """The arrays of an imported set: PART_x uint8 (n, side, side, 3), PART_y.

    Raises:
        SpecError: it is not kept here.
    """
    return _stored(data, "[a-z_]+_[xy]")


def _stored(data: str, wanted: str) -> dict[str, np.ndarray]:
    if not data:
        raise SpecError(
            say(
                "This dataset needs pictures of your own: give a zip file or "
                "folder with --data, or upload one on the Run page."
            )
        )
    if not re.fullmatch(NAME, data) or not path_of(data).is_file():
        raise SpecError(
            say(
                "The pictures {shown} are not kept here; {again}",
                shown=shown(data),
                again=AGAIN,
            )
        )
    try:
        _seen(path_of(data))
        # Opened here, for numpy leaves a broken file open.
        with path_of(data).open("rb") as file:
            stored = np.load(file, allow_pickle=False)
            names = [n for n in stored.files if re.fullmatch(wanted, n)]
            return {name: stored[name] for name in names}
    except Exception:  # numpy and zipfile raise many kinds for broken files
        raise SpecError(_broken(data)) from None


def _seen(path: Path) -> None:
    """Somebody looks at a set: it is kept for longer."""
    if time.time() - path.stat().st_mtime > LOOK:
        os.utime(path)


def _broken(data: str) -> str:
    return say(
        "The pictures {data} cannot be read any more; {again}",
        data=data,
        again=AGAIN,
    )
