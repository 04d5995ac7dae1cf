"""Pictures that take seconds to read or to draw are kept under `TL_HOME`."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

import numpy as np

from tl_core.home import folder

Pictures = tuple[np.ndarray, np.ndarray]
"""Images, uint8 (n, ...), and labels, int64 (n,)."""


def cached(name: str, make: Callable[[], Pictures]) -> Pictures:
    """What `make` returns, from the file `name` after the first time."""
    path = folder("datasets") / f"{name}.npz"
    if path.is_file():
        with np.load(path, allow_pickle=False) as stored:
            return stored["images"], stored["labels"]
    images, labels = make()
    # A worker trains in one thread and answers questions in another.
    writer = f"{os.getpid()}-{threading.get_ident()}"
    partial = path.with_name(f"{name}.{writer}.npz")
    np.savez(partial, images=images, labels=labels)
    partial.replace(path)
    return images, labels
