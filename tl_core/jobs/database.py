"""The SQLite file behind the store."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from tl_core.jobs import salvage, unreadable
from tl_core.texts import say

PATIENCE = 10.0
"""Seconds to wait at the start while another program holds the file."""
BRIEFLY = 1.0
"""The same later on, when pages wait: what cannot be written then is written
a little later."""
ADDED = (("runs", "tries", "INTEGER NOT NULL DEFAULT 0"),)
"""Columns that earlier versions of the lab did not have."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
  id TEXT PRIMARY KEY, spec TEXT NOT NULL, state TEXT NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 0, execution TEXT NOT NULL DEFAULT '',
  created REAL NOT NULL, started REAL, finished REAL,
  seconds REAL NOT NULL DEFAULT 0, peak_memory INTEGER NOT NULL DEFAULT 0,
  error TEXT);
CREATE TABLE IF NOT EXISTS library (
  run TEXT PRIMARY KEY, name TEXT NOT NULL DEFAULT '',
  tags TEXT NOT NULL DEFAULT '', deleted REAL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS races (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, race TEXT NOT NULL,
  rates TEXT NOT NULL, state TEXT NOT NULL,
  created REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events (
  run TEXT NOT NULL, attempt INTEGER NOT NULL, seq INTEGER NOT NULL,
  seconds REAL NOT NULL, json TEXT NOT NULL,
  PRIMARY KEY (run, attempt, seq)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS progress (
  person TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
  at REAL NOT NULL, json TEXT NOT NULL,
  PRIMARY KEY (person, kind, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS owners (
  kind TEXT NOT NULL, thing TEXT NOT NULL, owner TEXT NOT NULL,
  since REAL NOT NULL, deleted REAL,
  PRIMARY KEY (kind, thing, owner)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS turns (
  run TEXT PRIMARY KEY, turn INTEGER NOT NULL, owner TEXT NOT NULL,
  job TEXT NOT NULL) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS forgotten AFTER DELETE ON runs BEGIN
  DELETE FROM owners WHERE kind='run' AND thing=OLD.id;
  DELETE FROM turns WHERE run=OLD.id;
END;
"""


def open_or_begin(folder: Path) -> tuple[sqlite3.Connection, str]:
    """The database in `folder`, and a notice, empty when all is well.

    A damaged file is set aside and a new one begun with what can be read.

    Raises:
        sqlite3.OperationalError: the file is locked by another program, may
            not be written, or the disk is full; the runs in it are well.
    """
    path = folder / "runs.db"
    try:
        db = connect(path)
        return db, unreadable.set_aside(db)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        runs = _rescue(path)
    aside = _set_aside(path)
    _fresh(path).replace(path)
    kept = say("1 run") if runs == 1 else say("{runs:,} runs", runs=runs)
    db = connect(path)
    unreadable.set_aside(db)
    return db, (
        say(
            "The list of runs was damaged. It was set aside as {name}, and a "
            "new one begun with what could be read: {kept}. A run of which a "
            "part was lost says so; run it again.",
            name=aside.name,
            kept=kept,
        )
    )


def _fresh(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


def _rescue(path: Path) -> int:
    """A new database beside a damaged one, with the runs that can be read;
    returns how many. The old one stays as it is until that is done."""
    fresh = _fresh(path)
    fresh.unlink(missing_ok=True)
    db = connect(fresh)
    try:
        return salvage.rescue(path, db)
    finally:
        db.close()


def _set_aside(path: Path) -> Path:
    """Rename a damaged database, with what was written last beside it."""
    when = time.strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.name}.corrupt-{when}")
    while aside.exists():
        aside = aside.with_name(f"{aside.name}-")
    path.replace(aside)
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    log = path.with_name(f"{path.name}-wal")
    if log.exists():
        log.replace(aside.with_name(f"{aside.name}-wal"))
    return aside


def connect(path: Path) -> sqlite3.Connection:
    """Open (or make) the file and check it.

    Raises:
        sqlite3.DatabaseError: it is damaged, or no database.
    """
    db = sqlite3.connect(path, timeout=PATIENCE, check_same_thread=False)
    db.text_factory = _text
    try:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")
        db.executescript(SCHEMA)
        _add_columns(db)
        if db.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("the database is damaged")
        db.execute(f"PRAGMA busy_timeout={round(1000 * BRIEFLY)}")
    except sqlite3.DatabaseError:
        db.close()
        raise
    return db


def _text(data: bytes) -> str:
    """Text as it was written; what is none is told by those who read it."""
    return data.decode("utf-8", "replace")


def _add_columns(db: sqlite3.Connection) -> None:
    """What a database of an earlier version of the lab lacks."""
    for table, column, kind in ADDED:
        known = db.execute(f"PRAGMA table_info({table})").fetchall()
        if column not in [row[1] for row in known]:
            db.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
