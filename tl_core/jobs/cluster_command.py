"""The commands `cluster` and `worker`: training on many machines."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from tl_core.jobs import certificates, cluster
from tl_core.jobs.places import Place, places

PORT = 8786
"""Dask's own."""


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Both commands and their options."""
    device = os.environ.get("TL_DEVICE", "auto")
    begin = commands.add_parser("cluster", help="scheduler and workers")
    begin.add_argument("--workers", type=int, default=2, metavar="N")
    begin.add_argument("--host", default="127.0.0.1", metavar="ADDRESS")
    begin.add_argument("--port", type=int, default=PORT)
    begin.add_argument(
        "--certificates",
        type=Path,
        metavar="FOLDER",
        help="TLS files that last; made there when they are missing",
    )
    begin.set_defaults(run=run_cluster, device=device)

    join = commands.add_parser("worker", help="join a cluster")
    join.add_argument("scheduler", metavar="tls://HOST:PORT")
    join.add_argument("--workers", type=int, metavar="N")
    join.add_argument("--name", help="what pages call this machine")
    join.add_argument(
        "--certificates", type=Path, required=True, metavar="FOLDER"
    )
    join.set_defaults(run=run_worker, device=device)


def run_cluster(options: argparse.Namespace) -> int:
    """A scheduler, with workers on this machine, until Ctrl-C."""
    _end_on_terminate()
    cluster.configure()
    cluster.spare_main()
    with tempfile.TemporaryDirectory(prefix="tl-cluster-") as fresh:
        folder = (options.certificates or Path(fresh)).absolute()
        if not (folder / certificates.KEY).is_file():
            certificates.make(folder)
        where = places(options.workers) if options.workers else []
        security = certificates.found(folder)
        running = cluster.begin(where, security, options.host, options.port)
        try:
            _tell(running.scheduler_address, folder, len(where))
            threading.Event().wait()
        finally:
            running.close(timeout=10)
    return 0


def _tell(address: str, folder: Path, workers: int) -> None:
    """Print what the app is started with, ready for a shell."""
    known = {"TL_SCHEDULER": address, **certificates.settings(folder)}
    lines = [f"export {name}={value}" for name, value in known.items()]
    head = f"# {workers} workers at {address}; Ctrl-C ends them. The app:"
    sys.stdout.write("\n".join([head, *lines, ""]))
    sys.stdout.flush()


def run_worker(options: argparse.Namespace) -> int:
    """This machine's workers in somebody's cluster, until Ctrl-C."""
    _end_on_terminate()
    cluster.configure()
    where = places(options.workers)
    asyncio.run(_serve(options, where))
    return 0


async def _serve(options: argparse.Namespace, where: list[Place]) -> None:
    """Join with every place, stay until the scheduler ends."""
    from distributed import Nanny

    security = certificates.found(options.certificates.absolute())
    nannies = [
        Nanny(
            options.scheduler,
            name=_name(options.name, number),
            security=security,
            **place.options({}),
        )
        for number, place in enumerate(where)
    ]
    try:
        await _join(nannies, options.scheduler)
        await asyncio.gather(*(nanny.finished() for nanny in nannies))
    finally:
        closing = (nanny.close(timeout=5) for nanny in nannies)
        await asyncio.gather(*closing, return_exceptions=True)


async def _join(nannies: list[Any], scheduler: str) -> None:
    """Start every worker.

    Raises:
        OSError: the scheduler is not there, or does not let them in.
    """
    try:
        await asyncio.gather(*nannies)
    except (OSError, RuntimeError) as error:
        raise OSError(
            f"No scheduler answers at {scheduler}, or not to these "
            "certificates. Copy both files from its machine; it prints their "
            "folder and its address."
        ) from error


def _name(machine: str | None, number: int) -> str | None:
    """Names in a cluster differ; without one Dask takes the address."""
    return None if machine is None else f"{machine}-{number}"


def _end_on_terminate() -> None:
    """An orderly end on SIGTERM too, which is how systemd ends a service."""
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
