"""What people make of their runs: names, tags, and a trash to undo from.

The lists of this file read no events but the last of each run, so that a lab
with thousands of runs lists them at once.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from tl_core import catalog, events
from tl_core.card import SpecError
from tl_core.events import RunFinished
from tl_core.jobs import naming, records, storage
from tl_core.jobs.store import RunStore
from tl_core.spec import RunSpec

KEPT_DAYS = 7
"""Days in the trash before a run is forgotten."""
TAGS = 10
"""Where the tags are in a row."""
_ROWS = """
SELECT id, json_extract(spec, '$.dataset'), json_extract(spec, '$.backbone'),
  json_extract(spec, '$.strategy'), json_extract(spec, '$.seed'), state,
  created, runs.seconds, error, COALESCE(name, ''), COALESCE(tags, ''),
  deleted, (SELECT json_extract(json, '$.accuracy.target') FROM events
    WHERE run=id AND events.attempt=runs.attempt ORDER BY seq DESC LIMIT 1)
FROM runs LEFT JOIN library ON run=id
"""


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


def listed(store: RunStore) -> list[Kept]:
    """Every run that is not in the trash, newest first."""
    return _rows(store, "WHERE deleted IS NULL ORDER BY created DESC")


def trashed(store: RunStore) -> list[Kept]:
    """The runs in the trash, the last deleted first."""
    return _rows(store, "WHERE deleted IS NOT NULL ORDER BY deleted DESC")


def about(store: RunStore, run: str) -> Kept | None:
    """One run, in the trash or not; None when it is not kept here."""
    return next(iter(some(store, [run])), None)


def some(store: RunStore, runs: Iterable[str]) -> list[Kept]:
    """These runs, in the trash or not, as far as they are kept here."""
    where = "WHERE id IN (SELECT value FROM json_each(?))"
    return _rows(store, where, json.dumps(list(runs)))


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
        end = events.from_json(line) if line else None
        with contextlib.suppress(SpecError):
            if isinstance(end, RunFinished):
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
        return tuple(runs), hash(tuple(own.fetchall()))


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


def trash(store: RunStore, runs: Sequence[str]) -> list[str]:
    """Put runs into the trash; returns those that went. One that waits or
    runs has to be stopped first."""
    gone = []
    with store.transaction() as db:
        for run in runs:
            done = db.execute(
                "INSERT INTO library (run, deleted) SELECT id, ? FROM runs "
                "WHERE id=? AND state NOT IN ('queued', 'running') "
                "ON CONFLICT(run) DO UPDATE SET deleted=excluded.deleted "
                "WHERE deleted IS NULL",
                (time.time(), run),
            )
            if done.rowcount == 1:
                gone.append(run)
    return gone


def bring_back(store: RunStore, runs: Iterable[str]) -> None:
    """Take runs out of the trash again."""
    with store.transaction() as db:
        for run in runs:
            db.execute("UPDATE library SET deleted=NULL WHERE run=?", (run,))


def purge(store: RunStore, before: float) -> int:
    """Forget what was put into the trash before a time (unix seconds), with
    what was exported from it; returns how many runs that were."""
    with store.transaction() as db:
        old = db.execute(
            "SELECT run FROM library WHERE deleted < ?", (before,)
        ).fetchall()
        for (run,) in old:
            store.delete(run)
            for path in storage.exports_of(run):
                path.unlink(missing_ok=True)
    return len(old)


def purge_old(store: RunStore) -> int:
    """Forget what has been in the trash for KEPT_DAYS."""
    return purge(store, time.time() - KEPT_DAYS * 24 * 3600)


def _rows(store: RunStore, where: str, *values: object) -> list[Kept]:
    with store.transaction() as db:
        rows = db.execute(_ROWS + where, values).fetchall()
    return [_kept(row) for row in rows]


def _kept(row: tuple[Any, ...]) -> Kept:
    values = list(row)
    values[TAGS] = tuple(filter(None, row[TAGS].split(",")))
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
