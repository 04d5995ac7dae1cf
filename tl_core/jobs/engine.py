"""The engine: takes specs, has them run elsewhere, keeps what happens.

Pages and the command line of the server talk to this class alone. Where the
work runs is an executor's business (`executors.py`).
"""

from __future__ import annotations

import threading
from typing import Any, Protocol

from tl_core import demo, limits
from tl_core.home import folder
from tl_core.jobs import groups, owners, quota, turns
from tl_core.jobs.outlook import Outlook
from tl_core.jobs.owners import LAB, RUN, Person
from tl_core.jobs.records import Batch, RunRecord
from tl_core.jobs.store import ACTIVE, RunStore
from tl_core.spec import RunSpec
from tl_core.turnstile import PAGES


class Executor(Protocol):
    """Runs specs somewhere and reports to the engine."""

    def start(self, engine: Engine) -> None:
        """Begin to take work; may return before workers are up."""
        ...

    def close(self) -> None:
        """Stop taking work and end every process started."""
        ...

    def submit(self, record: RunRecord) -> None:
        """Have a run done; its events go to `engine.receive`."""
        ...

    def cancel(self, run: str) -> None:
        """Take a run off the queue, or ask it to stop."""
        ...

    def probe(
        self, name: str, arguments: dict[str, Any], timeout: float
    ) -> Any:
        """Answer a short question, ahead of every run."""
        ...

    def state(self) -> tuple[str, str, int]:
        """starting, ready or lost; the device in words; workers."""
        ...


class Engine(Outlook):
    """One a process; see `current`."""

    executor: Executor

    def __init__(self, store: RunStore, executor: Executor) -> None:
        self.store, self.executor = store, executor
        self._asking = threading.Lock()

    def start(self) -> None:
        """Start the executor and take up what was unfinished."""
        self.executor.start(self)
        for record in self.store.unfinished():
            self.executor.submit(record)
        groups.resume(self)

    def close(self) -> None:
        """End every process; unfinished runs are taken up at the next
        start."""
        self.executor.close()
        self.store.close()

    def submit(self, spec: RunSpec, person: Person = LAB) -> RunRecord:
        """Run `spec`, or join the run of an equal spec that is under way or
        done; either way the person owns it.

        Raises:
            SpecError: it is more than the lab lets one run be.
            QueueFullError: there is no room for it now.
        """
        limits.check(spec)
        with self._asking:  # of thirty who press the button, one is first
            before = self.store.get(spec.id)
            new = before is None or before.state not in (*ACTIVE, "done")
            quota.admit(self.store, person, spec.id, int(new))
            owners.join(self.store, person.name, RUN, spec.id, before)
            record = self.store.submit(spec)
            if new:
                turns.take(self.store, spec.id, person.name, spec.id)
        if new:
            self.executor.submit(record)
        else:
            self._hasten(record, turns.upcoming(self.store, person.name))
        return self.store.get(spec.id) or record

    def enter(self, spec: RunSpec, name: str, race: str) -> None:
        """Run `spec` as part of a race that was let in as a whole, in the
        turn of the person who asked for it."""
        with self._asking:
            before = self.store.get(spec.id)
            record = self.store.submit(spec)
            new = before is None or before.state not in (*ACTIVE, "done")
            if new:
                turns.take(self.store, spec.id, name, race)
        if new:
            self.executor.submit(record)

    def rerun(self, run: str, person: Person = LAB) -> None:
        """Do a finished run again from a clean slate; a run that is under
        way, or is somebody else's, is left alone.

        Raises:
            SpecError: it is more than the lab lets one run be.
            QueueFullError: there is no room for it now.
        """
        record = self.store.get(run)
        if record is None or not owners.may_change(
            self.store, person, RUN, run
        ):
            return
        limits.check(record.spec)
        quota.admit(self.store, person, run, 1)
        self.again(record, person.name, run)

    def again(self, record: RunRecord, name: str, job: str) -> None:
        """Queue a finished run once more, in a person's turn."""
        if self.store.requeue(record.id):
            turns.take(self.store, record.id, name, job)
            self.executor.submit(record)

    def stop(self, run: str, person: Person = LAB) -> bool:
        """Stop a run: at once when it waits, within a second when it runs.

        Returns whether it is stopped: one that others asked for too goes on
        for them, one that is only theirs is left alone.
        """
        record = self.store.get(run)
        if record is None or record.state not in ACTIVE:
            return False
        if not owners.release(self.store, person, RUN, run):
            return False
        self.executor.cancel(run)
        if record.state == "queued":
            self.store.end(run, "stopped")
            self.ended()
        return True

    def jump(self, run: str, person: Person) -> None:
        """Put a run that waits before all others, for a teacher."""
        record = self.store.get(run)
        if record is not None and person.teacher:
            self._hasten(record, turns.first(self.store))

    def _hasten(self, record: RunRecord, turn: int) -> None:
        """Give a run that waits an earlier turn, if it is one."""
        waits = record.state == "queued"
        if waits and turn < turns.of(self.store, record.id):
            turns.put(self.store, record.id, turn)
            self.executor.cancel(record.id)
            self.store.requeue(record.id)  # without a scheduler it is stopped
            self.executor.submit(record)

    def priority(self, run: str) -> int:
        """How early an executor begins a run that waits: the greatest
        first, equals in the order in which they came."""
        return -turns.of(self.store, run)

    def receive(self, batch: dict[str, Any]) -> None:
        """Keep a batch of events that an executor delivers."""
        self.store.append(Batch(**batch))

    def ended(self) -> None:
        """A run has come to its end: a race may have waited for it."""
        groups.advance(self)

    def probe(self, name: str, timeout: float = 5.0, **arguments: Any) -> Any:
        """Answer a short question on the warm worker.

        Raises:
            TimeoutError: no answer within `timeout` seconds.
        """
        with PAGES.outside():  # meanwhile others' pages are made
            return self.executor.probe(name, arguments, timeout)


_current: Engine | None = None
_lock = threading.Lock()


def current() -> Engine:
    """This process's engine; it is started on first use."""
    with _lock:
        global _current
        if _current is None:
            _current = Engine(RunStore(folder("runs")), _executor())
            _current.start()
        return _current


def _executor() -> Executor:
    """Dask's workers, or for a lab that only shows, recordings."""
    if demo.on():
        from tl_core.jobs.replayed import ReplayExecutor

        return ReplayExecutor()
    from tl_core.jobs.executors import DaskExecutor

    return DaskExecutor()


def use(engine: Engine | None) -> None:
    """Make `engine` this process's engine (None: start one when asked)."""
    with _lock:
        global _current
        _current = engine


def shut_down() -> None:
    """Close this process's engine, if there is one."""
    with _lock:
        global _current
        if _current is not None:
            _current.close()
        _current = None
