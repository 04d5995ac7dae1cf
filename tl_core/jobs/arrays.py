"""Pictures of a run kept beside the database, one .npz file each."""

from __future__ import annotations

import contextlib
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
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


def read(lines: Sequence[str], folder: Path) -> Iterator[Event | None]:
    """The events of rows, their arrays from `folder`; None for each row that
    was damaged."""
    for data in _parsed(lines):
        try:
            if "file" in data:
                data = bring_back(data, folder)
            event = events.from_dict(data)
        except event_check.DAMAGED:
            yield None
        else:
            yield event if event_check.sound(event) else None


def _parsed(lines: Sequence[str]) -> list[Any]:
    """What each line says, None where it is not JSON. All at once takes half
    the time, and a long run has 50,000 of them."""
    with contextlib.suppress(*event_check.DAMAGED):
        together: list[Any] = json.loads(f"[{','.join(lines)}]")
        if len(together) == len(lines):
            return together
    return [_alone(line) for line in lines]


def _alone(line: str) -> Any:
    try:
        return json.loads(line)
    except event_check.DAMAGED:
        return None


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
