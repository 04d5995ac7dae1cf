"""Giving back what a long-lived process no longer needs.

A page's elements and its session point at each other, so that they go only
when Python looks for such circles; and memory that is free again stays with
the C library until it is told to hand it back.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc

SECONDS = 10
"""Between two times."""
LARGE, ARENAS = -3, -8
"""M_MMAP_THRESHOLD and M_ARENA_MAX in glibc's malloc.h."""


async def keep() -> None:
    """Tidy up as long as the loop lives, when there was work in between."""
    before = 0
    while True:
        await asyncio.sleep(SECONDS)
        if before != (before := looks()):
            await asyncio.to_thread(once)


def looks() -> int:
    """How often Python has looked for young circles, which it does after so
    many new objects: a server that nobody visits stays as it is."""
    return int(gc.get_stats()[0]["collections"])


def frugal() -> None:
    """Have the C library keep less for later: a large piece of memory goes
    back as soon as it is free, and threads share two stores of small ones.

    By default each thread has a store of its own, in which what stays keeps
    what is free from being handed back.
    """
    with contextlib.suppress(OSError, AttributeError):  # glibc's own
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(ARENAS, 2)
        mallopt(LARGE, 2**18)


def once() -> None:
    """Collect circles; hand free memory back where the C library can."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):  # glibc's own
        ctypes.CDLL(None).malloc_trim(0)
