"""Where runs come from recordings: nothing is trained, no process started."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tl_core import demo, events, recording
from tl_core.card import SpecError
from tl_core.events import RunStopped
from tl_core.jobs.records import RunRecord
from tl_core.recording import Told
from tl_core.texts import say

if TYPE_CHECKING:
    from tl_core.jobs.engine import Engine

SECONDS = 8.0
"""How long a replay takes at most."""
TICK = 0.25
"""Seconds between two batches."""


class ReplayExecutor:
    """Tells a run's recorded events again, in order and faster."""

    def __init__(self) -> None:
        self._stops: dict[str, threading.Event] = {}
        self._closed = threading.Event()

    def start(self, engine: Engine) -> None:
        """Remember who to report to."""
        self._engine = engine
        engine.notices = (demo.NOTICE,)

    def close(self) -> None:
        """Replays end where they are."""
        self._closed.set()
        for stop in self._stops.values():
            stop.set()

    def submit(self, record: RunRecord) -> None:
        """Replay the recording of a run."""
        stop = self._stops[record.id] = threading.Event()
        threading.Thread(
            target=self._replay, args=(record, stop), daemon=True
        ).start()

    def _replay(self, record: RunRecord, stop: threading.Event) -> None:
        try:
            demo.check(record.spec)
            self._tell(record.id, recording.told(record.id), stop)
        except SpecError as error:  # asked of a lab that trained
            self._engine.store.end(record.id, "failed", str(error))
        if not self._closed.is_set():
            self._engine.ended()

    def _tell(self, run: str, told: list[Told], stop: threading.Event) -> None:
        """Send events when their time has come; a stop is the last."""
        pace = max(1.0, told[-1][0] / SECONDS)
        execution = f"replay/{uuid4().hex}"
        began, seq = time.monotonic(), 0
        while seq < len(told):
            stopped = stop.wait(TICK)
            if self._closed.is_set():
                return  # taken up at the next start
            reached = pace * (time.monotonic() - began)
            due = [row for row in told[seq:] if row[0] <= reached]
            if stopped:
                due = [(told[seq][0], RunStopped())]
            rows = [(seconds, events.to_json(event)) for seconds, event in due]
            self._engine.receive(
                {
                    "run": run,
                    "execution": execution,
                    "first_seq": seq,
                    "rows": rows,
                }
            )
            seq = len(told) if stopped else seq + len(rows)

    def cancel(self, run: str) -> None:
        """Stop a replay."""
        if run in self._stops:
            self._stops[run].set()

    def probe(
        self, name: str, arguments: dict[str, Any], timeout: float
    ) -> Any:
        """Nobody is here to answer.

        Raises:
            SpecError: always.
        """
        raise SpecError(
            say(
                "This demonstration has no worker to ask; install the lab on "
                "a machine of your own to look inside a network."
            )
        )

    def state(self) -> tuple[str, str, int]:
        """Always ready, with no worker."""
        return "ready", say("recorded runs"), 0
