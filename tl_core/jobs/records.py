"""What the store keeps of a run, and what a worker sends it."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from tl_core.card import SpecError
from tl_core.events import RunStarted
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


ENDS = {"RunFinished": "done", "RunFailed": "failed", "RunStopped": "stopped"}
"""The state of a run after its last event."""
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


def advance(
    db: sqlite3.Connection, batch: Batch, event: Mapping[str, Any], took: float
) -> None:
    """What an event, `took` seconds after the start, changes of its run's
    row."""
    now, kind = time.time(), event["event"]
    if kind == RunStarted.__name__:
        db.execute(
            "UPDATE runs SET state='running', started=?, finished=NULL, "
            "error=NULL WHERE id=?",
            (now, batch.run),
        )
    elif kind in ENDS:
        end = (ENDS[kind], now, took, batch.peak_memory)
        db.execute(
            "UPDATE runs SET state=?, finished=?, seconds=?, "
            "peak_memory=?, error=? WHERE id=?",
            (*end, event.get("error"), batch.run),
        )
