"""Where runs happen: on the Dask workers of `cluster.py`.

A run whose worker died starts again there; one whose scheduler is gone waits
for it, at the latest until the next start of the server.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tl_core.jobs import worker
from tl_core.jobs.cluster import connect
from tl_core.jobs.records import RunRecord

if TYPE_CHECKING:
    from distributed import Client

    from tl_core.jobs.engine import Engine

PATIENCE = 120.0
"""Seconds to wait for the first worker before the engine counts as lost."""

HEAD_START = 2.0
"""Seconds that the server's first page has the processor to itself, before
workers load torch."""


class DaskExecutor:
    """Runs on Dask workers; work given before they are up waits."""

    def __init__(self) -> None:
        self._client: Client | None = None
        self._cluster: Any = None
        self._futures: dict[str, Any] = {}
        self._tickets: dict[str, str] = {}  # run -> key of its task
        self._waiting: list[RunRecord] = []
        self._state, self._device, self._workers = "starting", "", 0
        self._lock = threading.RLock()
        self._returning = threading.Thread()
        self._closed = False

    def start(self, engine: Engine) -> None:
        """Bring the workers up in the background."""
        self._engine = engine
        threading.Thread(
            target=self._bring_up, name="engine-start", daemon=True
        ).start()

    def _bring_up(self) -> None:
        time.sleep(HEAD_START)
        if self._closed:
            return
        try:
            client, cluster = connect(PATIENCE)
        except Exception:
            logging.getLogger(__name__).exception("no workers")
            self._state = "lost"
            return
        client.subscribe_topic(worker.TOPIC, self._on_event)
        with self._lock:
            self._client, self._cluster = client, cluster
            closed = self._closed
            self._send_waiting()
        if closed:  # while the workers were coming up
            self.close()
            return
        warmed = client.submit(
            worker.warm, key=f"warm-{uuid4().hex}", priority=100, pure=False
        )
        warmed.add_done_callback(self._on_warm)

    def close(self) -> None:
        """Disconnect, and end an embedded cluster."""
        with self._lock:
            self._closed = True
            client, cluster = self._client, self._cluster
            self._client = self._cluster = None
        if client is not None:
            client.close(timeout=2)
        if cluster is not None:
            cluster.close(timeout=5)

    def submit(self, record: RunRecord) -> None:
        """Queue a run; before the workers are up it waits here."""
        with self._lock:
            self._waiting.append(record)
            self._send_waiting()
            self._await_scheduler()

    def _send_waiting(self) -> None:
        if self._closed or not self._connected():
            return
        waiting, self._waiting = self._waiting, []
        for record in waiting:
            self._send(record)

    def _send(self, record: RunRecord) -> None:
        assert self._client is not None
        # Each time a run is submitted it has a ticket of its own: stopping
        # one, and what one says, does not touch the next.
        ticket = f"run-{record.id}-{uuid4().hex[:8]}"
        self._tickets[record.id] = ticket
        future = self._client.submit(
            worker.run,
            record.spec.to_dict(),
            ticket,
            key=ticket,
            resources={"train": 1},
            pure=False,
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
        if ticket is None or future is None or not self._connected():
            return
        from distributed import Event as Flag

        # Raised for a waiting run too: it may have begun by now.
        Flag(worker.stop_flag(ticket), client=self._client).set()
        record = self._engine.store.get(run)
        if record is not None and record.state == "queued":
            self._tickets.pop(run, None)
            self._futures.pop(run, None)
            future.cancel()

    def probe(
        self, name: str, arguments: dict[str, Any], timeout: float
    ) -> Any:
        """Ask a worker; needs no training slot, so it runs beside one."""
        deadline = time.monotonic() + timeout
        while self._client is None and time.monotonic() < deadline:
            time.sleep(0.05)
        if self._client is None:
            raise TimeoutError("The training engine is still starting.")
        future = self._client.submit(
            worker.probe,
            name,
            arguments,
            key=f"probe-{uuid4().hex}",
            priority=100,
            pure=False,
        )
        return future.result(timeout=deadline - time.monotonic())

    def state(self) -> tuple[str, str, int]:
        """starting until a worker is warm; lost without a scheduler."""
        client = self._client
        if client is None:
            return self._state, self._device, 0
        if not self._connected():
            return "lost", self._device, 0
        return self._state, self._device, self._workers

    def _connected(self) -> bool:
        return self._client is not None and self._client.status == "running"

    def _on_warm(self, future: Any) -> None:
        if future.status == "finished":
            self._device = future.result()
            if self._client is not None:
                info = self._client.scheduler_info(n_workers=-1)
                self._workers = len(info["workers"])
            self._state = "ready"
        elif future.status == "error":
            logging.getLogger(__name__).error(
                "The worker cannot train: %r", future.exception()
            )
            self._state = "ready"  # each run will say what is wrong

    def _on_event(self, event: tuple[float, dict[str, Any]]) -> None:
        batch = event[1]["batch"]
        ticket = batch["execution"].partition("/")[0]
        if not self._closed and self._tickets.get(batch["run"]) == ticket:
            self._engine.receive(batch)

    def _on_done(self, run: str, future: Any) -> None:
        """Keep the events a finished task repeats; explain a failed one."""
        if self._closed or self._tickets.get(run) != future.key:
            return
        self._tickets.pop(run, None)
        self._futures.pop(run, None)
        if future.status == "finished":
            for batch in future.result():
                self._engine.receive(batch)
        elif future.status == "cancelled":
            self._on_loss(run)
        elif future.status == "error":
            error = future.exception()
            self._engine.store.end(run, "failed", _words(error))
        self._engine.ended()

    def _on_loss(self, run: str) -> None:
        """Nobody stopped this run: its scheduler is gone."""
        record = self._engine.store.get(run)
        if record is not None:
            self.submit(record)

    def _await_scheduler(self) -> None:
        """Keep what could not be sent until the scheduler is back; Dask's
        client gives up after a while and closes."""
        lost = self._waiting and self._client is not None
        if lost and not self._closed and not self._returning.is_alive():
            self._returning = threading.Thread(
                target=self._send_when_back, daemon=True
            )
            self._returning.start()

    def _send_when_back(self) -> None:
        while self._client is not None and self._client.status != "closed":
            time.sleep(0.5)
            if self._connected():
                # A scheduler that was started anew knows no listeners.
                self._client.subscribe_topic(worker.TOPIC, self._on_event)
                with self._lock:
                    self._send_waiting()
                return


def _words(error: BaseException | None) -> str:
    if type(error).__name__ == "KilledWorker":
        return (
            "The worker died several times during this run, most likely for "
            "lack of memory; try a smaller batch size or backbone."
        )
    return f"The run could not be done: {error}."
