"""RunStore: every run, its state and its events, in SQLite and array files.

The store is the truth about runs; the engine writes it, pages read it. An
event is kept under (run, attempt, seq), so telling it twice changes nothing.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from collections import OrderedDict
from functools import partial
from pathlib import Path
from typing import Any

from tl_core.events import ArraysTaken, Event
from tl_core.history import History
from tl_core.jobs import arrays, records, salvage
from tl_core.jobs.guarded import GuardedDatabase
from tl_core.jobs.records import Batch, RunRecord
from tl_core.spec import RunSpec

ACTIVE = ("queued", "running")
CACHED = 64
OUT = "WHERE id NOT IN (SELECT run FROM library WHERE deleted IS NOT NULL)"
QUEUE = (
    "UPDATE runs SET state='queued', error=NULL, created=?, started=NULL, "
    "finished=NULL, tries=0 WHERE id=? AND state"
)
BACK = "UPDATE library SET deleted=NULL WHERE run=?"
"""Out of the trash, see `library.py`: what is listed, what is asked for."""


class RunStore(GuardedDatabase):
    """Runs in the folder `path`; safe to use from many threads."""

    def __init__(self, path: Path) -> None:
        self._ended: set[tuple[str, str]] = set()  # (run, execution)
        self._histories: OrderedDict[str, tuple[int, int, History]]
        self._histories = OrderedDict()
        super().__init__(path)

    def submit(self, spec: RunSpec) -> RunRecord:
        """The run of this spec, queued unless it is active or done."""
        with self.transaction() as db:
            db.execute(
                "INSERT OR IGNORE INTO runs (id, spec, state, created) "
                "VALUES (?, ?, 'queued', ?)",
                (spec.id, spec.to_json(), now := self._now(db)),
            )
            db.execute(f"{QUEUE} IN ('failed', 'stopped')", (now, spec.id))
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
                f"{QUEUE} NOT IN ('queued', 'running')", (self._now(db), run)
            )
            db.execute(BACK, (run,))
        return done.rowcount == 1

    def _now(self, db: sqlite3.Connection) -> float:
        """The time, after that of every run that waits: a clock that was
        set back does not change their order."""
        (last,) = db.execute(
            "SELECT MAX(created) FROM runs "
            "WHERE state IN ('queued', 'running')"
        ).fetchone()
        return max(time.time(), (last or 0.0) + 1e-6)

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
        self._surely(partial(self._end, run, state, error))

    def _end(self, run: str, state: str, error: str | None) -> None:
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
        self._surely(partial(self._append, batch))

    def _append(self, batch: Batch) -> None:
        with self.transaction() as db:
            attempt = self._attempt(db, batch)
            if attempt is None:
                return
            for seq, (seconds, line) in enumerate(batch.rows, batch.first_seq):
                self._keep(batch, attempt, seq, seconds, line)
        if (
            batch.rows
            and json.loads(batch.rows[-1][1])["event"] in records.ENDS
        ):
            self._ended.add((batch.run, batch.execution))

    def history(self, run: str) -> History | None:
        """The current attempt's events, folded; only what is new is read,
        and nothing that lies behind a batch which has yet to come.

        The history is shared by all readers: do not change it.
        """
        with self._reading() as db:
            record = self.get(run)
            if record is None:
                return None
            attempt, seen, history = self._histories.get(
                run, (0, 0, History(record.spec))
            )
            if attempt != record.attempt:
                attempt, seen = record.attempt, 0
                history = History(record.spec)
            rows = db.execute(
                "SELECT seq, CAST(seconds AS REAL), json FROM events "
                "WHERE run=? AND attempt=? AND seq>=? ORDER BY seq",
                (run, attempt, seen),
            ).fetchall()
            folder = self._folder(run)  # once: a run may have 50,000 rows
            for seq, seconds, line in rows:
                event = self._event(run, line, folder)
                if seq != seen or event is None:
                    break
                history.add(event, seconds)
                seen += 1
            history.peak_memory = record.peak_memory
            self._histories[run] = (attempt, seen, history)
            self._histories.move_to_end(run)
            while len(self._histories) > CACHED:
                self._histories.popitem(last=False)
            return history

    def events(self, run: str) -> list[Event]:
        """Every event of the current attempt, in order."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT json FROM events JOIN runs ON id=run "
                "AND events.attempt=runs.attempt WHERE run=? ORDER BY seq",
                (run,),
            ).fetchall()
        folder = self._folder(run)
        found = (self._event(run, line, folder) for (line,) in rows)
        return [event for event in found if event is not None]

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
            "UPDATE runs SET attempt=?, execution=?, tries=tries+1 WHERE id=?",
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
        file = self._folder(batch.run) / f"{attempt}-{seq}.npz"
        pictures = kind == ArraysTaken.__name__
        if pictures:
            line = arrays.reference(data, file)
        done = self._db.execute(
            "INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?)",
            (batch.run, attempt, seq, seconds, line),
        )
        if done.rowcount == 0:
            return
        if pictures:  # before anybody can see the row, and never again
            arrays.write(data, file)
        records.advance(self._db, batch, data, seconds)

    def _event(self, run: str, line: str, folder: Path) -> Event | None:
        """An event; None where its row is damaged, and the run says so."""
        event = arrays.read(line, folder)
        if event is None:
            with self.transaction() as db:
                salvage.lost(db, run)
        return event

    def _records(self, where: str, *values: Any) -> list[RunRecord]:
        with self._reading() as db:
            rows = db.execute(
                f"SELECT {records.COLUMNS} FROM runs {where}", values
            ).fetchall()
        return [r for r in map(records.read, rows) if r is not None]

    def _forget(self) -> None:
        self._histories.clear()

    def _folder(self, run: str) -> Path:
        return self.path / "arrays" / run
