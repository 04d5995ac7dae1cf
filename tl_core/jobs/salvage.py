"""Runs out of a damaged database, as far as they can be read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from tl_core.texts import say

LOST = say(
    "A part of this run was lost when the list of runs was damaged; run it "
    "again."
)


def rescue(damaged: Path, into: sqlite3.Connection) -> int:
    """Copy every row that can be read to a new database, and mark runs that
    were done and are no longer complete; returns how many runs there are.

    Tables are read from both ends, so that one damaged page costs what is on
    it and not what comes after it.
    """
    old = sqlite3.connect(damaged)
    tables = into.execute(
        "SELECT name FROM sqlite_schema WHERE type='table' "
        "AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    try:
        with into:
            for (table,) in tables:
                _copy(old, into, table)
            _mark_incomplete(into)
        (count,) = into.execute("SELECT COUNT(*) FROM runs").fetchone()
    finally:
        old.close()
    return int(count)


def _copy(
    old: sqlite3.Connection, into: sqlite3.Connection, table: str
) -> None:
    columns = [c for c in _columns(into, table) if c in _columns(old, table)]
    if not columns:
        return
    marks = ", ".join("?" for _ in columns)
    names = ", ".join(columns)
    into.executemany(
        f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})",
        _rows(old, table, names, _key(into, table)),
    )


def _rows(
    old: sqlite3.Connection, table: str, names: str, key: list[str]
) -> Iterator[tuple[object, ...]]:
    for way in ("ASC", "DESC"):
        order = ", ".join(f"{column} {way}" for column in key)
        try:
            yield from old.execute(
                f"SELECT {names} FROM {table} ORDER BY {order}"
            )
        except sqlite3.DatabaseError:
            continue


def _columns(db: sqlite3.Connection, table: str) -> list[str]:
    try:
        rows = db.execute(f"PRAGMA table_info({table})").fetchall()
    except sqlite3.DatabaseError:
        return []
    return [row[1] for row in rows]


def _key(db: sqlite3.Connection, table: str) -> list[str]:
    """What the table is stored by: its own key, or the number of the row."""
    try:
        db.execute(f"SELECT rowid FROM {table} LIMIT 0")
    except sqlite3.OperationalError:
        rows = db.execute(f"PRAGMA table_info({table})").fetchall()
        ranked = sorted((row[5], row[1]) for row in rows if row[5])
        return [name for _, name in ranked]
    return ["rowid"]


def lost(db: sqlite3.Connection, run: str) -> None:
    """A run that was done has an event that cannot be read."""
    db.execute(
        "UPDATE runs SET state='failed', error=? WHERE id=? AND state='done'",
        (LOST, run),
    )


def _mark_incomplete(db: sqlite3.Connection) -> None:
    """A run that was done and lacks an event has to be done again."""
    db.execute(
        "UPDATE runs SET state='failed', error=? WHERE state='done' AND "
        "NOT EXISTS (SELECT 1 FROM events WHERE run=id "
        "AND events.attempt=runs.attempt GROUP BY run "
        "HAVING COUNT(*)=MAX(seq)+1 AND "
        'SUM(json LIKE \'{"event": "RunFinished"%\')=1)',
        (LOST,),
    )
