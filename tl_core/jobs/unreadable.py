"""Rows that no version of the lab can have written: kept apart, so that one
of them does not cost a reader all the others."""

from __future__ import annotations

import sqlite3
import time

SCHEMA = """
CREATE TABLE IF NOT EXISTS unreadable (
  found REAL NOT NULL, source TEXT NOT NULL, columns TEXT NOT NULL)
"""
NUMBER = "IN ('real', 'integer')"
MAYBE = "IN ('real', 'integer', 'null')"
SOUND = {
    "runs": f"""
      length(id)=16 AND id NOT GLOB '*[^0-9a-f]*' AND typeof(spec)='text'
      AND CASE WHEN json_valid(spec) THEN
        json_type(spec, '$.dataset')='text'
        AND json_type(spec, '$.backbone')='text'
        AND json_type(spec, '$.strategy')='text'
        AND json_type(spec, '$.seed')='integer' END
      AND state IN ('queued', 'running', 'done', 'failed', 'stopped')
      AND typeof(attempt)='integer' AND typeof(execution)='text'
      AND typeof(created) {NUMBER} AND typeof(started) {MAYBE}
      AND typeof(finished) {MAYBE} AND typeof(seconds) {NUMBER}
      AND typeof(peak_memory)='integer'
      AND typeof(error) IN ('text', 'null')""",
    "library": f"""
      typeof(name)='text' AND typeof(tags)='text'
      AND typeof(deleted) {MAYBE}""",
    "races": f"""
      typeof(name)='text' AND typeof(created) {NUMBER} AND json_valid(race)
      AND json_valid(rates)
      AND state IN ('tuning', 'starting', 'racing', 'stopped')""",
    "progress": f"typeof(at) {NUMBER} AND typeof(json)='text'",
}
"""What holds of every row that the lab wrote, by table."""


def set_aside(db: sqlite3.Connection) -> str:
    """Move unsound rows to the table `unreadable`; a notice that says how
    many these were, empty where there are none."""
    count = 0
    with db:
        for table, sound in SOUND.items():
            wrong = f"FROM {table} WHERE ({sound}) IS NOT TRUE"
            (found,) = db.execute(f"SELECT COUNT(*) {wrong}").fetchone()
            if not found:
                continue
            columns = db.execute(f"PRAGMA table_info({table})").fetchall()
            quoted = " || ', ' || ".join(f"quote({c[1]})" for c in columns)
            db.execute(SCHEMA)
            db.execute(
                f"INSERT INTO unreadable SELECT ?, ?, {quoted} {wrong}",
                (time.time(), table),
            )
            db.execute(f"DELETE {wrong}")
            count += found
    if not count:
        return ""
    rows = "1 entry" if count == 1 else f"{count:,} entries"
    return (
        f"{rows} of the lab's database could not be read and stand in its "
        "table “unreadable”; all others are well."
    )
