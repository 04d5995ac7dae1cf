"""How long imported pictures are kept, and how much room they may take.

A set's clock is the time of its file, which every look at it sets anew.
Whoever brings another set in its place moves the clock on, so that it goes
soon unless somebody else looks at it meanwhile.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Collection
from pathlib import Path

from tl_core import picture_sets
from tl_core.home import folder

KEPT = 7 * 24 * 3600.0
"""Seconds without a look after which a set goes that no run here is of."""
GRACE = 3600.0
"""Seconds for which a set stays that was replaced by its owner."""
MOST_BYTES = 2 * 2**30
"""Of all sets together; then the longest unseen go first."""


def replaced(data: str) -> None:
    """Another set took its place: it goes after GRACE if no run is of it and
    nobody looks at it."""
    then = time.time() - KEPT + GRACE
    with contextlib.suppress(OSError):
        os.utime(picture_sets.path_of(data), (then, then))


def tidy(needed: Collection[str], kept: Collection[str]) -> list[str]:
    """Remove what is too old or too much, and say which sets went. Those
    that are `needed`, by runs that wait or run, stay; those of other runs
    that are `kept` here go for want of room alone, after all others."""
    files = sorted(folder("uploads").iterdir(), key=_clock)
    sets = [path for path in files if path.suffix == ".npz"]
    loose = [path for path in sets if path.stem not in needed]
    oldest = time.time() - KEPT
    gone = [p for p in loose if p.stem not in kept and _clock(p) < oldest]
    rest = sorted(
        (p for p in loose if p not in gone), key=lambda p: p.stem in kept
    )
    spare = sum(map(_size, sets)) - sum(map(_size, gone)) - MOST_BYTES
    for path in rest:
        if spare <= 0:
            break
        gone.append(path)
        spare -= _size(path)
    # What an import that was killed left half written.
    late = time.time() - GRACE
    halves = [p for p in files if p.suffix == ".partial" and _clock(p) < late]
    for path in (*gone, *halves):
        path.unlink(missing_ok=True)
    return [path.stem for path in gone]


def _clock(path: Path) -> float:
    """When somebody last looked; now, for a file that is gone meanwhile."""
    with contextlib.suppress(OSError):
        return path.stat().st_mtime
    return time.time()


def _size(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.stat().st_size
    return 0
