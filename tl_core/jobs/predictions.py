"""What people expected before they looked: one number a person and question.

Kept beside the runs, so that a class can see everybody's guesses. A person is
a random name in a browser's cookie, nothing else.
"""

from __future__ import annotations

import math
import time

from tl_core.jobs.store import RunStore
from tl_core.texts import say

SCHEMA = """
CREATE TABLE IF NOT EXISTS predictions (
  question TEXT NOT NULL, person TEXT NOT NULL, value REAL NOT NULL,
  created REAL NOT NULL, PRIMARY KEY (question, person)) WITHOUT ROWID;
"""
LONGEST = 200
"""Characters of a question's or a person's name."""


def keep(store: RunStore, question: str, person: str, value: float) -> None:
    """Remember a guess; a later one of the same person takes its place.

    Raises:
        ValueError: the value is not finite, or a name is too long.
    """
    if not math.isfinite(value):
        raise ValueError(say("A guess is a finite number."))
    if max(len(question), len(person)) > LONGEST:
        raise ValueError(
            say("The name of a question or a person is too long.")
        )
    with store.transaction() as db:
        db.execute(SCHEMA)
        db.execute(
            "INSERT OR REPLACE INTO predictions VALUES (?, ?, ?, ?)",
            (question, person, float(value), time.time()),
        )


def guesses(store: RunStore, question: str) -> dict[str, float]:
    """Everybody's guess, by person."""
    with store.transaction() as db:
        db.execute(SCHEMA)
        rows = db.execute(
            "SELECT person, value FROM predictions WHERE question=?",
            (question,),
        ).fetchall()
    return dict(rows)
