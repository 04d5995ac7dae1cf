"""What a teacher does to the queue as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tl_core.jobs import groups
from tl_core.jobs.groups import PENDING
from tl_core.jobs.owners import Person

if TYPE_CHECKING:
    from tl_core.jobs.engine import Engine

LATEST = 1000
"""Races that are looked at."""


def clear(engine: Engine, person: Person) -> None:
    """Stop everything that waits, for a teacher: races that have yet to
    begin first, else their search would count as ended. What runs goes
    on."""
    if not person.teacher:
        return
    for group in groups.recent(engine.store, LATEST):
        if group.state in PENDING:
            groups.stop(engine, group.id, person)
    for record in engine.store.unfinished():
        if record.state == "queued":
            engine.stop(record.id, person)
