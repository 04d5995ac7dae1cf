"""What learners have done, kept beside the runs: one row an entry.

A learner is a random name in a browser's cookie. A reset moves the rows to
another name, so that it can be undone; `swap` is its own undoing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from tl_core import progress
from tl_core.jobs.store import RunStore
from tl_core.progress import MOST, AnyEntry
from tl_core.texts import say

ASIDE = ":aside"
"""What is added to a name for the rows that were set aside; the name of a
browser has only letters and digits."""
LONGEST = 64


def keep(store: RunStore, person: str, *entries: AnyEntry) -> None:
    """Remember entries; one of the same kind and key is replaced, and the
    oldest of too many go.

    Raises:
        ValueError: the person's name is none of a browser, or a field of an
            entry is not what it has to be.
    """
    with store.transaction() as db:
        _insert(db, _checked(person), entries)


def of(store: RunStore, person: str) -> list[AnyEntry]:
    """Everything a person has done, oldest first."""
    with store.transaction() as db:
        rows = db.execute(
            "SELECT json FROM progress WHERE person=? ORDER BY at, kind, key",
            (_checked(person),),
        ).fetchall()
    found = [progress.read(line) for (line,) in rows]
    return [entry for entry in found if entry is not None]


def reset(store: RunStore, person: str) -> None:
    """Begin anew; what was there is set aside, in the place of what was set
    aside before."""
    name = _checked(person)
    with store.transaction() as db:
        db.execute("DELETE FROM progress WHERE person=?", (name + ASIDE,))
        _rename(db, name, name + ASIDE)


def swap(store: RunStore, person: str) -> None:
    """What was set aside comes back, what is there is set aside."""
    name = _checked(person)
    with store.transaction() as db:
        _rename(db, name, name + ASIDE * 2)
        _rename(db, name + ASIDE, name)
        _rename(db, name + ASIDE * 2, name + ASIDE)


def set_aside(store: RunStore, person: str) -> int:
    """How many entries can be brought back."""
    with store.transaction() as db:
        (count,) = db.execute(
            "SELECT count(*) FROM progress WHERE person=?",
            (_checked(person) + ASIDE,),
        ).fetchone()
    return int(count)


def merge(store: RunStore, person: str, entries: Iterable[AnyEntry]) -> int:
    """Add what is new or newer than what is there; how many that were. What
    was there before can be brought back."""
    name = _checked(person)
    known = {(e.kind, e.key): e.at for e in of(store, name)}
    fresh = [
        e for e in entries if e.at > known.get((e.kind, e.key), float("-inf"))
    ]
    with store.transaction() as db:
        db.execute("DELETE FROM progress WHERE person=?", (name + ASIDE,))
        db.execute(
            "INSERT INTO progress SELECT ?, kind, key, at, json FROM progress "
            "WHERE person=?",
            (name + ASIDE, name),
        )
        _insert(db, name, fresh)
    return len(fresh)


def replace(store: RunStore, person: str, entries: Iterable[AnyEntry]) -> None:
    """Have these in the place of what is there, which is set aside."""
    name, given = _checked(person), list(entries)
    with store.transaction() as db:
        db.execute("DELETE FROM progress WHERE person=?", (name + ASIDE,))
        _rename(db, name, name + ASIDE)
        _insert(db, name, given)


def _checked(person: str) -> str:
    if not person.isalnum() or len(person) > LONGEST:
        raise ValueError(
            say("A person is named by up to 64 letters and digits.")
        )
    return person


def _insert(
    db: sqlite3.Connection, name: str, entries: Iterable[AnyEntry]
) -> None:
    rows = []
    for entry in entries:
        line = entry.model_dump_json()
        if progress.read(line) is None:
            raise ValueError(
                say("This {kind} could not be read again.", kind=entry.kind)
            )
        rows.append((name, entry.kind, entry.key, entry.at, line))
    db.executemany(
        "INSERT OR REPLACE INTO progress VALUES (?, ?, ?, ?, ?)", rows
    )
    db.execute(
        "DELETE FROM progress WHERE person=?1 AND (kind, key) IN (SELECT "
        "kind, key FROM progress WHERE person=?1 ORDER BY at DESC "
        "LIMIT -1 OFFSET ?2)",
        (name, MOST),
    )


def _rename(db: sqlite3.Connection, old: str, new: str) -> None:
    db.execute("UPDATE progress SET person=? WHERE person=?", (new, old))
