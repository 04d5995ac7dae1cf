"""Python sources as trees, in a program of many threads.

While CPython 3.11 hands a tree over it counts its depth in one place for all
threads: if another parses meanwhile, the first fails with a SystemError
(python/cpython issue 106905). Another can come in between only where garbage
is collected and its end runs Python, so that has to wait.
"""

from __future__ import annotations

import ast
import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_one = threading.RLock()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Nobody else parses within, nor collects garbage. numpy needs it too,
    which reads the head of each array as Python."""
    with _one:
        collects = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            if collects:
                gc.enable()


def parse(source: str) -> ast.Module:
    """The tree of a source text.

    Raises:
        SyntaxError: it is no Python.
    """
    with undisturbed():
        return ast.parse(source)
