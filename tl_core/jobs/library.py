"""What people make of their runs: lists, names and tags.

The lists of this file read no events but the last of each run, so that a lab
with thousands of runs lists them at once.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tl_core import catalog, event_check
from tl_core.card import SpecError
from tl_core.events import RunFinished
from tl_core.jobs import naming, records
from tl_core.jobs.owners import LAB, Person
from tl_core.jobs.store import RunStore
from tl_core.spec import RunSpec

TAGS = 10
"""Where the tags are in a row."""
_ROWS = """
SELECT id, json_extract(spec, '$.dataset'), json_extract(spec, '$.backbone'),
  json_extract(spec, '$.strategy'), json_extract(spec, '$.seed'), state,
  created, runs.seconds, error, COALESCE(name, ''), COALESCE(tags, ''),
  COALESCE(library.deleted, own.deleted),
  (SELECT CASE WHEN json_valid(json)
    THEN json_extract(json, '$.accuracy.target') END FROM events
    WHERE run=id AND events.attempt=runs.attempt ORDER BY seq DESC LIMIT 1)
FROM runs LEFT JOIN library ON run=id
LEFT JOIN owners AS own ON kind='run' AND thing=id AND owner=:name
"""
SEEN = """
WHERE (:all OR own.thing IS NOT NULL OR
  NOT EXISTS (SELECT 1 FROM owners WHERE kind='run' AND thing=id))
AND COALESCE(library.deleted, own.deleted) IS """
"""What a person sees in lists; NULL or NOT NULL comes after it."""


@dataclass(frozen=True)
class Kept:
    """One run as a list shows it. `created` and `deleted` are unix seconds;
    `accuracy` is that of the target, None while it is not known."""

    id: str
    dataset: str
    backbone: str
    strategy: str
    seed: int
    state: str
    created: float
    seconds: float
    error: str | None
    name: str
    tags: tuple[str, ...]
    deleted: float | None
    accuracy: float | None

    @property
    def titles(self) -> tuple[str, str, str]:
        """Its three choices, by their names."""
        return (
            title("datasets", self.dataset),
            title("backbones", self.backbone),
            title("strategies", self.strategy),
        )


def listed(store: RunStore, person: Person = LAB) -> list[Kept]:
    """Every run that a person owns, or nobody does, and that is not in the
    trash, newest first; the lab and teachers see all."""
    return _rows(store, person, f"{SEEN} NULL ORDER BY created DESC")


def trashed(store: RunStore, person: Person = LAB) -> list[Kept]:
    """The runs in a person's trash, the last deleted first."""
    where = f"{SEEN} NOT NULL ORDER BY "
    return _rows(
        store, person, where + "COALESCE(library.deleted, own.deleted) DESC"
    )


def about(store: RunStore, run: str, person: Person = LAB) -> Kept | None:
    """One run, in the trash or not; None when it is not kept here."""
    return next(iter(some(store, [run], person)), None)


def some(
    store: RunStore, runs: Iterable[str], person: Person = LAB
) -> list[Kept]:
    """These runs, in the trash or not, as far as they are kept here; whoever
    has a link may look."""
    where = "WHERE id IN (SELECT value FROM json_each(:runs))"
    return _rows(store, person, where, runs=json.dumps(list(runs)))


def ends(
    store: RunStore, runs: Iterable[str]
) -> dict[str, tuple[RunSpec, RunFinished]]:
    """What each of these runs came to, as far as they are done; those of
    another version of the lab are left out."""
    where = "id IN (SELECT value FROM json_each(?))"
    with store.transaction() as db:
        rows = db.execute(
            "SELECT id, spec, (SELECT json FROM events WHERE run=id AND "
            "events.attempt=runs.attempt ORDER BY seq DESC LIMIT 1) "
            f"FROM runs WHERE state='done' AND {where}",
            (json.dumps(list(runs)),),
        ).fetchall()
    found = {}
    for run, spec, line in rows:
        end = event_check.read(line) if line else None
        with contextlib.suppress(SpecError):
            if isinstance(end, RunFinished) and "target" in end.accuracy:
                found[run] = records.spec_of(spec), end
    return found


def pulse(store: RunStore) -> tuple[Any, ...]:
    """Changes when a list of runs would look different."""
    with store.transaction() as db:
        runs = db.execute(
            "SELECT state, COUNT(*), MAX(created), SUM(attempt) FROM runs "
            "GROUP BY state"
        ).fetchall()
        own = db.execute("SELECT run, name, tags, deleted FROM library")
        whose = db.execute("SELECT thing, owner, deleted FROM owners")
        return (
            tuple(runs),
            hash(tuple(own.fetchall())),
            hash(tuple(whose.fetchall())),
        )


def rename(store: RunStore, run: str, name: str) -> None:
    """Give a run a name; an empty one takes it away.

    Raises:
        ValueError: the name is too long.
    """
    _put(store, "name", {run: naming.clean_name(name)})


def set_tags(store: RunStore, run: str, tags: Iterable[str]) -> None:
    """Give a run these tags in the place of those it has.

    Raises:
        ValueError: a tag cannot be used, or there are too many.
    """
    _put(store, "tags", {run: naming.joined(tags)})


def add_tag(store: RunStore, runs: Iterable[str], tag: str) -> None:
    """Give one more tag to several runs, or to none of them.

    Raises:
        ValueError: the tag cannot be used, or a run has too many.
    """
    with store.transaction():
        known = {run.id: run.tags for run in some(store, runs)}
        more = {
            run: naming.joined([*tags, tag]) for run, tags in known.items()
        }
        _put(store, "tags", more)


def remove_tag(store: RunStore, runs: Iterable[str], tag: str) -> None:
    """Take a tag from several runs."""
    with store.transaction():
        known = {run.id: run.tags for run in some(store, runs)}
        rest = {
            run: naming.joined(t for t in tags if t != tag)
            for run, tags in known.items()
        }
        _put(store, "tags", rest)


def _put(store: RunStore, column: str, values: Mapping[str, str]) -> None:
    """Keep a name or tags by run; nothing where there is no such run."""
    with store.transaction() as db:
        db.executemany(
            f"INSERT INTO library (run, {column}) "
            "SELECT id, ? FROM runs WHERE id=? "
            f"ON CONFLICT(run) DO UPDATE SET {column}=excluded.{column}",
            [(value, run) for run, value in values.items()],
        )


def _rows(
    store: RunStore, person: Person, where: str, **values: object
) -> list[Kept]:
    given = {"name": person.name, "all": person.unbound, **values}
    with store.transaction() as db:
        rows = db.execute(_ROWS + where, given).fetchall()
    return [_kept(row) for row in rows]


def _kept(row: tuple[Any, ...]) -> Kept:
    values = list(row)
    tags = tuple(filter(None, row[TAGS].split(",")))
    values[TAGS] = tags[: naming.TAGS]
    if not isinstance(values[-1], float):
        values[-1] = None
    return Kept(*values)


@cache
def title(kind: str, key: str) -> str:
    """The name of a choice of one of the catalog's kinds; its key where
    another version of the lab made it."""
    try:
        title: str = catalog.entry(kind, str(key)).card.title
    except SpecError:
        return str(key)
    return title
