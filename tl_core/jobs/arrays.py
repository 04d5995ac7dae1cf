"""Pictures of a run kept beside the database, one .npz file each."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tl_core import event_check, events
from tl_core.events import Array, ArraysTaken, Event
from tl_core.parsing import undisturbed

DAMAGED = (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error)


def reference(data: Mapping[str, Any], file: Path) -> str:
    """The row of an ArraysTaken event whose arrays are in `file`."""
    kept = {key: data[key] for key in ("event", "name", "step")}
    return json.dumps({**kept, "file": file.name})


def write(data: Mapping[str, Any], file: Path) -> None:
    """Write an ArraysTaken event's arrays to `file`."""
    event = events.from_dict(data)
    assert isinstance(event, ArraysTaken)
    file.parent.mkdir(parents=True, exist_ok=True)
    values: dict[str, Any] = {k: a.numpy() for k, a in event.arrays.items()}
    np.savez_compressed(file, **values)


def read(line: str, folder: Path) -> Event | None:
    """The event of a row, its arrays from `folder`; None where the row was
    damaged."""
    try:
        data = json.loads(line)
        if "file" in data:
            data = bring_back(data, folder)
        event = events.from_dict(data)
    except event_check.DAMAGED:
        return None
    return event if event_check.sound(event) else None


def bring_back(data: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The event as `events.to_dict` wrote it; without arrays when the file
    is gone or damaged, for the run's numbers do not depend on it."""
    try:
        # numpy leaves a damaged file open when it opened it itself
        with (
            undisturbed(),
            (folder / Path(data["file"]).name).open("rb") as file,
            np.load(file, allow_pickle=False) as stored,
        ):
            arrays = {name: Array.of(stored[name]) for name in stored.files}
    except DAMAGED:
        arrays = {}
    return events.to_dict(ArraysTaken(data["name"], data["step"], arrays))
