"""How long and how often a run is waited for before it is given up."""

from __future__ import annotations

import os
import threading
import time

from tl_core.jobs.store import RunStore
from tl_core.texts import say

TRIES = 8
"""How often a run is begun before it is given up."""
SILENT, LONG = 900.0, 12 * 3600.0
"""Seconds without a sign of life, and of a run as a whole, unless
`TL_RUN_SILENCE` and `TL_RUN_LIMIT` say otherwise."""
IN_VAIN = say(
    "This run was begun {tries} times and never came to its end: each time "
    "its worker or the server ended first, perhaps for lack of memory. Try a "
    "smaller batch size or backbone.",
    tries=TRIES,
)


def silence() -> float:
    """Seconds without a sign of life after which a run counts as hung."""
    return float(os.environ.get("TL_RUN_SILENCE", SILENT))


def limit() -> float:
    """Seconds that a run may take."""
    return float(os.environ.get("TL_RUN_LIMIT", LONG))


def hung() -> str:
    """What is said of a run that was silent for too long."""
    return say(
        "Nothing was heard of this run for {span}, so it was ended and its "
        "worker replaced. Run it again; if that happens again, choose a "
        "smaller batch size or backbone.",
        span=span(silence()),
    )


def too_long() -> str:
    """What is said of a run that took too long."""
    return say(
        "This run was ended after {span}, the longest that a run may take "
        "here; choose fewer steps or a smaller backbone.",
        span=span(limit()),
    )


def span(seconds: float) -> str:
    """So many seconds, in words."""
    for size, unit in ((3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return say("{seconds:.0f} seconds", seconds=seconds)


def give_up(store: RunStore) -> None:
    """Mark runs as failed that were begun TRIES times in vain: one that
    brings the whole server down must not do so for ever."""
    with store.transaction() as db:
        db.execute(
            "UPDATE runs SET state='failed', error=?, finished=? "
            "WHERE state IN ('queued', 'running') AND tries>=?",
            (IN_VAIN, time.time(), TRIES),
        )


class Silence:
    """How long ago anything was heard of each run that has begun.

    Time is counted in ticks of the one who listens: while that process
    stands still, as in a laptop that sleeps, nothing can be heard and
    nothing is counted, and no clock that is set can do harm.
    """

    def __init__(self) -> None:
        self._ticks: dict[str, int] = {}
        self._workers: dict[str, str] = {}
        self._idle = 0
        self._lock = threading.Lock()

    def heard(self, run: str, worker: str) -> None:
        """A worker, by its address, has said something of a run."""
        with self._lock:
            self._workers[run] = worker
            self._ticks[run] = self._idle = 0

    def over(self, run: str) -> str:
        """A run has ended; returns where it was, empty when that is not
        known."""
        with self._lock:
            self._ticks.pop(run, None)
            self._idle = 0
            return self._workers.pop(run, "")

    def clear(self) -> None:
        """Nothing is under way any more."""
        with self._lock:
            self._ticks.clear()
            self._workers.clear()
            self._idle = 0

    def tick(self, waiting: int) -> list[str]:
        """One more tick, with so many runs sent and not over; returns those
        that have been silent for too many."""
        with self._lock:
            for run in self._ticks:
                self._ticks[run] += 1
            self._idle = 0 if self._ticks or not waiting else self._idle + 1
            most = silence()
            return [run for run, n in self._ticks.items() if n > most]

    @property
    def stuck(self) -> bool:
        """Whether runs were sent and none has begun for too long."""
        return self._idle > silence()
