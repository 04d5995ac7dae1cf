"""The SQLite file behind the store."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

PATIENCE = 10.0
"""Seconds to wait while another program holds the file."""

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
"""


def open_or_begin(folder: Path) -> tuple[sqlite3.Connection, str]:
    """The database in `folder`, and a notice, empty when all is well.

    A damaged file is set aside and a new one begun.

    Raises:
        sqlite3.OperationalError: the file is locked by another program, may
            not be written, or the disk is full; the runs in it are well.
    """
    path = folder / "runs.db"
    try:
        return connect(path), ""
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        aside = path.with_name(f"runs.db.corrupt-{int(time.time())}")
        path.replace(aside)
        for rest in folder.glob("runs.db-*"):
            rest.unlink()
        notice = (
            "The list of runs could not be read; it was set aside as "
            f"{aside.name} and a new one was begun."
        )
        return connect(path), notice


def connect(path: Path) -> sqlite3.Connection:
    """Open (or make) the file and check it.

    Raises:
        sqlite3.DatabaseError: it is damaged, or no database.
    """
    db = sqlite3.connect(path, timeout=PATIENCE, check_same_thread=False)
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
