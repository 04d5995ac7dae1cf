"""What is to come: places in the queue, waiting times, the engine's state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tl_core.jobs import estimate, turns
from tl_core.jobs.owners import LAB, Person
from tl_core.jobs.records import RunRecord
from tl_core.jobs.store import ACTIVE, RunStore
from tl_core.spec import RunSpec


@dataclass(frozen=True)
class EngineStatus:
    """`state` is starting, ready or lost; counts are of runs; `notices` are
    what whoever looks after the lab has to know."""

    state: str
    device: str
    workers: int
    running: int
    queued: int
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Forecast:
    """What submitting would mean: runs ahead, seconds to wait for them and
    seconds to run; None where nothing alike has run yet."""

    ahead: int
    wait_seconds: float | None
    run_seconds: float | None


@dataclass(frozen=True)
class Place:
    """A run that runs or waits: how many come before it, and seconds until
    it ends, None where nothing alike has run yet."""

    record: RunRecord
    ahead: int
    seconds: float | None


class Stateful(Protocol):
    """What is asked of an executor here."""

    def state(self) -> tuple[str, str, int]:
        """starting, ready or lost; the device in words; workers."""
        ...


class Outlook:
    """The half of the engine that only looks."""

    store: RunStore
    executor: Stateful
    notices: tuple[str, ...] = ()

    def ahead(self, run: str) -> int | None:
        """Runs that come before this one; None when it does not wait."""
        record = self.store.get(run)
        if record is None or record.state not in ACTIVE:
            return None
        if record.state == "running":
            return 0
        return len(turns.ahead(turns.order(self.store), run))

    def seconds_left(self, run: str) -> float | None:
        """Seconds until a waiting or running run ends, None if unknown."""
        record = self.store.get(run)
        if record is None or record.state not in ACTIVE:
            return None
        if record.state == "running":
            return estimate.left(self.store, record)
        before = turns.ahead(turns.order(self.store), run)
        return estimate.total(estimate.times(self.store, [*before, record]))

    def places(self) -> list[Place]:
        """Every run that runs or waits, in the order in which they begin."""
        records = turns.order(self.store)
        found: list[Place] = []
        whole: float | None = 0.0
        for record, own in zip(
            records, estimate.times(self.store, records), strict=True
        ):
            whole = None if own is None or whole is None else whole + own
            seconds = own if record.state == "running" else whole
            found.append(Place(record, len(found), seconds))
        return found

    def forecast(self, spec: RunSpec, person: Person = LAB) -> Forecast:
        """What submitting `spec` now would mean."""
        turn = turns.upcoming(self.store, person.name)
        before = [
            record
            for record in self.store.unfinished()
            if record.state == "running"
            or turns.of(self.store, record.id) <= turn
        ]
        return Forecast(
            len(before),
            estimate.total(estimate.times(self.store, before)),
            estimate.duration(self.store, spec),
        )

    def together(self, specs: Sequence[RunSpec]) -> float | None:
        """Seconds until all of `specs` are done, those already done or under
        way included; None if unknown. Other people's runs come on top."""
        _, _, workers = self.executor.state()
        return estimate.together(self.store, specs, max(1, workers))

    def status(self) -> EngineStatus:
        """How things stand, without asking anyone else."""
        state, device, workers = self.executor.state()
        active = self.store.unfinished()
        running = sum(record.state == "running" for record in active)
        return EngineStatus(
            state,
            device,
            workers,
            running,
            len(active) - running,
            self.notices,
        )
