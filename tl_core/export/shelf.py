"""Files that took a training to make, kept in TL_HOME/exports."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tl_core.history import History
from tl_core.home import folder

MOST = 20
"""Files that are kept; the oldest give way."""


@dataclass(frozen=True)
class Made:
    """A file, the target accuracy that was measured on what it holds, and
    the device on which it was made."""

    path: Path
    accuracy: float
    device: str

    def agrees(self, history: History) -> bool:
        """Whether it reaches what the run reached, to the digit."""
        end = history.finished
        return end is not None and end.accuracy["target"] == self.accuracy


def place(history: History, ending: str) -> Path:
    """Where a file of a run lies: a run that is done again on another
    device has another one."""
    end = history.finished
    accuracy = dict(end.accuracy) if end else {}
    told = json.dumps([history.device, accuracy], sort_keys=True)
    digest = hashlib.sha256(told.encode()).hexdigest()[:8]
    return folder("exports") / f"{history.spec.id}-{digest}{ending}"


def keep(path: Path, data: bytes, said: Mapping[str, Any]) -> Made:
    """Put a file there, its accuracy and device beside it; a half-written
    one is never seen."""
    about = {"accuracy": said["accuracy"], "device": said["device"]}
    write(path.with_name(f"{path.name}.json"), json.dumps(about).encode())
    write(path, data)
    _make_room(path.parent)
    return Made(path, **about)


def find(path: Path) -> Made | None:
    """What was kept there; None when nothing was, or it gave way."""
    beside = path.with_name(f"{path.name}.json")
    if not (path.is_file() and beside.is_file()):
        return None
    try:
        about = json.loads(beside.read_text("utf-8"))
        return Made(path, float(about["accuracy"]), str(about["device"]))
    except (ValueError, KeyError, TypeError, OSError):
        return None  # damaged: then it is made again


def write(path: Path, data: bytes) -> None:
    """Write a file all at once."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _make_room(shelf: Path) -> None:
    files = [
        p for p in shelf.iterdir() if p.suffix in (".safetensors", ".zip")
    ]
    files.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for old in files[MOST:]:
        old.unlink(missing_ok=True)
        old.with_name(f"{old.name}.json").unlink(missing_ok=True)
