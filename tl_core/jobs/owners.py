"""Whose runs are whose: everybody who asked for a run owns it.

A person is known by the random name in a browser's cookie, or by a login. The
lab itself (command line, scripts) has no name. What only the lab asked for is
everybody's; what a person asked for is seen in lists by its owners alone, and
by whoever has its link.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from tl_core.jobs.store import RunStore

RUN, RACE = "run", "race"
"""Kinds of things that have owners."""
KEPT = "kind=? AND thing=? AND deleted IS NULL"


@dataclass(frozen=True)
class Person:
    """Who asks: a name of letters and digits, and whether it is a teacher,
    who may do everything."""

    name: str = ""
    teacher: bool = False

    @property
    def unbound(self) -> bool:
        """Whether caps and privacy of others do not concern them."""
        return self.teacher or not self.name


LAB = Person()
"""The lab itself, on behalf of nobody."""


def add(store: RunStore, name: str, kind: str, *things: str) -> None:
    """Make a person an owner, once more after having deleted it; the lab
    owns nothing."""
    if not name:
        return
    with store.transaction() as db:
        db.executemany(
            "INSERT INTO owners (kind, thing, owner, since) "
            "VALUES (?, ?, ?, ?) "
            "ON CONFLICT (kind, thing, owner) DO UPDATE SET deleted=NULL",
            [(kind, thing, name, time.time()) for thing in things],
        )


def names(store: RunStore, kind: str, thing: str) -> list[str]:
    """Its owners who have not deleted it, the first to ask first."""
    with store.transaction() as db:
        rows = db.execute(
            f"SELECT owner FROM owners WHERE {KEPT} ORDER BY since, owner",
            (kind, thing),
        ).fetchall()
    return [owner for (owner,) in rows]


def first(store: RunStore, race: str) -> str:
    """In whose turn a race's runs are done; empty for one of the lab."""
    return next(iter(names(store, RACE, race)), "")


def everybodys(store: RunStore, kind: str, thing: str) -> bool:
    """Whether only the lab ever asked for it."""
    with store.transaction() as db:
        row = db.execute(
            "SELECT 1 FROM owners WHERE kind=? AND thing=?", (kind, thing)
        ).fetchone()
    return row is None


def join(
    store: RunStore, name: str, kind: str, thing: str, before: object
) -> None:
    """Make a person an owner, but of what was there `before` (None: nothing)
    and is everybody's: it stays so."""
    if before is None or not everybodys(store, kind, thing):
        add(store, name, kind, thing)


def share(store: RunStore, race: str, runs: Sequence[str]) -> None:
    """Make a race's owners the owners of its runs."""
    whose = names(store, RACE, race)
    for run in runs:
        before = store.get(run)
        for name in whose:
            # The first of them to own it has made it theirs.
            join(store, name, RUN, run, before)


def may_change(store: RunStore, person: Person, kind: str, thing: str) -> bool:
    """Whether it is theirs to stop, repeat, name or delete."""
    return (
        person.unbound
        or person.name in names(store, kind, thing)
        or everybodys(store, kind, thing)
    )


def release(store: RunStore, person: Person, kind: str, thing: str) -> bool:
    """Whether a person may stop it. One of several owners only leaves: it
    goes on for the others, and counts as theirs from now on."""
    whose = names(store, kind, thing)
    others = [name for name in whose if name != person.name]
    if person.teacher or not others:
        return may_change(store, person, kind, thing)
    if person.name in whose:
        with store.transaction() as db:
            db.execute(
                f"DELETE FROM owners WHERE {KEPT} AND owner=?",
                (kind, thing, person.name),
            )
            db.execute(
                "UPDATE turns SET owner=? WHERE owner=? AND ? IN (run, job)",
                (others[0], person.name, thing),
            )
    return False


def release_race(
    store: RunStore, person: Person, race: str, runs: Sequence[str]
) -> bool:
    """The same of a race; whoever leaves it leaves those runs too."""
    mine = person.name in names(store, RACE, race)
    if release(store, person, RACE, race):
        return True
    if mine:
        for run in runs:
            release(store, person, RUN, run)
    return False
