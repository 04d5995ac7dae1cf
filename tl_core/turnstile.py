"""Pages are made a few at a time.

Thirty readers who click at once would each wait for all others, for Python
runs one thread at a time, and their half-made charts would all lie in memory.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

PLACES = 4
"""Pages that are made at the same time."""
PATIENCE = 3.0
"""Seconds after which a page is made all the same: whatever holds the others
up, nobody waits for it longer than this."""


class Turnstile:
    """Lets `places` threads in at a time, and after `patience` seconds
    whoever still waits."""

    def __init__(self, places: int, patience: float) -> None:
        self._free = threading.Semaphore(places)
        self._patience = patience
        self._mine = threading.local()

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Have a place, if there is one in time."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    @contextmanager
    def outside(self) -> Iterator[None]:
        """Give this thread's place to others while it waits for an answer;
        without a place, just go on."""
        had = self._leave()
        try:
            yield
        finally:
            if had:
                self._enter()

    def _enter(self) -> None:
        self._mine.place = self._free.acquire(timeout=self._patience)

    def _leave(self) -> bool:
        had = getattr(self._mine, "place", False)
        self._mine.place = False
        if had:
            self._free.release()
        return had


PAGES = Turnstile(PLACES, PATIENCE)
"""The pages of this server."""
