"""Races as the store keeps them: started, stopped and taken up as one.

A group belongs to a `RaceSpec`; its runs are ordinary runs, found by their
own ids: equal specs are done once whoever asks. With a search, a group waits
in the state "tuning" and then starts the race with the rates that were found.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tl_core import tune_first
from tl_core.jobs import owners, quota
from tl_core.jobs.owners import LAB, RACE, Person
from tl_core.jobs.records import RunRecord
from tl_core.jobs.store import ACTIVE, RunStore
from tl_core.race_spec import RaceSpec, race_from_dict
from tl_core.race_starts import Contender, Start
from tl_core.spec import RunSpec

if TYPE_CHECKING:
    from tl_core.jobs.engine import Engine

PENDING = ("tuning", "starting")
COLUMNS = "id, name, race, rates, state, created"


@dataclass(frozen=True)
class Group:
    """A race that was asked for. `state` is tuning, starting, racing or
    stopped; `rates` are what its search found; `created` is in unix
    seconds."""

    id: str
    name: str
    race: RaceSpec
    rates: Mapping[Contender, float]
    state: str
    created: float

    @property
    def searching(self) -> bool:
        """Whether the search has yet to end."""
        stopped = self.state == "stopped" and not self.rates
        return self.state == "tuning" or (bool(self.race.tune) and stopped)

    @property
    def starts(self) -> list[Start]:
        """Every place of the race; empty while its search goes on."""
        return [] if self.searching else self.race.starts(self.rates)

    @property
    def specs(self) -> list[RunSpec]:
        """Every run that is known so far, the search first."""
        search = self.race.search()
        if self.searching:
            return search
        return list(dict.fromkeys([*search, *self.race.specs(self.rates)]))


def start(
    engine: Engine, race: RaceSpec, name: str, person: Person = LAB
) -> Group:
    """Ask for a race, or for the rest of one that was stopped; a run that is
    done or under way is joined.

    Raises:
        SpecError: one of its runs is more than the lab lets a run be.
        QueueFullError: there is no room for it now.
    """
    quota.admit_race(engine.store, person, race)
    before = get(engine.store, race.id)
    owners.join(engine.store, person.name, RACE, race.id, before)
    _retry(engine, race.id)
    state = "tuning" if race.tune else "starting"
    row = (race.id, name, json.dumps(asdict(race)), "[]", state, time.time())
    with engine.store.transaction() as db:
        db.execute(
            f"INSERT INTO races ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET name=excluded.name, "
            "state=excluded.state, rates=excluded.rates, "
            "created=excluded.created WHERE state IN ('stopped', 'racing')",
            row,
        )
    _go_on(engine, race.id)
    group = get(engine.store, race.id)
    assert group is not None
    return group


def get(store: RunStore, group: str) -> Group | None:
    """One group, None when none is kept here that this version can read."""
    with store.transaction() as db:
        row = db.execute(
            f"SELECT {COLUMNS} FROM races WHERE id=?", (group,)
        ).fetchone()
    return None if row is None else _read(row)


def recent(store: RunStore, limit: int) -> list[Group]:
    """The latest groups, newest first."""
    return _select(store, f"ORDER BY created DESC LIMIT {limit:d}")


def records(store: RunStore, group: Group) -> dict[str, RunRecord]:
    """The group's runs that are kept here, by id."""
    found = ((spec.id, store.get(spec.id)) for spec in group.specs)
    return {run: record for run, record in found if record is not None}


def stop(engine: Engine, group: str, person: Person = LAB) -> bool:
    """Stop every run of a group that waits or runs and that nobody else
    wants; what is done is kept.

    Returns whether it is stopped: one that others asked for too goes on for
    them, one that is only theirs is left alone.
    """
    stopped = get(engine.store, group)
    if stopped is None:
        return False
    kept = records(engine.store, stopped).values()
    runs = [record.id for record in kept if record.state in ACTIVE]
    if not owners.release_race(engine.store, person, group, runs):
        return False
    _mark(engine.store, group, "stopped", stopped.state)
    _stop_runs(engine, stopped, person)
    return True


def _stop_runs(engine: Engine, group: Group, person: Person) -> None:
    """What waits or runs of a group that is stopped already."""
    others = _select(engine.store, "WHERE state!='stopped'")
    wanted = {spec.id for other in others for spec in other.specs}
    mine = records(engine.store, group).values()
    active = [r for r in mine if r.state in ACTIVE and r.id not in wanted]
    # Those that wait first: else the next would begin as one is stopped.
    for record in sorted(active, key=lambda record: record.state):
        engine.stop(record.id, person)


def advance(engine: Engine) -> None:
    """Start the race of every group whose search has ended."""
    for group in _select(engine.store, "WHERE state='tuning'"):
        _race_of(engine, _tuned(engine.store, group.id))


def resume(engine: Engine) -> None:
    """After a start of the server: what was asked for and not yet
    submitted."""
    for group in _select(engine.store, f"WHERE state IN {PENDING}"):
        _go_on(engine, group.id)


def _go_on(engine: Engine, name: str) -> None:
    """The next step of a group that is pending."""
    group = get(engine.store, name)
    if group is not None and group.state == "tuning":
        _submit(engine, group)
        advance(engine)
    else:
        _race_of(engine, group)


def _race_of(engine: Engine, group: Group | None) -> None:
    """Submit the race of a group that is starting."""
    if group is None or group.state != "starting":
        return
    _submit(engine, group)
    if not _mark(engine.store, group.id, "racing", "starting"):
        for name in owners.names(engine.store, RACE, group.id) or [""]:
            _stop_runs(engine, group, Person(name))  # somebody was faster


def _retry(engine: Engine, name: str) -> None:
    """Queue the failed runs of a group that is asked for again."""
    group = get(engine.store, name)
    kept = records(engine.store, group).values() if group else ()
    for record in kept:
        if record.state == "failed":
            engine.again(record, owners.first(engine.store, name), name)


def _submit(engine: Engine, group: Group) -> None:
    """Submit what is not kept, for the race's owners, each run once."""
    runs = [spec.id for spec in group.specs]
    owners.share(engine.store, group.id, runs)
    charged = owners.first(engine.store, group.id)
    for spec in group.specs:
        record = engine.store.get(spec.id)
        if record is None or record.state == "stopped":
            engine.enter(spec, charged, group.id)


def _tuned(store: RunStore, name: str) -> Group | None:
    """The group with the learning rates found, None while runs of the search
    are missing or another thread was first."""
    group = get(store, name)
    if group is None or group.state != "tuning":
        return None
    kept = records(store, group)
    ends = [record.state not in ACTIVE for record in kept.values()]
    if len(ends) < len(group.specs) or not all(ends):
        return None
    found = {run: store.history(run) for run in kept}
    rates = tune_first.rates(group.race, found)
    listed = [[asdict(who), rate] for who, rate in rates.items()]
    with store.transaction() as db:
        done = db.execute(
            "UPDATE races SET state='starting', rates=? "
            "WHERE id=? AND state='tuning'",
            (json.dumps(listed), name),
        )
    return get(store, name) if done.rowcount else None


def _mark(store: RunStore, group: str, state: str, before: str) -> bool:
    """Change a group's state, unless it is no longer what it was."""
    with store.transaction() as db:
        done = db.execute(
            "UPDATE races SET state=? WHERE id=? AND state=?",
            (state, group, before),
        )
    return done.rowcount == 1


def _select(store: RunStore, where: str) -> list[Group]:
    with store.transaction() as db:
        rows = db.execute(f"SELECT {COLUMNS} FROM races {where}").fetchall()
    return [g for g in map(_read, rows) if g is not None]


def _read(row: tuple[Any, ...]) -> Group | None:
    group, name, race, rates, state, created = row
    try:
        found = _race(race)
        tuned = {Contender(**who): float(r) for who, r in json.loads(rates)}
    except (ValueError, TypeError, AttributeError):  # SpecError is the first
        return None
    return Group(group, name, found, tuned, state, created)


@lru_cache(maxsize=64)
def _race(text: str) -> RaceSpec:
    """Kept: checking builds all its runs, and every watcher asks often."""
    return race_from_dict(json.loads(text))
