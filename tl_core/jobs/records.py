"""What the store keeps of a run, and what a worker sends it."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from tl_core.card import SpecError
from tl_core.spec import RunSpec, spec_from_dict


@dataclass(frozen=True)
class RunRecord:
    """One row of the store. Times are unix seconds, None when not yet;
    `state` is queued, running, done, failed or stopped; `attempt` counts how
    often it was begun in all, `tries` since somebody last asked for it."""

    id: str
    spec: RunSpec
    state: str
    attempt: int
    created: float
    started: float | None
    finished: float | None
    seconds: float
    peak_memory: int
    error: str | None
    tries: int = 0


COLUMNS = ", ".join(field.name for field in fields(RunRecord))


@dataclass(frozen=True)
class Batch:
    """Consecutive events of one execution of a run, as a worker sends them.

    `rows` holds (seconds since the execution began, event as JSON);
    `execution` is a token that every start of the task draws anew.
    """

    run: str
    execution: str
    first_seq: int
    rows: list[tuple[float, str]]
    peak_memory: int = 0


def read(row: tuple[Any, ...]) -> RunRecord | None:
    """A row as a record; None for a spec of another version of the lab that
    this one cannot run."""
    try:
        spec = spec_of(row[1])
    except (SpecError, RecursionError):
        return None
    return RunRecord(row[0], spec, *row[2:])


@lru_cache(maxsize=4096)
def spec_of(text: str) -> RunSpec:
    """The spec that a row keeps. Checking it is most of the cost of reading
    a row, and every watcher reads its row about once a second."""
    return spec_from_dict(json.loads(text))
