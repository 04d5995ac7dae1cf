"""The Dask cluster that work is sent to: our own, or that of `TL_SCHEDULER`.

Our own is one worker process on loopback, over TLS with certificates made
for this start alone. The TLS files of another cluster come from Dask's own
configuration.
"""

from __future__ import annotations

import logging
import os
from multiprocessing import spawn
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from distributed import Client

WITH_MAIN = spawn.get_preparation_data
"""What multiprocessing tells a new process."""
SETTINGS: dict[str, Any] = {
    "distributed.admin.log-length": 1000,
    # Dask's status pages have no TLS: every user of the machine could read.
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    # Threads of torch that wait sleep. By default they spin, and beside
    # another busy program a run then takes five times as long.
    "distributed.nanny.pre-spawn-environ.OMP_WAIT_POLICY": "PASSIVE",
}


def connect(patience: float) -> tuple[Client, Any]:
    """A client, and the cluster it was started with (None when it is not
    ours to close). Waits up to `patience` seconds for another's scheduler.

    Raises:
        OSError: nobody answers at `TL_SCHEDULER`.
    """
    import dask
    from distributed import Client

    dask.config.set(SETTINGS)
    address = os.environ.get("TL_SCHEDULER")
    if address:
        return Client(address, timeout=patience, set_as_default=False), None
    spare_main()
    cluster = _begin()
    try:
        client = Client(
            cluster, security=cluster.security, set_as_default=False
        )
    except BaseException:
        cluster.close(timeout=5)
        raise
    return client, cluster


def spare_main() -> None:
    """Let processes that are started from here on leave this one's main
    module alone: while a page runs, Streamlit puts it in that place, and a
    worker that is started then, or replaced, would run the page too."""
    spawn.get_preparation_data = _without_main


def _without_main(name: str) -> dict[str, Any]:
    whole = WITH_MAIN(name)
    return {k: v for k, v in whole.items() if not k.startswith("init_main")}


def _begin() -> Any:
    from distributed import LocalCluster
    from distributed.security import Security

    return LocalCluster(
        n_workers=1,
        threads_per_worker=2,
        processes=True,
        host="127.0.0.1",
        protocol="tls",
        security=Security.temporary(),
        resources={"train": 1},
        dashboard_address=None,
        # A port of its own choice: a second lab must not quarrel over 8787.
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
        silence_logs=logging.ERROR,
    )
