"""RunStore: every run, its state and its events, in SQLite and array files.

The store is the truth about runs; the engine writes it, pages read it. An
event is kept under (run, attempt, seq), so telling it twice changes nothing.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tl_core import events
from tl_core.card import SpecError
from tl_core.events import ArraysTaken, Event, RunStarted
from tl_core.history import History
from tl_core.jobs import arrays
from tl_core.spec import RunSpec, spec_from_dict

ACTIVE = ("queued", "running")
ENDS = {"RunFinished": "done", "RunFailed": "failed", "RunStopped": "stopped"}
CACHED = 64
SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
  id TEXT PRIMARY KEY, spec TEXT NOT NULL, state TEXT NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 0, execution TEXT NOT NULL DEFAULT '',
  created REAL NOT NULL, started REAL, finished REAL,
  seconds REAL NOT NULL DEFAULT 0, peak_memory INTEGER NOT NULL DEFAULT 0,
  error TEXT);
CREATE TABLE IF NOT EXISTS events (
  run TEXT NOT NULL, attempt INTEGER NOT NULL, seq INTEGER NOT NULL,
  seconds REAL NOT NULL, json TEXT NOT NULL,
  PRIMARY KEY (run, attempt, seq)) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class RunRecord:
    """One row of the store. Times are unix seconds, None when not yet;
    `state` is queued, running, done, failed or stopped."""

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


class RunStore:
    """Runs in the folder `path`; safe to use from many threads.

    A database that cannot be read is set aside, a new one begun, and
    `notice` says so.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notice = ""
        self._lock = threading.RLock()
        self._ended: set[str] = set()  # executions that told their end
        self._histories: OrderedDict[str, tuple[int, int, History]]
        self._histories = OrderedDict()
        path.mkdir(parents=True, exist_ok=True)
        self._db = self._open()

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._db.close()

    def submit(self, spec: RunSpec) -> RunRecord:
        """The run of this spec, queued unless it is active or done."""
        with self._transaction() as db:
            db.execute(
                "INSERT OR IGNORE INTO runs (id, spec, state, created) "
                "VALUES (?, ?, 'queued', ?)",
                (spec.id, spec.to_json(), time.time()),
            )
            db.execute(
                "UPDATE runs SET state='queued', error=NULL, created=? "
                "WHERE id=? AND state IN ('failed', 'stopped')",
                (time.time(), spec.id),
            )
        record = self.get(spec.id)
        assert record is not None
        return record

    def requeue(self, run: str) -> None:
        """Queue a finished run once more; its next attempt starts clean."""
        with self._transaction() as db:
            db.execute(
                "UPDATE runs SET state='queued', error=NULL, created=?, "
                "started=NULL, finished=NULL "
                "WHERE id=? AND state NOT IN ('queued', 'running')",
                (time.time(), run),
            )

    def get(self, run: str) -> RunRecord | None:
        """One run, None when it is not kept here."""
        found = self._records("WHERE id=?", run)
        return found[0] if found else None

    def recent(self, limit: int) -> list[RunRecord]:
        """The latest runs, newest first."""
        return self._records("ORDER BY created DESC LIMIT ?", limit)

    def unfinished(self) -> list[RunRecord]:
        """Runs that wait or run, in the order in which they were asked."""
        return self._records(
            "WHERE state IN ('queued', 'running') ORDER BY created"
        )

    def end(self, run: str, state: str, error: str | None = None) -> None:
        """Mark a run as failed or stopped that cannot say so itself."""
        with self._transaction() as db:
            db.execute(
                "UPDATE runs SET state=?, error=?, finished=? "
                "WHERE id=? AND state IN ('queued', 'running')",
                (state, error, time.time(), run),
            )

    def delete(self, run: str) -> None:
        """Forget a run, its events and its files."""
        with self._transaction() as db:
            db.execute("DELETE FROM events WHERE run=?", (run,))
            db.execute("DELETE FROM runs WHERE id=?", (run,))
            self._histories.pop(run, None)
        shutil.rmtree(self._folder(run), ignore_errors=True)

    def append(self, batch: Batch) -> None:
        """Keep a batch; what is known already, or comes from an execution
        that has been replaced, changes nothing."""
        with self._transaction() as db:
            attempt = self._attempt(db, batch)
            if attempt is None:
                return
            for offset, (seconds, line) in enumerate(batch.rows):
                self._keep(db, batch, attempt, offset, seconds, line)

    def history(self, run: str) -> History | None:
        """The current attempt's events, folded; only what is new is read.

        The history is shared by all readers: do not change it.
        """
        with self._lock:
            record = self.get(run)
            if record is None:
                return None
            attempt, seen, history = self._histories.get(
                run, (0, 0, History(record.spec))
            )
            if attempt != record.attempt:
                attempt, seen = record.attempt, 0
                history = History(record.spec)
            rows = self._db.execute(
                "SELECT seconds, json FROM events WHERE run=? AND attempt=? "
                "AND seq>=? ORDER BY seq",
                (run, attempt, seen),
            ).fetchall()
            for seconds, line in rows:
                history.add(self._event(run, line), seconds)
            history.peak_memory = record.peak_memory
            self._histories[run] = (attempt, seen + len(rows), history)
            self._histories.move_to_end(run)
            while len(self._histories) > CACHED:
                self._histories.popitem(last=False)
            return history

    def events(self, run: str) -> list[Event]:
        """Every event of the current attempt, in order."""
        with self._lock:
            rows = self._db.execute(
                "SELECT json FROM events JOIN runs ON id=run "
                "AND events.attempt=runs.attempt WHERE run=? ORDER BY seq",
                (run,),
            ).fetchall()
        return [self._event(run, line) for (line,) in rows]

    def _attempt(self, db: sqlite3.Connection, batch: Batch) -> int | None:
        """The attempt a batch belongs to; a new execution begins one."""
        row = db.execute(
            "SELECT attempt, execution FROM runs WHERE id=?", (batch.run,)
        ).fetchone()
        if row is None:
            return None
        attempt, execution = row
        if execution == batch.execution:
            return int(attempt)
        if batch.first_seq != 0 or batch.execution in self._ended:
            return None
        shutil.rmtree(self._folder(batch.run), ignore_errors=True)
        db.execute(
            "UPDATE runs SET attempt=?, execution=? WHERE id=?",
            (attempt + 1, batch.execution, batch.run),
        )
        db.execute("DELETE FROM events WHERE run=?", (batch.run,))
        return int(attempt) + 1

    def _keep(
        self,
        db: sqlite3.Connection,
        batch: Batch,
        attempt: int,
        offset: int,
        seconds: float,
        line: str,
    ) -> None:
        seq, data = batch.first_seq + offset, json.loads(line)
        kind = data["event"]
        if kind == ArraysTaken.__name__:
            file = self._folder(batch.run) / f"{attempt}-{seq}.npz"
            line = arrays.set_aside(data, file)
        done = db.execute(
            "INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?)",
            (batch.run, attempt, seq, seconds, line),
        )
        if done.rowcount == 0:
            return
        if kind == RunStarted.__name__:
            db.execute(
                "UPDATE runs SET state='running', started=?, finished=NULL, "
                "error=NULL WHERE id=?",
                (time.time(), batch.run),
            )
        elif kind in ENDS:
            self._ended.add(batch.execution)
            db.execute(
                "UPDATE runs SET state=?, finished=?, seconds=?, "
                "peak_memory=?, error=? WHERE id=?",
                (
                    ENDS[kind],
                    time.time(),
                    seconds,
                    batch.peak_memory,
                    data.get("error"),
                    batch.run,
                ),
            )

    def _event(self, run: str, line: str) -> Event:
        data = json.loads(line)
        if "file" in data:
            data = arrays.bring_back(data, self._folder(run))
        return events.from_dict(data)

    def _records(self, where: str, *values: Any) -> list[RunRecord]:
        with self._lock:
            rows = self._db.execute(
                "SELECT id, spec, state, attempt, created, started, "
                f"finished, seconds, peak_memory, error FROM runs {where}",
                values,
            ).fetchall()
        return [r for r in map(_record, rows) if r is not None]

    def _folder(self, run: str) -> Path:
        return self.path / "arrays" / run

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._db:
            yield self._db

    def _open(self) -> sqlite3.Connection:
        try:
            return _connect(self.path / "runs.db")
        except sqlite3.DatabaseError:
            aside = self.path / f"runs.db.corrupt-{int(time.time())}"
            (self.path / "runs.db").replace(aside)
            for rest in self.path.glob("runs.db-*"):
                rest.unlink()
            self.notice = (
                "The list of runs could not be read; it was set aside as "
                f"{aside.name} and a new one was begun."
            )
            return _connect(self.path / "runs.db")


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=10, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")
        db.executescript(SCHEMA)
        if db.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("the database is damaged")
    except sqlite3.DatabaseError:
        db.close()
        raise
    return db


def _record(row: tuple[Any, ...]) -> RunRecord | None:
    """A row as a record; None for a spec of another version of the lab that
    this one cannot run."""
    try:
        spec = spec_from_dict(json.loads(row[1]))
    except SpecError:
        return None
    return RunRecord(row[0], spec, *row[2:])
