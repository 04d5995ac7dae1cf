"""The engine: takes specs, has them run elsewhere, keeps what happens.

Pages and the command line of the server talk to this class alone. Where the
work runs is an executor's business (`executors.py`).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tl_core.home import folder
from tl_core.jobs import estimate, groups
from tl_core.jobs.records import Batch, RunRecord
from tl_core.jobs.store import ACTIVE, RunStore
from tl_core.spec import RunSpec


@dataclass(frozen=True)
class EngineStatus:
    """`state` is starting, ready or lost; counts are of runs."""

    state: str
    device: str
    workers: int
    running: int
    queued: int


@dataclass(frozen=True)
class Forecast:
    """What submitting would mean: runs ahead, seconds to wait for them and
    seconds to run; None where nothing alike has run yet."""

    ahead: int
    wait_seconds: float | None
    run_seconds: float | None


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


class Engine:
    """One a process; see `current`."""

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

    def submit(self, spec: RunSpec) -> RunRecord:
        """Run `spec`, or join the run of an equal spec that is under way or
        done."""
        with self._asking:  # of thirty who press the button, one is first
            before = self.store.get(spec.id)
            record = self.store.submit(spec)
        if before is None or before.state not in (*ACTIVE, "done"):
            self.executor.submit(record)
        return self.store.get(spec.id) or record

    def rerun(self, run: str) -> None:
        """Do a finished run again from a clean slate; a run that is under
        way is left alone."""
        queued = self.store.requeue(run)
        record = self.store.get(run)
        if queued and record is not None:
            self.executor.submit(record)

    def stop(self, run: str) -> None:
        """Stop a run: at once when it waits, within a second when it
        runs."""
        record = self.store.get(run)
        if record is None or record.state not in ACTIVE:
            return
        self.executor.cancel(run)
        if record.state == "queued":
            self.store.end(run, "stopped")
            self.ended()

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
        return self.executor.probe(name, arguments, timeout)

    def ahead(self, run: str) -> int | None:
        """Runs that come before this one; None when it does not wait."""
        waiting = [r for r in self.store.unfinished() if r.id != run]
        record = self.store.get(run)
        if record is None or record.state not in ACTIVE:
            return None
        if record.state == "running":
            return 0
        return sum(
            r.state == "running" or r.created < record.created for r in waiting
        )

    def seconds_left(self, run: str) -> float | None:
        """Seconds until a waiting or running run ends, None if unknown."""
        record = self.store.get(run)
        if record is None or record.state not in ACTIVE:
            return None
        if record.state == "running":
            return estimate.left(self.store, record)
        before = [
            r
            for r in self.store.unfinished()
            if r.state == "running" or r.created < record.created
        ]
        times = [estimate.left(self.store, r) for r in [*before, record]]
        return estimate.total(times)

    def forecast(self, spec: RunSpec) -> Forecast:
        """What submitting `spec` now would mean."""
        active = self.store.unfinished()
        waits = [estimate.left(self.store, record) for record in active]
        return Forecast(
            len(active),
            estimate.total(waits),
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
            state, device, workers, running, len(active) - running
        )


_current: Engine | None = None
_lock = threading.Lock()


def current() -> Engine:
    """This process's engine; it is started on first use."""
    with _lock:
        global _current
        if _current is None:
            from tl_core.jobs.executors import DaskExecutor

            _current = Engine(RunStore(folder("runs")), DaskExecutor())
            _current.start()
        return _current


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
