"""Which runs belong together because a race was made of them."""

from __future__ import annotations

from tl_core.jobs import groups
from tl_core.jobs.store import RunStore

EVERY = -1
"""SQLite's word for no limit."""


def together(store: RunStore) -> list[frozenset[str]]:
    """The ids of each race's runs, those of its search too."""
    return [
        frozenset(spec.id for spec in group.specs)
        for group in groups.recent(store, EVERY)
    ]
