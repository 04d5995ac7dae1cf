"""An experiment as a small JSON file, and back: plain data, checked like
every other input, never code."""

from __future__ import annotations

import json
from pathlib import Path

from tl_core.card import SpecError, shown
from tl_core.spec import VERSION, RunSpec, spec_from_dict

LARGEST = 20_000
"""Bytes; a spec has less than two thousand."""


def written(spec: RunSpec) -> str:
    """The file's text."""
    return json.dumps(spec.to_dict(), indent=1) + "\n"


def at(path: Path) -> RunSpec:
    """The spec in the file at `path`; no more is read than a spec has.

    Raises:
        SpecError: there is no such file, or no spec in it.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError):
        raise SpecError(
            f"There is no file {shown(str(path))} that can be read."
        ) from None
    return read(data)


def read(data: bytes) -> RunSpec:
    """The spec in a file.

    Raises:
        SpecError: one sentence on what is wrong with the file.
    """
    if len(data) > LARGEST:
        raise SpecError(
            f"The file has {len(data):,} bytes; a spec has at most "
            f"{LARGEST:,}. Choose the JSON file that a run was exported to."
        )
    try:
        found = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise SpecError(
            "The file is no JSON; choose the one that a run was exported to."
        ) from None
    if not isinstance(found, dict):
        raise SpecError("The file holds no spec: it must be a JSON object.")
    version = found.get("version", VERSION)
    if version != VERSION:
        raise SpecError(
            f"The spec is of version {shown(version)} of the lab, whose "
            f"numbers differ from those of version {VERSION}. To use it all "
            f'the same, write "version": {VERSION} into the file.'
        )
    return spec_from_dict(found)
