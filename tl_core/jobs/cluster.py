"""The Dask cluster that work is sent to: our own, or that of `TL_SCHEDULER`.

Our own is on loopback, over TLS with certificates made for this start alone:
a worker process, or one for each GPU. The TLS files of another cluster come
from Dask's own configuration.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from multiprocessing import spawn
from typing import TYPE_CHECKING, Any

from tl_core.jobs import versions
from tl_core.jobs.places import Place, places

if TYPE_CHECKING:
    from distributed import Client
    from distributed.security import Security

WITH_MAIN = spawn.get_preparation_data
"""What multiprocessing tells a new process."""
SETTINGS: dict[str, Any] = {
    # Nobody reads Dask's own logs; in them are our events with their arrays,
    # 10 KB each, twice.
    "distributed.admin.log-length": 10,
    "distributed.admin.low-level-log-length": 10,
    # Nor the load of an hour, taken twice a second.
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.system-monitor.log-length": 10,
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
        OSError: nobody answers at `TL_SCHEDULER`, or not to these
            certificates.
    """
    configure()
    import dask
    from distributed import Client
    from distributed.security import Security

    address = os.environ.get("TL_SCHEDULER")
    if address:
        try:
            return Client(
                address, timeout=patience, set_as_default=False
            ), None
        except (OSError, ValueError, RuntimeError) as error:
            raise OSError(_unreached(address)) from error
    spare_main()
    # A laptop that slept has not lost its worker; `patience.py` looks after
    # one that hangs, by a count that no clock disturbs.
    dask.config.set({"distributed.scheduler.worker-ttl": None})
    cluster = begin(places(), Security.temporary(), known=_own())
    try:
        client = Client(
            cluster, security=cluster.security, set_as_default=False
        )
    except BaseException:
        cluster.close(timeout=5)
        raise
    return client, cluster


def _unreached(address: str) -> str:
    return (
        f"No scheduler answers at {address} (TL_SCHEDULER). Start it, or set "
        "the address and the DASK_DISTRIBUTED__COMM__TLS__ variables as it "
        "prints them: without its certificates nobody is let in."
    )


def _own() -> dict[str, float]:
    """What marks workers that this process starts: they have its version
    even where its files are edited meanwhile."""
    return {versions.mark(): versions.MANY}


def configure() -> None:
    """Set Dask up as the lab needs it."""
    import dask
    import distributed

    assert distributed.__name__  # its settings exist once it is loaded
    dask.config.set(SETTINGS)


def spare_main() -> None:
    """Let processes that are started from here on leave this one's main
    module alone: while a page runs, Streamlit puts it in that place, and a
    worker that is started then, or replaced, would run the page too."""
    spawn.get_preparation_data = _without_main


def _without_main(name: str) -> dict[str, Any]:
    whole = WITH_MAIN(name)
    return {k: v for k, v in whole.items() if not k.startswith("init_main")}


def begin(
    where: Sequence[Place],
    security: Security,
    host: str = "127.0.0.1",
    port: int = 0,
    known: Mapping[str, float] | None = None,
) -> Any:
    """A scheduler in this process and a worker process for each place; they
    end with this process, however it ends. Port 0 is any that is free;
    `known` are resources of every worker beside those of its place.

    Raises:
        OSError: it cannot listen there.
    """
    from distributed import Nanny, Scheduler, SpecCluster

    common = {"host": host, "protocol": "tls://", "security": security}
    quiet = {"silence_logs": logging.ERROR}
    workers = {
        n: {
            "cls": Nanny,
            "options": {**common, **quiet, **place.options(known or {})},
        }
        for n, place in enumerate(where)
    }
    # A port of its own choice: a second lab must not quarrel over 8787.
    pages = {"dashboard": False, "dashboard_address": "127.0.0.1:0"}
    scheduler = {
        "cls": Scheduler,
        "options": {**common, **pages, "port": port},
    }
    return SpecCluster(
        workers, scheduler, security=security, silence_logs=logging.ERROR
    )
