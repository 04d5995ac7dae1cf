"""Where runs happen: on Dask workers.

By default one worker process is started on loopback, over TLS with
certificates made for this start alone; `TL_SCHEDULER=tls://host:8786` sends
the same work to any Dask cluster (its TLS files come from Dask's own
configuration).
"""

from __future__ import annotations

import logging
import os
import threading
import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tl_core.jobs import worker
from tl_core.jobs.records import RunRecord

if TYPE_CHECKING:
    from distributed import Client

    from tl_core.jobs.engine import Engine

PATIENCE = 120.0
"""Seconds to wait for the first worker before the engine counts as lost."""

MEMORY = {
    "MALLOC_TRIM_THRESHOLD_": str(2**30),
    "MALLOC_MMAP_THRESHOLD_": str(2**25),
}
"""Dask tells malloc to hand memory back at once, which makes every step ask
for it anew: a training step then takes more than twice its time."""

HEAD_START = 2.0
"""Seconds that the server's first page has the processor to itself, before
workers load torch."""


class DaskExecutor:
    """Runs on Dask workers; work given before they are up waits."""

    def __init__(self) -> None:
        self._client: Client | None = None
        self._cluster: Any = None
        self._futures: dict[str, Any] = {}
        self._waiting: list[RunRecord] = []
        self._state, self._device, self._workers = "starting", "", 0
        self._lock = threading.RLock()
        self._closed = False

    def start(self, engine: Engine) -> None:
        """Bring the workers up in the background."""
        self._engine = engine
        threading.Thread(
            target=self._bring_up, name="engine-start", daemon=True
        ).start()

    def _bring_up(self) -> None:
        time.sleep(HEAD_START)
        try:
            client = self._connect()
        except Exception:
            logging.getLogger(__name__).exception("no workers")
            self._state = "lost"
            return
        client.subscribe_topic(worker.TOPIC, self._on_event)
        with self._lock:
            if self._closed:
                return
            self._client = client
            waiting, self._waiting = self._waiting, []
            for record in waiting:
                self._send(record)
        warmed = client.submit(
            worker.warm, key=f"warm-{uuid4().hex}", priority=100, pure=False
        )
        warmed.add_done_callback(self._on_warm)

    def _connect(self) -> Client:
        import dask
        from distributed import Client, LocalCluster
        from distributed.security import Security

        dask.config.set(
            {
                "distributed.admin.log-length": 1000,
                "distributed.nanny.pre-spawn-environ": MEMORY,
            }
        )
        address = os.environ.get("TL_SCHEDULER")
        if address:
            return Client(address, timeout=PATIENCE, set_as_default=False)
        security = Security.temporary()
        self._cluster = LocalCluster(
            n_workers=1,
            threads_per_worker=2,
            processes=True,
            host="127.0.0.1",
            protocol="tls",
            security=security,
            resources={"train": 1},
            dashboard_address=None,
            silence_logs=logging.ERROR,
        )
        return Client(self._cluster, security=security, set_as_default=False)

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
            if self._client is None:
                self._waiting.append(record)
            else:
                self._send(record)

    def _send(self, record: RunRecord) -> None:
        assert self._client is not None
        self._flag(record.id).clear()
        future = self._client.submit(
            worker.run,
            record.spec.to_dict(),
            key=f"run-{record.id}-{uuid4().hex[:8]}",
            resources={"train": 1},
            pure=False,
        )
        self._futures[record.id] = future
        future.add_done_callback(
            lambda done, run=record.id: self._on_done(run, done)
        )

    def cancel(self, run: str) -> None:
        """Raise the run's stop flag, and drop it if it has not begun."""
        with self._lock:
            self._waiting = [r for r in self._waiting if r.id != run]
            future = self._futures.get(run)
            if self._client is None or future is None:
                return
            self._flag(run).set()
        record = self._engine.store.get(run)
        if record is not None and record.state == "queued":
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
        if client.status not in ("running", "connecting"):
            return "lost", self._device, 0
        return self._state, self._device, self._workers

    def _flag(self, run: str) -> Any:
        from distributed import Event as Flag

        return Flag(worker.stop_flag(run), client=self._client)

    def _on_warm(self, future: Any) -> None:
        if future.status == "finished":
            self._device = future.result()
            if self._client is not None:
                info = self._client.scheduler_info(n_workers=-1)
                self._workers = len(info["workers"])
            self._state = "ready"

    def _on_event(self, event: tuple[float, dict[str, Any]]) -> None:
        if not self._closed:
            self._engine.receive(event[1]["batch"])

    def _on_done(self, run: str, future: Any) -> None:
        """Keep the events a finished task repeats; explain a failed one."""
        if self._closed or self._futures.get(run) != future:
            return
        del self._futures[run]
        if future.status == "finished":
            for batch in future.result():
                self._engine.receive(batch)
        elif future.status == "cancelled":
            self._engine.store.end(run, "stopped")
        elif future.status == "error":
            error = future.exception()
            self._engine.store.end(run, "failed", _words(error))


def _words(error: BaseException | None) -> str:
    if type(error).__name__ == "KilledWorker":
        return (
            "The worker died several times during this run, most likely for "
            "lack of memory; try a smaller batch size or backbone."
        )
    return f"The run could not be done: {error}."
