"""Where runs happen: on the Dask workers of `cluster.py`.

A run whose worker died starts again there; one whose scheduler is gone waits
for it; one that hangs is ended and its worker replaced. A cluster of our own
that has no workers any more is begun anew.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tl_core.jobs import patience, worker
from tl_core.jobs.connection import Connection, fit
from tl_core.jobs.records import RunRecord
from tl_core.jobs.store import ACTIVE

if TYPE_CHECKING:
    from tl_core.jobs.engine import Engine

PATIENCE = 120.0
"""Seconds to wait for the first worker before the engine counts as lost."""

HEAD_START = 2.0
"""Seconds that the server's first page has the processor to itself, before
workers load torch."""

TICK, PAUSE = 1.0, 5.0
"""Seconds between two looks at whether all is well, and after a failure."""


class DaskExecutor:
    """Runs on Dask workers; work given before they are up waits."""

    def __init__(self) -> None:
        self._link = Connection()
        self._futures: dict[str, Any] = {}
        self._tickets: dict[str, str] = {}  # run -> key of its task
        self._waiting: list[RunRecord] = []
        self._silence = patience.Silence()
        self._lock = threading.RLock()
        self._closed = threading.Event()

    def start(self, engine: Engine) -> None:
        """Bring the workers up in the background, and look after them."""
        self._engine = engine
        patience.give_up(engine.store)
        threading.Thread(
            target=self._look_after, name="engine-start", daemon=True
        ).start()

    def _look_after(self) -> None:
        wait = HEAD_START
        while not self._closed.wait(wait):
            wait = TICK
            try:
                self._look()
            except Exception:
                logging.getLogger(__name__).exception("the engine is unwell")
                wait = PAUSE
            self._engine.notices = self._link.notices()

    def _look(self) -> None:
        """Whether all is well, and what to do if it is not."""
        self._engine.store.catch_up()
        if self._link.client is None:
            self._bring_up()
        elif self._link.gone() or (self._link.own and self._silence.stuck):
            self._begin_anew()
        elif self._link.up:
            with self._lock:
                self._send_waiting()
            for run in self._silence.tick(len(self._tickets)):
                self._end_hung(run)

    def _bring_up(self) -> None:
        self._link.bring_up(PATIENCE)
        with self._lock:
            self._send_waiting()
        if self._closed.is_set():  # while the workers were coming up
            self._link.drop()
        else:
            self._link.warm()

    def _begin_anew(self) -> None:
        """Another client, another cluster of our own, and every unfinished
        run given to it."""
        with self._lock:
            self._tickets.clear()
            self._futures.clear()
            self._waiting = self._engine.store.unfinished()
        self._silence.clear()
        self._link.drop()
        self._bring_up()

    def _end_hung(self, run: str) -> None:
        """Give up a run that is silent, and the worker that has it."""
        future, client = self._futures.get(run), self._link.client
        where = self._forget(run)
        self._engine.store.end(run, "failed", patience.hung())
        if future is not None and client is not None:
            future.cancel()
            client.restart_workers([where], timeout=60, raise_for_error=False)
        self._engine.ended()

    def close(self) -> None:
        """Disconnect, and end an embedded cluster."""
        self._closed.set()
        self._link.drop()

    def submit(self, record: RunRecord) -> None:
        """Queue a run; before the workers are up it waits here."""
        with self._lock:
            self._waiting.append(record)
            self._send_waiting()

    def _send_waiting(self) -> None:
        client = self._link.client
        if not self._waiting or client is None or not self._link.up:
            return
        # A scheduler that was started anew knows no listeners.
        client.subscribe_topic(worker.TOPIC, self._on_event)
        waiting, self._waiting = self._waiting, []
        for record in waiting:
            self._send(client, record)

    def _send(self, client: Any, record: RunRecord) -> None:
        # Each time a run is submitted it has a ticket of its own: stopping
        # one, and what one says, does not touch the next.
        ticket = f"run-{record.id}-{uuid4().hex[:8]}"
        self._tickets[record.id] = ticket
        future = client.submit(
            worker.run,
            record.spec.to_dict(),
            ticket,
            key=ticket,
            resources={**fit(), "train": 1},
            pure=False,
            priority=self._engine.priority(record.id),
            fifo_timeout=0,  # runs of one race too go in their order
        )
        self._futures[record.id] = future
        future.add_done_callback(
            lambda done, run=record.id: self._on_done(run, done)
        )

    def cancel(self, run: str) -> None:
        """Raise the run's stop flag, and drop it if it has not begun."""
        with self._lock:
            self._waiting = [r for r in self._waiting if r.id != run]
            ticket, future = self._tickets.get(run), self._futures.get(run)
        if ticket is None or future is None:
            return
        if not self._link.up:
            self._forget(run)  # nothing is heard of it any more
            self._engine.store.end(run, "stopped")
            return
        from distributed import Event as Flag

        # Raised for a waiting run too: it may have begun by now.
        Flag(worker.stop_flag(ticket), client=self._link.client).set()
        record = self._engine.store.get(run)
        if record is not None and record.state == "queued":
            self._forget(run)
            future.cancel()

    def _forget(self, run: str) -> str:
        """A run is over; returns the worker that had it."""
        with self._lock:
            self._tickets.pop(run, None)
            self._futures.pop(run, None)
        return self._silence.over(run)

    def probe(
        self, name: str, arguments: dict[str, Any], timeout: float
    ) -> Any:
        """Ask a worker, ahead of every run."""
        return self._link.ask(name, arguments, timeout)

    def state(self) -> tuple[str, str, int]:
        """starting until a worker is warm; lost without a scheduler."""
        return self._link.state()

    def _on_event(self, event: tuple[float, dict[str, Any]]) -> None:
        told = event[1]
        run = told["run"]
        if self._closed.is_set() or self._tickets.get(run) != told["ticket"]:
            return
        self._silence.heard(run, told["worker"])
        if "batch" in told:
            self._engine.receive(told["batch"])

    def _on_done(self, run: str, future: Any) -> None:
        """Keep the events a finished task repeats; explain a failed one."""
        if self._closed.is_set() or self._tickets.get(run) != future.key:
            return
        self._forget(run)
        if future.status == "finished":
            self._keep(run, future)
        elif future.status == "cancelled":
            self._on_loss(run)
        elif future.status == "error":
            error = future.exception()
            self._engine.store.end(run, "failed", _words(error))
        self._engine.ended()

    def _keep(self, run: str, future: Any) -> None:
        try:
            batches = future.result()
        except Exception:  # who has them went away, in one of many ways
            self._on_loss(run)
            return
        for batch in batches:
            self._engine.receive(batch)

    def _on_loss(self, run: str) -> None:
        """Nobody stopped this run: its scheduler is gone, or its worker with
        what it told. Unless its end was heard, it is done anew."""
        record = self._engine.store.get(run)
        if record is not None and record.state in ACTIVE:
            self.submit(record)


def _words(error: BaseException | None) -> str:
    if type(error).__name__ == "KilledWorker":
        deaths = getattr(error, "allowed_failures", 0) + 1
        often = "once" if deaths == 1 else f"{deaths} times"
        return (
            f"The worker died {often} during this run, most likely for lack "
            "of memory: the system ends a program that takes too much. To go "
            "on, try a smaller batch size or backbone."
        )
    return f"The run could not be done: {error}."
