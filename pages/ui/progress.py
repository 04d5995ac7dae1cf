"""What the reader has done: read from the store, and added to."""

from __future__ import annotations

import time
import uuid

from pages.ui import person
from tl_core.jobs import engine, progress
from tl_core.progress import AnyEntry, Card, Mock


def entries() -> list[AnyEntry]:
    """Everything, oldest first."""
    return progress.of(engine.current().store, person.name())


def keep(*made: AnyEntry) -> None:
    """Remember what was done."""
    progress.keep(engine.current().store, person.name(), *made)


def cards() -> dict[str, Card]:
    """Flash cards by question."""
    return {e.key: e for e in entries() if isinstance(e, Card)}


def mocks() -> list[Mock]:
    """Mock interviews, the latest last."""
    return [e for e in entries() if isinstance(e, Mock)]


def now() -> float:
    """Seconds since 1970."""
    return time.time()


def fresh() -> str:
    """A key that no other entry has."""
    return uuid.uuid4().hex
