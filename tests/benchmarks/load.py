"""A class that watches one run, and a long run drawn.

Client, server, worker and training share the machine. `TL_BENCH_MINUTES` is
how long the class watches, by default two.
"""

from __future__ import annotations

import asyncio
import os
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import psutil

from tests.benchmarks.long_run import EVENTS, keep_long_run
from tests.benchmarks.timing import FULL, Row, Sizes, shown
from tests.benchmarks.websocket_client import Answer, Viewer
from tests.e2e.conftest import Server

GROUP = "a class"
ANSWER = 0.3
"""Seconds from a click, or from a timer, to its answer."""
MEMORY = 400
"""MB that the server may hold, without its worker."""
PATIENCE = 60
"""Seconds for the worker to start, to load the data and to begin."""
SETTINGS = {"steps": "20000", "pretrain_steps": "0"}
"""A run of the default kind that goes on for minutes."""


def rows(sizes: Sizes) -> Iterator[Row]:
    """Thirty viewers of a run that moves, then a run of 50,000 events."""
    viewers, seconds = 1, 3.0
    if sizes == FULL:
        viewers = 30
        seconds = 60 * float(os.environ.get("TL_BENCH_MINUTES", "2"))
    with TemporaryDirectory() as home:
        run = keep_long_run(Path(home))
        server = Server(Path(home))
        try:
            yield from drawn(server.port, run, sizes.rounds)
            yield from watched(server, viewers, seconds)
        finally:
            server.stop()


def drawn(port: int, run: str, rounds: int) -> Iterator[Row]:
    """A long run: its page when nobody has looked yet, and after that."""
    first, again = asyncio.run(looks(port, run, rounds))
    work = f"a finished run of {EVENTS:,} events drawn"
    note = "half of it is reading 50,000 lines of JSON"
    yield bounded(f"{work}, the first time", first, ANSWER, note)
    yield bounded(f"{work}, again", again, ANSWER)


async def looks(port: int, run: str, rounds: int) -> tuple[float, float]:
    """Seconds of the first look at a run and the median of later ones."""
    async with Viewer(port) as viewer:
        await viewer.open("run")  # what any run's page needs is loaded
        first = await viewer.open("run", urlencode({"run": run}))
        later = [(await viewer.ask()).seconds for _ in range(rounds)]
        return first.seconds, statistics.median(later)


def watched(server: Server, viewers: int, seconds: float) -> Iterator[Row]:
    """How late timers are answered, and what the server's memory does."""
    taken, sizes, went = asyncio.run(watch(server, viewers, seconds))
    late = p95(taken)
    pace = len(taken) / seconds
    middle = shown(statistics.median(taken))
    note = f"{pace:.0f} answers a second, median {middle}; {went}"
    yield bounded(f"p95 of {viewers} viewers of one run", late, ANSWER, note)
    yield memory(sizes, viewers, seconds)


def memory(sizes: Sequence[float], viewers: int, seconds: float) -> Row:
    """The most that the server held, and how that grew from the first third
    of the time to the last."""
    peak, third = max(sizes), max(1, len(sizes) // 3)
    early, end = (
        statistics.median(part) for part in (sizes[:third], sizes[-third:])
    )
    grown = (end - early) / (seconds / 60) / (2 / 3)
    note = f"{grown:+.1f} MB a minute, the events of the run among them"
    return held(f"with {viewers} viewers", peak, GROUP, note)


def held(when: str, size: float, group: str, note: str = "") -> Row:
    """MB of the server beside what they may be."""
    work, ratio = f"the server's memory {when}", size / MEMORY
    ours, theirs = f"{size:.0f} MB", f"{MEMORY} MB"
    may = "what it may hold"
    return Row(group, work, ours, may, theirs, ratio, "≤ 1", note)


def p95(taken: Sequence[float]) -> float:
    """What 95 of 100 stay below."""
    return sorted(taken)[-(-95 * len(taken) // 100) - 1]


def bounded(
    work: str,
    taken: float,
    limit: float,
    note: str = "",
    group: str = GROUP,
) -> Row:
    """Seconds beside what they may be."""
    may, ratio = "what it may take", taken / limit
    return Row(
        group, work, shown(taken), may, shown(limit), ratio, "≤ 1", note
    )


async def watch(
    server: Server, viewers: int, seconds: float
) -> tuple[list[float], list[float], str]:
    """Seconds of every answer, the server's MB each second, and from where
    to where the run went meanwhile."""
    async with Viewer(server.port) as first:
        page = await first.open("run", urlencode(SETTINGS))
        await first.press(page.widget("Run"))
        began = await moving(first)
        sizes: list[float] = []
        weighing = asyncio.create_task(weigh(server.process.pid, sizes))
        taken = await asyncio.gather(
            *(
                look(server.port, first.query, n / viewers, seconds)
                for n in range(viewers)
            )
        )
        weighing.cancel()
        last = await first.ask()
        await first.press(last.widget("Stop"))
    every = [t for one in taken for t in one]
    return every, sizes, f"{began} to {progress(last)}"


async def moving(viewer: Viewer) -> str:
    """Wait until the run draws its first charts; where it stands then.

    Raises:
        RuntimeError: it does not.
    """
    for _ in range(PATIENCE):
        answer = await viewer.ask()
        if "plotly_chart" in answer.kinds():
            return progress(answer)
        await asyncio.sleep(1)
    raise RuntimeError("The run to watch has not begun.")


def progress(answer: Answer) -> str:
    """What the page says above the charts of a run that moves."""
    bars = [e.progress.text for e in answer.elements if e.HasField("progress")]
    return bars[0] if bars else "its end"


async def look(
    port: int, query: str, wait: float, seconds: float
) -> list[float]:
    """One viewer, whose clock rings `wait` seconds after the first's."""
    await asyncio.sleep(wait)
    async with Viewer(port) as viewer:
        await viewer.open("run", query)
        return await viewer.follow(seconds)


async def weigh(process: int, sizes: list[float]) -> None:
    """Note a process's MB every second, until cancelled."""
    while True:
        sizes.append(psutil.Process(process).memory_info().rss / 1e6)
        await asyncio.sleep(1)
