"""A cluster as a lecturer starts it: the commands, in processes of their
own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Self

import dask
import psutil

ROOT = Path(__file__).parent.parent.parent
LINES = 6
"""How many the command `cluster` prints when it is up."""


def heed_interrupts() -> None:
    """A shell has what it runs in the background ignore Ctrl-C, and so do
    the children of that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Command:
    """`python -m tl_core ...`, the leader of a process group of its own, as
    in a terminal."""

    def __init__(
        self,
        arguments: list[str],
        log: Path,
        where: Path = ROOT,
        **environment: str,
    ) -> None:
        self.log = log
        with log.open("w") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tl_core", *arguments],
                cwd=where,
                env={**os.environ, "TL_THREADS": "1", **environment},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
                preexec_fn=heed_interrupts,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.end()

    @property
    def said(self) -> IO[str]:
        assert self.process.stdout is not None
        return self.process.stdout

    def send(self, number: int) -> None:
        """To the whole group: Ctrl-C in a terminal, or a machine's end."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def end(self, number: int = signal.SIGINT) -> int:
        """End it, wait for that; returns its exit code."""
        self.send(number)
        try:
            return self.process.wait(30)
        finally:
            self.send(signal.SIGKILL)
            self.said.close()

    def children(self) -> list[psutil.Process]:
        """Its worker processes."""
        found = psutil.Process(self.process.pid).children(recursive=True)
        return [p for p in found if "spawn_main" in "".join(p.cmdline())]


class Cluster(Command):
    """`python -m tl_core cluster`, up."""

    def __init__(self, workers: int, log: Path) -> None:
        asked = ["--port", "0", "--workers", str(workers)]
        super().__init__(["cluster", *asked], log)
        lines = [self.said.readline() for _ in range(LINES)]
        pairs = (line.split()[1].split("=") for line in lines[1:])
        self.settings = dict(pairs)
        self.address = self.settings.pop("TL_SCHEDULER")
        tls = self.settings["DASK_DISTRIBUTED__COMM__TLS__CA_FILE"]
        self.certificates = Path(tls).parent

    def worker(self, log: Path, *more: str, **given: Any) -> Command:
        """`python -m tl_core worker` of another machine."""
        asked = ["worker", self.address, *more]
        tls = ["--certificates", str(self.certificates)]
        return Command([*asked, *tls], log, **given)


@contextlib.contextmanager
def joined(settings: Mapping[str, str]) -> Iterator[None]:
    """Dask configured by these environment variables, which it reads when it
    is loaded."""
    told = {
        name.removeprefix("DASK_").lower().replace("__", "."): value
        for name, value in settings.items()
    }
    with dask.config.set(told):
        yield
