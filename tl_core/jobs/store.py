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
from pathlib import Path
from typing import Any

from tl_core import events
from tl_core.events import ArraysTaken, Event, RunStarted
from tl_core.history import History
from tl_core.jobs import arrays, database, records
from tl_core.jobs.records import Batch, RunRecord
from tl_core.spec import RunSpec

ACTIVE = ("queued", "running")
ENDS = {"RunFinished": "done", "RunFailed": "failed", "RunStopped": "stopped"}
CACHED = 64
OUT = "WHERE id NOT IN (SELECT run FROM library WHERE deleted IS NOT NULL)"
BACK = "UPDATE library SET deleted=NULL WHERE run=?"
"""Out of the trash, see `library.py`: what is listed, what is asked for."""


class RunStore:
    """Runs in the folder `path`; safe to use from many threads.

    A database that cannot be read is set aside, a new one begun, and
    `notice` says so.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._ended: set[tuple[str, str]] = set()  # (run, execution)
        self._histories: OrderedDict[str, tuple[int, int, History]]
        self._histories = OrderedDict()
        path.mkdir(parents=True, exist_ok=True)
        self._db, self.notice = database.open_or_begin(path)

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._db.close()

    def submit(self, spec: RunSpec) -> RunRecord:
        """The run of this spec, queued unless it is active or done."""
        with self.transaction() as db:
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
            db.execute(BACK, (spec.id,))
        record = self.get(spec.id)
        assert record is not None
        return record

    def requeue(self, run: str) -> bool:
        """Queue a finished run once more; its next attempt starts clean.

        Returns False when there is no such run, or it is under way.
        """
        with self.transaction() as db:
            done = db.execute(
                "UPDATE runs SET state='queued', error=NULL, created=?, "
                "started=NULL, finished=NULL "
                "WHERE id=? AND state NOT IN ('queued', 'running')",
                (time.time(), run),
            )
            db.execute(BACK, (run,))
        return done.rowcount == 1

    def get(self, run: str) -> RunRecord | None:
        """One run, None when it is not kept here."""
        found = self._records("WHERE id=?", run)
        return found[0] if found else None

    def recent(self, limit: int) -> list[RunRecord]:
        """The latest runs, newest first, without those in the trash."""
        return self._records(f"{OUT} ORDER BY created DESC LIMIT ?", limit)

    def unfinished(self) -> list[RunRecord]:
        """Runs that wait or run, in the order in which they were asked."""
        return self._records(
            "WHERE state IN ('queued', 'running') ORDER BY created"
        )

    def end(self, run: str, state: str, error: str | None = None) -> None:
        """Mark a run as failed or stopped that cannot say so itself."""
        with self.transaction() as db:
            db.execute(
                "UPDATE runs SET state=?, error=?, finished=? "
                "WHERE id=? AND state IN ('queued', 'running')",
                (state, error, time.time(), run),
            )

    def delete(self, run: str) -> None:
        """Forget a run, its events and its files."""
        with self.transaction() as db:
            db.execute("DELETE FROM events WHERE run=?", (run,))
            db.execute("DELETE FROM runs WHERE id=?", (run,))
            db.execute("DELETE FROM library WHERE run=?", (run,))
            self._histories.pop(run, None)
        shutil.rmtree(self._folder(run), ignore_errors=True)

    def append(self, batch: Batch) -> None:
        """Keep a batch; what is known already, or comes from an execution
        that has been replaced, changes nothing."""
        with self.transaction() as db:
            attempt = self._attempt(db, batch)
            if attempt is None:
                return
            for seq, (seconds, line) in enumerate(batch.rows, batch.first_seq):
                self._keep(batch, attempt, seq, seconds, line)

    def history(self, run: str) -> History | None:
        """The current attempt's events, folded; only what is new is read,
        and nothing that lies behind a batch which has yet to come.

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
                "SELECT seq, seconds, json FROM events WHERE run=? "
                "AND attempt=? AND seq>=? ORDER BY seq",
                (run, attempt, seen),
            ).fetchall()
            for seq, seconds, line in rows:
                if seq != seen:
                    break
                history.add(self._event(run, line), seconds)
                seen += 1
            history.peak_memory = record.peak_memory
            self._histories[run] = (attempt, seen, history)
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
        told = batch.run, batch.execution
        if batch.first_seq != 0 or told in self._ended:
            return None
        shutil.rmtree(self._folder(batch.run), ignore_errors=True)
        db.execute(
            "UPDATE runs SET attempt=?, execution=? WHERE id=?",
            (attempt + 1, batch.execution, batch.run),
        )
        db.execute("DELETE FROM events WHERE run=?", (batch.run,))
        return int(attempt) + 1

    def _keep(
        self, batch: Batch, attempt: int, seq: int, seconds: float, line: str
    ) -> None:
        """One event, and what it changes of the run's row."""
        data = json.loads(line)
        kind = data["event"]
        if kind == ArraysTaken.__name__:
            file = self._folder(batch.run) / f"{attempt}-{seq}.npz"
            line = arrays.set_aside(data, file)
        done = self._db.execute(
            "INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?)",
            (batch.run, attempt, seq, seconds, line),
        )
        if done.rowcount == 0:
            return
        now = time.time()
        if kind == RunStarted.__name__:
            self._db.execute(
                "UPDATE runs SET state='running', started=?, finished=NULL, "
                "error=NULL WHERE id=?",
                (now, batch.run),
            )
        elif kind in ENDS:
            self._ended.add((batch.run, batch.execution))
            end = (ENDS[kind], now, seconds, batch.peak_memory)
            self._db.execute(
                "UPDATE runs SET state=?, finished=?, seconds=?, "
                "peak_memory=?, error=? WHERE id=?",
                (*end, data.get("error"), batch.run),
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
        return [r for r in map(records.read, rows) if r is not None]

    def _folder(self, run: str) -> Path:
        return self.path / "arrays" / run

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """The database, all or nothing, for one thread at a time."""
        with self._lock, self._db:
            yield self._db
