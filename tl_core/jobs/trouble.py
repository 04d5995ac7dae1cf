"""What can keep the store from reading or writing, in words."""

from __future__ import annotations

import errno
import sqlite3

from tl_core.texts import say

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""A disk, a quota and a largest size of files: there is no more room."""
WHERE = say("the disk that holds the lab's runs (TL_HOME)")
LATER = say(
    "What runs meanwhile is kept in memory and written by itself as soon as "
    "that can be done; what is on the disk can be read."
)
DAMAGED = say(
    "The list of runs was found damaged; what could be read of it is kept."
)


class StoreError(sqlite3.OperationalError):
    """The store cannot do now what it was asked for; says what to do."""


def damaged(error: Exception) -> bool:
    """Whether the file behind the store is broken, or no database."""
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def words(error: Exception) -> str:
    """What an error of the store means and what to do about it; empty for
    one that is a mistake of ours."""
    code = _code(error)
    if damaged(error):
        return DAMAGED
    if code == sqlite3.SQLITE_FULL or _errno(error) in FULL:
        return say(
            "The disk is full: free some space on {where}.", where=WHERE
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return say(
            "The list of runs is locked by another program: close it, if it "
            "is a second lab."
        )
    refused = sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN
    if code in (sqlite3.SQLITE_IOERR, *refused) or isinstance(error, OSError):
        return say(
            "Nothing can be written: the disk is full, at its limit or "
            "write-protected. Free some space on {where}.",
            where=WHERE,
        )
    return ""


def _code(error: Exception) -> int:
    """SQLite's primary error code, 0 for an error that is not SQLite's."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _errno(error: Exception) -> int | None:
    return error.errno if isinstance(error, OSError) else None
