"""A database that says in words why it cannot be read or written, goes on
when it can again, and replaces itself when it is found damaged."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tl_core.jobs import database, trouble
from tl_core.jobs.trouble import StoreError


class GuardedDatabase:
    """The database in the folder `path`; safe to use from many threads.

    `notice` says that a damaged file was replaced; `trouble` why nothing can
    be written at the moment. Both are empty when all is well.

    Raises:
        StoreError: the file is locked by another program or may not be
            written; the runs in it are well.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notice = self.trouble = ""
        self._lock = threading.RLock()
        self._late: deque[Callable[[], None]] = deque()
        self._broken = True
        with self._reading():
            pass

    @property
    def notices(self) -> tuple[str, ...]:
        """What a reader of any page should know of the list of runs."""
        return tuple(filter(None, (self.trouble, self.notice)))

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """The database, all or nothing, for one thread at a time.

        Raises:
            StoreError: it cannot be done now.
        """
        with self._reading() as db, db:
            yield db

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """The database for one thread at a time, its errors in words."""
        with self._lock:
            try:
                if self._broken:
                    self._begin()
                yield self._db
            except StoreError:
                raise
            except (sqlite3.DatabaseError, OSError) as error:
                raise self._told(error) from error

    def _begin(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        self._db, notice = database.open_or_begin(self.path)
        self._broken, self.notice = False, notice or self.notice
        self._forget()

    def _forget(self) -> None:
        """What was read before may not be so any more."""

    def _told(self, error: Exception) -> Exception:
        """The error in words; a damaged database is replaced."""
        said = trouble.words(error)
        if trouble.damaged(error) and not self._broken:
            self._broken = True
            with contextlib.suppress(sqlite3.Error):
                self._db.close()
            with self._reading():
                return StoreError(f"{said} Try again.")
        if not said:
            return error
        self.trouble = f"{said} {trouble.LATER}"
        return StoreError(f"{said} Then try again.")

    def _surely(self, work: Callable[[], None]) -> None:
        """Write what nobody would tell again: now, or as soon as it can
        be."""
        with self._lock:
            self._late.append(work)
            self.catch_up()

    def catch_up(self) -> None:
        """Write what could not be written so far, if it can be now."""
        with self._lock:
            try:
                if self.trouble:
                    with self.transaction() as db:  # is there room again?
                        db.execute("PRAGMA user_version=1")
                while self._late:
                    self._write_first()
                self.trouble = ""
            except StoreError:
                return

    def _write_first(self) -> None:
        work = self._late.popleft()
        try:
            work()
        except StoreError:
            self._late.appendleft(work)
            raise
