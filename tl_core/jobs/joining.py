"""What a worker does before it joins: `--preload tl_core.jobs.joining`."""

from __future__ import annotations

import signal
import threading
from typing import Any

from tl_core.jobs import versions


def dask_setup(worker: Any) -> None:
    """Dask calls this in every worker that has this module as a preload."""
    for known in ("total_resources", "available_resources"):
        getattr(worker.state, known)[versions.mark()] = versions.MANY
    alone = threading.current_thread() is threading.main_thread()
    if worker.nanny and alone:
        # Ctrl-C reaches every process of a terminal; who started this one
        # ends it in order.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
