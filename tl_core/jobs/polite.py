"""Loaded by the embedded worker at its start: pages come before training.

On a machine of few cores the server and the reader's browser share them with
the worker, which therefore steps back.
"""

from __future__ import annotations

import os
from typing import Any

STEP_BACK = 10


def dask_setup(worker: Any) -> None:
    """Lower this process's priority, where the system has one."""
    if hasattr(os, "nice"):
        os.nice(STEP_BACK)
