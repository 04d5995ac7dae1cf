"""One race on one, two and four workers, and more of them on paper.

The workers are processes of this machine, each on one thread, that have
loaded torch before. On paper each worker is a machine with a free core: runs
go in their order to whoever is free, each takes what it took on one worker
alone, and handing it out and hearing of it take what was measured.
"""

from __future__ import annotations

import heapq
import os
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import distributed
import psutil
import pytest

from tests.benchmarks.timing import FULL, Row, Sizes, shown
from tests.cluster.processes import Cluster, joined
from tl_core.jobs import certificates, connection, executors, groups, worker
from tl_core.jobs.engine import Engine
from tl_core.jobs.executors import DaskExecutor
from tl_core.jobs.store import RunStore
from tl_core.race_spec import RaceSpec

GROUP = "workers"
PRESENT = (1, 2, 4)
ON_PAPER = (8, 16)
CLASS = 30
"""Students who each start such a race."""
ASKED = 200
"""Empty tasks by which the scheduler is timed."""
PATIENCE = 600
STRATEGIES = ("source_only", "mmd", "dann", "full")


@dataclass(frozen=True)
class Measured:
    """`wall` are seconds of the race, `runs` those of each run, `events` and
    `size` how many events and bytes it told; `heard` the server's processor
    seconds for one event, `task` seconds of an empty task."""

    wall: float
    runs: list[float]
    events: int
    size: int
    heard: float
    task: float


def rows(sizes: Sizes) -> Iterator[Row]:
    """The race as it was, then what the measured costs mean for more."""
    steps = 150 if sizes == FULL else 5
    present = PRESENT if sizes == FULL else PRESENT[:1]
    found = {}
    for count in present:
        found[count] = measured(count, steps)
        yield raced(count, found)
    alone = found[1]
    yield overhead(alone)
    yield from (on_paper(count, alone) for count in ON_PAPER)
    yield limit(alone)


def raced(count: int, found: dict[int, Measured]) -> Row:
    """How much sooner the race ends than on one worker."""
    one, now = found[1], found[count]
    cores = os.cpu_count() or 1
    goal = "≥ 1.6" if count == 2 <= cores else ""
    note = f"{len(now.runs)} runs, {sum(now.runs):.0f} s of training"
    if count > cores:
        note += f"; {cores} cores, so that more workers bring nothing"
    return Row(
        GROUP,
        f"a race, workers: {count}",
        shown(now.wall),
        "1 worker",
        shown(one.wall),
        one.wall / now.wall,
        goal,
        note,
    )


def overhead(alone: Measured) -> Row:
    """What one worker's race took beyond the training itself."""
    training = sum(alone.runs)
    return Row(
        GROUP,
        "a race on 1 worker, from start to end",
        shown(alone.wall),
        "its training alone",
        shown(training),
        alone.wall / training,
        "≤ 1.05",
        f"an empty task {shown(alone.task)}; {alone.events} events of "
        f"{alone.size / alone.events:.0f} bytes",
    )


def on_paper(count: int, alone: Measured) -> Row:
    """A class on so many machines, beside one."""
    runs = alone.runs * CLASS
    one, many = (makespan(runs, n, alone) for n in (1, count))
    return Row(
        GROUP,
        f"{CLASS} such races on {count} machines, on paper",
        shown(many),
        "1 machine",
        shown(one),
        one / many,
        "",
        f"{len(runs)} runs; the first machine took {shown(alone.wall)} for "
        f"{len(alone.runs)}",
    )


def makespan(runs: Sequence[float], count: int, cost: Measured) -> float:
    """Seconds until the last of `runs` has ended on so many machines."""
    free = [0.0] * count
    told = cost.events / len(cost.runs) * cost.heard
    for run in runs:
        # The server hears of all, one event after the other.
        start = heapq.heappop(free)
        heapq.heappush(free, start + run + cost.task)
    return max(*free, len(runs) * told) if count > 1 else max(free)


def limit(alone: Measured) -> Row:
    """How many machines one server can listen to."""
    rate = alone.events / sum(alone.runs)
    most = 1 / (rate * alone.heard)
    return Row(
        GROUP,
        "the server hears of one event",
        shown(alone.heard),
        "between two events of a machine",
        shown(1 / rate),
        most,
        "≥ 16",
        f"so a core of the server listens to {most:.0f} machines",
    )


def measured(count: int, steps: int) -> Measured:
    """The race on workers that are there and warm."""
    with (
        TemporaryDirectory() as home,
        pytest.MonkeyPatch.context() as patch,
        Cluster(count, Path(home) / "log") as cluster,
        joined(cluster.settings),
    ):
        patch.setenv("TL_SCHEDULER", cluster.address)
        patch.setattr(executors, "HEAD_START", 0.0)
        engine = Engine(RunStore(Path(home) / "runs"), DaskExecutor())
        engine.start()
        try:
            task = ready(cluster)
            wait(lambda: engine.status().state == "ready")
            return race(engine, steps, task)
        finally:
            engine.close()


def ready(cluster: Cluster) -> float:
    """Warm every worker up; seconds of an empty task, one after another."""
    with distributed.Client(
        cluster.address,
        security=certificates.found(cluster.certificates),
        set_as_default=False,
    ) as client:
        workers = client.scheduler_info(n_workers=-1)["workers"]
        warmed = [
            client.submit(
                worker.warm, workers=[one], pure=False, key=uuid4().hex
            )
            for one in workers
        ]
        client.gather(warmed)
        start = time.monotonic()
        for _ in range(ASKED):
            client.submit(
                os.getpid, pure=False, resources=connection.fit()
            ).result()
        return (time.monotonic() - start) / ASKED


def race(engine: Engine, steps: int, task: float) -> Measured:
    """Run it; what it took."""
    wanted = RaceSpec(
        STRATEGIES,
        seeds=(0, 1),
        settings={"pretrain_steps": 0, "steps": steps},
    )
    me = psutil.Process()
    start, busy = time.monotonic(), sum(me.cpu_times()[:2])
    groups.start(engine, wanted, "")
    wait(lambda: not engine.store.unfinished())
    wall = time.monotonic() - start
    busy = sum(me.cpu_times()[:2]) - busy
    kept = [engine.store.get(spec.id) for spec in wanted.specs()]
    with engine.store.transaction() as db:
        events, size = db.execute(
            "SELECT COUNT(*), SUM(LENGTH(json)) FROM events"
        ).fetchone()
    runs = [record.seconds for record in kept if record is not None]
    assert statistics.fmean(runs) > 0
    return Measured(wall, runs, events, size, busy / events, task)


def wait(true) -> None:
    """Until it is true.

    Raises:
        RuntimeError: it takes too long.
    """
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            raise RuntimeError("The workers have not come to an end.")
        time.sleep(0.05)
