"""How much room runs take on the disk, and giving it back."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tl_core.home import home
from tl_core.jobs.store import RunStore


@dataclass(frozen=True)
class Storage:
    """Bytes of the database, of the runs' arrays, and of exports."""

    database: int
    arrays: int
    exports: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.database + self.arrays + self.exports


def used(store: RunStore) -> Storage:
    """What lies on the disk now."""
    files = store.path.glob("runs.db*")
    return Storage(
        sum(map(_size, files)),
        _under(store.path / "arrays"),
        _under(home() / "exports"),
    )


def freed_by(store: RunStore, runs: Iterable[str]) -> int:
    """About how many bytes forgetting these runs would free: their arrays
    and exports, and their share of the database's events."""
    with store.transaction() as db:
        count = dict(
            db.execute("SELECT run, MAX(seq) + 1 FROM events GROUP BY run")
        )
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        (free,) = db.execute("PRAGMA freelist_count").fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    gone = list(runs)
    share = sum(count.get(run, 0) for run in gone)
    share /= max(1, sum(count.values()))
    arrays = sum(_under(store.path / "arrays" / run) for run in gone)
    exports = sum(_size(path) for run in gone for path in exports_of(run))
    return arrays + exports + round(share * size * (pages - free))


def exports_of(run: str) -> list[Path]:
    """The files that were exported from a run and are kept."""
    return list((home() / "exports").glob(f"{run}-*"))


def shrink(store: RunStore) -> None:
    """Give the room of forgotten runs back to the disk; does nothing while
    another program reads the database."""
    with (
        contextlib.suppress(sqlite3.OperationalError),
        store.transaction() as db,
    ):
        db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _under(folder: Path) -> int:
    return sum(_size(p) for p in folder.rglob("*") if p.is_file())


def _size(path: Path) -> int:
    """0 for a file that is gone meanwhile."""
    with contextlib.suppress(OSError):
        return path.stat().st_size
    return 0
