"""The real app in a process group of its own, for tests that hurt it.

A `Lab` is `streamlit run app.py` with its engine and worker; runs are asked
for on the page, over Streamlit's websocket, and read in the store.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil

from pages.ui.html_head import COOKIE
from tests.benchmarks.websocket_client import Answer, Viewer
from tests.conftest import TOY, toy
from tests.e2e.conftest import ROOT, Server
from tl_core import events
from tl_core.jobs.records import RunRecord
from tl_core.jobs.store import RunStore
from tl_core.training import train

WORKER = "multiprocessing.spawn"
SAYING = ("markdown", "alert", "progress")
"""Kinds of elements that say something."""


class Lab(Server):
    """A server that can be hurt; `settings` are of its environment."""

    def __init__(self, home: Path, **settings: object) -> None:
        self.settings = {name: str(value) for name, value in settings.items()}
        super().__init__(home)

    def start(self) -> None:
        """Start, and wait until the server answers."""
        command = [sys.executable, "-m", "streamlit", "run", "app.py"]
        command += ["--server.port", str(self.port)]
        environment = {"OMP_NUM_THREADS": "1", "TL_THREADS": "1"}
        environment |= {"TL_HOME": str(self.home), "TL_DEVICE": "cpu"}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **environment, **self.settings},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait(lambda health: health["status"] == "ok", 60)

    def ready(self) -> None:
        """Wait until runs begin at once."""
        try:
            self.wait(lambda health: health["engine"] == "ready", 120)
        except AssertionError:
            self.stop()
            raise

    def run(self, strategy: str, **settings: object) -> str:
        """Press Run on the page; the run's id."""
        asked = toy(strategy, **settings).id
        given = {**TOY, "strategy": strategy, **settings}

        async def press(viewer: Viewer) -> str:
            page = await viewer.open("run", urlencode(given))
            await viewer.press(page.widget("Run"))
            return viewer.query

        assert f"run={asked}" in visit(self, press)
        return asked

    def refused(self, strategy: str, **settings: object) -> str:
        """Press Run where that cannot be done; what the page says then."""
        given = {**TOY, "strategy": strategy, **settings}

        async def press(viewer: Viewer) -> Answer:
            page = await viewer.open("run", urlencode(given))
            answer = await viewer.press(page.widget("Run"))
            assert "run=" not in viewer.query
            return answer

        return words(visit(self, press))

    def page(self, run: str) -> str:
        """What the page of a run says to somebody who opens it now."""

        async def look(viewer: Viewer) -> Answer:
            return await viewer.open("run", f"run={run}")

        return words(visit(self, look))

    @contextmanager
    def store(self) -> Iterator[RunStore]:
        """The store, read beside the server."""
        kept = RunStore(self.home / "runs")
        try:
            yield kept
        finally:
            kept.close()

    def record(self, run: str) -> RunRecord:
        """What the store has of a run."""
        with self.store() as store:
            found = store.get(run)
        assert found is not None
        return found

    def steps(self, run: str) -> int:
        """How many steps of a run are known."""
        with self.store() as store:
            history = store.history(run)
        return len(history.steps) if history else 0

    def moves(self, run: str, steps: int = 50) -> None:
        """Wait until a run has taken so many steps."""
        until(lambda: self.steps(run) >= steps, 90)

    def ends(self, run: str, seconds: float = 120) -> RunRecord:
        """Wait until a run has ended."""
        ended = ("done", "failed", "stopped")
        until(lambda: self.record(run).state in ended, seconds)
        return self.record(run)

    def worker(self) -> psutil.Process:
        """The worker's process."""
        found: list[psutil.Process] = []

        def there() -> bool:
            found[:] = [p for p in self.family() if WORKER in command(p)]
            return len(found) == 1

        until(there, 60)
        return found[0]

    def family(self) -> list[psutil.Process]:
        """Every process that the server has started."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def signal(self, number: int) -> None:
        """Send a signal to server and worker at once."""
        os.killpg(self.process.pid, number)

    def stop(self) -> None:
        """An orderly end, after which nobody may be left."""
        family = self.family() if self.process.poll() is None else []
        super().stop()
        gone(family)


def command(process: psutil.Process) -> str:
    """How a process was started; empty when it is no more."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def gone(family: list[psutil.Process]) -> None:
    """Fail if one of these processes stays."""
    _, left = psutil.wait_procs(family, timeout=30)
    for orphan in left:
        orphan.kill()
    assert left == [], "a process outlived its server"


def until(true: Callable[[], bool], seconds: float) -> None:
    """Wait until `true()`."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def tab(lab: Lab) -> Viewer:
    """One tab of a browser that stays the same."""
    return Viewer(lab.port, {COOKIE: "reader"})


def visit(lab: Lab, work: Callable[[Viewer], Awaitable[Any]]) -> Any:
    """Do something in a tab of its own, and close it."""

    async def inside() -> Any:
        async with tab(lab) as viewer:
            return await work(viewer)

    return asyncio.run(asyncio.wait_for(inside(), 60))


def words(answer: Answer) -> str:
    """What a page says, in its order."""
    told = []
    for element in answer.elements:
        kind = element.WhichOneof("type")
        if kind in SAYING:
            inner = getattr(element, kind)
            told.append(getattr(inner, "body", "") or inner.text)
    return "\n".join(told)


def unharmed(lab: Lab, run: str, strategy: str, **settings: object) -> None:
    """A run is done, with every event of it once and word for word."""
    record = lab.ends(run)
    assert (record.state, record.error) == ("done", None)
    same(whole(lab, run), list(train(toy(strategy, **settings))))


def same(told: list[events.Event], expected: list[events.Event]) -> None:
    """Fail with the first event that differs."""
    for place, pair in enumerate(zip(told, expected, strict=False)):
        assert pair[0] == pair[1], f"event {place}: {pair[0]} is not {pair[1]}"
    assert len(told) == len(expected)


def whole(lab: Lab, run: str) -> list[events.Event]:
    """The events of a run: of one attempt, numbered without a gap, the last
    one an end, and no other is."""
    with lab.store() as store, store.transaction() as db:
        rows = db.execute(
            "SELECT attempt, seq FROM events WHERE run=? ORDER BY seq", (run,)
        ).fetchall()
        told = store.events(run)
    assert len({attempt for attempt, _ in rows}) == 1
    assert [seq for _, seq in rows] == list(range(len(rows)))
    ends = [isinstance(event, events.LAST) for event in told]
    assert ends == [False] * (len(told) - 1) + [True]
    return told


KILL, FREEZE, GO_ON = signal.SIGKILL, signal.SIGSTOP, signal.SIGCONT
