"""Deleting runs with a way back: a trash of everybody's own.

Of several owners each deletes a run for themselves alone. Once nobody wants
it any more it lies in the lab's trash, and is forgotten after KEPT_DAYS.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from tl_core.jobs import library, owners, storage
from tl_core.jobs.owners import LAB, RUN, Person
from tl_core.jobs.store import RunStore

KEPT_DAYS = 7
"""Days in the trash before a run is forgotten."""
MINE = "kind='run' AND thing=? AND owner=?"


def trash(
    store: RunStore, runs: Sequence[str], person: Person = LAB
) -> list[str]:
    """Put runs into a person's trash; returns those that went. One that
    waits or runs has to be stopped first, another's is left alone."""
    gone = []
    with store.transaction():
        for run in runs:
            record = store.get(run)
            if record is None or record.state in ("queued", "running"):
                continue
            theirs = owners.may_change(store, person, RUN, run)
            if theirs and _put(store, run, person):
                gone.append(run)
    return gone


def _put(store: RunStore, run: str, person: Person) -> bool:
    """Put one run away; whether it was not there already."""
    now = time.time()
    with store.transaction() as db:
        own = db.execute(
            f"UPDATE owners SET deleted=? WHERE {MINE} AND deleted IS NULL",
            (now, run, person.name),
        )
        if owners.names(store, RUN, run) and not person.unbound:
            return own.rowcount == 1  # others keep it
        done = db.execute(
            "INSERT INTO library (run, deleted) VALUES (?, ?) "
            "ON CONFLICT(run) DO UPDATE SET deleted=excluded.deleted "
            "WHERE deleted IS NULL",
            (run, now),
        )
    return own.rowcount + done.rowcount > 0


def bring_back(
    store: RunStore, runs: Iterable[str], person: Person = LAB
) -> None:
    """Take runs out of a person's trash again."""
    with store.transaction() as db:
        theirs = {run.id for run in library.trashed(store, person)}
        for run in theirs.intersection(runs):
            db.execute("UPDATE library SET deleted=NULL WHERE run=?", (run,))
            db.execute(
                f"UPDATE owners SET deleted=NULL WHERE {MINE}",
                (run, person.name),
            )


def purge(store: RunStore, before: float, person: Person = LAB) -> int:
    """Forget what a person put into the trash before a time (unix seconds);
    with it goes, unless somebody else could bring it back, the run and what
    was exported from it. Returns how many runs left the trash."""
    with store.transaction():
        old = [
            run.id
            for run in library.trashed(store, person)
            if run.deleted is not None and run.deleted < before
        ]
        for run in old:
            _forget(store, run, person)
    return len(old)


def _forget(store: RunStore, run: str, person: Person) -> None:
    with store.transaction() as db:
        db.execute(f"DELETE FROM owners WHERE {MINE}", (run, person.name))
        (others,) = db.execute(
            "SELECT COUNT(*) FROM owners WHERE kind='run' AND thing=?", (run,)
        ).fetchone()
        unwanted = db.execute(
            "SELECT 1 FROM library WHERE run=? AND deleted IS NOT NULL", (run,)
        ).fetchone()
        if unwanted and (person.unbound or not others):
            store.delete(run)
            for path in storage.exports_of(run):
                path.unlink(missing_ok=True)


def purge_old(store: RunStore) -> int:
    """Forget what has been in anybody's trash for KEPT_DAYS."""
    before = time.time() - KEPT_DAYS * 24 * 3600
    with store.transaction() as db:
        db.execute("DELETE FROM owners WHERE deleted < ?", (before,))
        return purge(store, before)
