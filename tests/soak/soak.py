"""Many users for a while, and what is left of it: errors, memory, and whether
every run that was asked for is accounted for."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import statistics
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.benchmarks.load import p95, weigh
from tests.e2e.conftest import Server
from tests.soak.users import Diary, User

DRAIN = 600
"""Seconds for the queue to empty once everybody has gone."""
ENDS = {"done": "RunFinished", "failed": "RunFailed", "stopped": "RunStopped"}
COMPLAINTS = ("Traceback", "Uncaught app execution")
"""What a server that is unwell writes."""


@dataclass(frozen=True)
class Report:
    """`sizes` are the server's MB, one a second; `ends` counts runs by how
    they ended; `lost` are runs that are not accounted for, with reasons;
    `log` is the server's first complaint."""

    diary: Diary
    sizes: list[float]
    ends: Mapping[str, int]
    lost: list[str]
    log: list[str]

    @property
    def slope(self) -> float:
        """MB a minute by which the server grew in the second half."""
        late = self.sizes[len(self.sizes) // 2 :]
        minutes = [second / 60 for second in range(len(late))]
        return statistics.linear_regression(minutes, late).slope

    def words(self) -> str:
        """The figures, one a line."""
        clicks, seconds = self.diary.clicks, self.diary.seconds
        lines = {
            "clicks": f"{sum(clicks.values())} {dict(clicks)}",
            "answers": f"{len(seconds)}, median "
            f"{statistics.median(seconds):.2f} s, p95 {p95(seconds):.2f} s, "
            f"longest {max(seconds):.1f} s",
            "runs asked for": f"{len(self.diary.runs)} {dict(self.ends)}",
            "refused": str(dict(self.diary.refused)),
            "memory": f"{self.sizes[0]:.0f} MB at first, at most "
            f"{max(self.sizes):.0f} MB, {self.sizes[-1]:.0f} MB at last; "
            f"{self.slope:+.2f} MB a minute in the second half",
            "by minute": " ".join(f"{s:.0f}" for s in self.sizes[::60]),
            "wrong": f"{len(self.diary.wrong)} {self.diary.wrong[:5]}",
            "lost": f"{len(self.lost)} {self.lost[:5]}",
        }
        told = [f"{name}: {line}" for name, line in lines.items()]
        return "\n".join([*told, *self.log])


def soak(home: Path, users: int, seconds: float) -> Report:
    """Let so many users at a lab of its own for so long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STREAMLIT_LOGGER_ENABLE_RICH", "false")
        server = Server(home)
    try:
        server.wait(lambda health: health["engine"] == "ready", 120)
        diary, sizes = asyncio.run(_use(server, users, seconds))
        server.wait(
            lambda health: health["running"] + health["queued"] == 0, DRAIN
        )
    finally:
        server.stop()
    log = server.log.read_text(errors="replace").splitlines()
    with sqlite3.connect(home / "runs" / "runs.db") as db:
        ends, lost = account(db, sorted(diary.runs))
    db.close()
    return Report(diary, sizes, ends, lost, complaints(log))


def complaints(log: Sequence[str]) -> list[str]:
    """The first of a server's complaints, with what follows it; empty when
    there is none."""
    for number, line in enumerate(log):
        if any(said in line for said in COMPLAINTS):
            return list(log[number : number + 60])
    return []


async def _use(
    server: Server, users: int, seconds: float
) -> tuple[Diary, list[float]]:
    diary, sizes = Diary(), []
    until = asyncio.get_running_loop().time() + seconds
    weighing = asyncio.create_task(weigh(server.process.pid, sizes))
    await asyncio.gather(
        *(User(server.port, n, diary).live(until) for n in range(users))
    )
    weighing.cancel()
    return diary, sizes


def account(
    db: sqlite3.Connection, runs: Sequence[str]
) -> tuple[Counter[str], list[str]]:
    """How runs ended, by state, and what is wrong with any of them."""
    ends: Counter[str] = Counter()
    lost = []
    for run in runs:
        row = db.execute(
            "SELECT state, attempt, error FROM runs WHERE id=?", (run,)
        ).fetchone()
        if row is None:
            lost.append(f"{run}: not kept")
            continue
        state, attempt, error = row
        ends[state] += 1
        told = db.execute(
            "SELECT seq, json FROM events WHERE run=? AND attempt=? "
            "ORDER BY seq",
            (run, attempt),
        ).fetchall()
        problem = _problem(state, error, told)
        if problem:
            lost.append(f"{run}: {problem}")
    return ends, lost


def _problem(
    state: str, error: str | None, told: Sequence[tuple[int, str]]
) -> str:
    """What is wrong with the account of one run; empty when it is whole."""
    if state not in ENDS:
        return f"still {state}"
    if [seq for seq, _ in told] != list(range(len(told))):
        return "its events have gaps"
    last = json.loads(told[-1][1])["event"] if told else ""
    if state == "done" and last != ENDS["done"]:
        return f"done, but its last event is {last!r}"
    if state == "failed" and not error:
        return "failed without a reason"
    if last in ENDS.values() and last != ENDS[state]:
        return f"{state}, but its last event is {last}"
    return ""


def timed(home: Path, users: int, minutes: float) -> tuple[Report, float]:
    """A soak, and how many minutes it took with its start and its end."""
    began = time.monotonic()
    report = soak(home, users, 60 * minutes)
    return report, (time.monotonic() - began) / 60
