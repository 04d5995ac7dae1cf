"""In which order runs begin: in turn between owners, not first come.

Fair queueing by start tags (Goyal, Vin and Cheng, "Start-time fair queuing",
IEEE/ACM Trans. Networking 5(5), 1997), with every run of one length: a run's
turn is the turn that is being served, or the one after its owner's last, if
that is later. So the second of two owners waits for one run of the first and
not for all sixty of a race.
"""

from __future__ import annotations

from collections.abc import Sequence

from tl_core.jobs.records import RunRecord
from tl_core.jobs.store import RunStore

ACTIVE = "FROM turns JOIN runs ON id=run WHERE state IN ('queued', 'running')"


def take(store: RunStore, run: str, owner: str, job: str) -> None:
    """Give a run the owner's next turn; `job` is the race that it belongs
    to, or the run itself."""
    with store.transaction() as db:
        turn = upcoming(store, owner)
        db.execute(
            "INSERT OR REPLACE INTO turns VALUES (?, ?, ?, ?)",
            (run, turn, owner, job),
        )


def upcoming(store: RunStore, owner: str) -> int:
    """The turn that an owner's next run would get."""
    with store.transaction() as db:
        served, waits, last = db.execute(
            "SELECT MAX(CASE WHEN state='running' AND turn>=0 THEN turn END), "
            "MIN(CASE WHEN state='queued' AND turn>=0 THEN turn END), "
            f"MAX(CASE WHEN owner=? THEN turn END) {ACTIVE}",
            (owner,),
        ).fetchone()
    now = served if served is not None else waits or 0
    return now if last is None else max(now, last + 1)


def of(store: RunStore, run: str) -> int:
    """A run's turn; 0 for one that never had any."""
    with store.transaction() as db:
        row = db.execute(
            "SELECT turn FROM turns WHERE run=?", (run,)
        ).fetchone()
    return row[0] if row else 0


def put(store: RunStore, run: str, turn: int) -> None:
    """Move a run to another turn."""
    with store.transaction() as db:
        db.execute("UPDATE turns SET turn=? WHERE run=?", (turn, run))


def first(store: RunStore) -> int:
    """A turn before all others."""
    with store.transaction() as db:
        (least,) = db.execute(f"SELECT MIN(turn) {ACTIVE}").fetchone()
    return min(0, least or 0) - 1


def order(store: RunStore) -> list[RunRecord]:
    """Runs that run, then those that wait, in the order in which they will
    begin."""
    with store.transaction() as db:
        turn = dict(db.execute(f"SELECT run, turn {ACTIVE}").fetchall())
    return sorted(
        store.unfinished(),
        key=lambda r: (r.state != "running", turn.get(r.id, 0), r.created),
    )


def jobs(store: RunStore, owner: str) -> set[str]:
    """What of an owner waits or runs: single runs, and races as one each."""
    with store.transaction() as db:
        rows = db.execute(
            f"SELECT DISTINCT job {ACTIVE} AND owner=?", (owner,)
        ).fetchall()
    return {job for (job,) in rows}


def waiting(store: RunStore) -> int:
    """How many runs wait."""
    with store.transaction() as db:
        (count,) = db.execute(
            "SELECT COUNT(*) FROM runs WHERE state='queued'"
        ).fetchone()
    return int(count)


def ahead(records: Sequence[RunRecord], run: str) -> list[RunRecord]:
    """Those of an order that come before a run."""
    ids = [record.id for record in records]
    return list(records[: ids.index(run)]) if run in ids else []
