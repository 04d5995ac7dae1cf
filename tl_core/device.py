"""Which processor a run uses, and what it is called on every chart."""

from __future__ import annotations

import contextlib
import ctypes
import os
from functools import lru_cache

import torch

from tl_core.texts import say


def device() -> torch.device:
    """`TL_DEVICE` (cpu, cuda or auto) or, by default, a GPU if there is one.

    Raises:
        RuntimeError: cuda is asked for and there is none.
    """
    wanted = os.environ.get("TL_DEVICE", "auto")
    if wanted == "cpu":
        return torch.device("cpu")
    if torch.cuda.is_available():
        return torch.device("cuda")
    if wanted == "cuda":
        raise RuntimeError(
            say("There is no CUDA device here; set TL_DEVICE=auto or cpu.")
        )
    return torch.device("cpu")


def describe(where: torch.device) -> str:
    """The device in words, for instance "cpu (2 threads)"."""
    if where.type == "cuda":
        return say(
            "cuda ({get_device_name})",
            get_device_name=torch.cuda.get_device_name(where),
        )
    threads = torch.get_num_threads()
    return say(
        "cpu ({threads} thread{extra})",
        threads=threads,
        extra="s" if threads > 1 else "",
    )


def use_threads() -> None:
    """Set torch's CPU threads for the calling thread: `TL_THREADS`, or as
    many as there are cores, at most four.

    Sums are split over the threads, so their number belongs to a result and
    is part of the device's description.
    """
    wanted = os.environ.get("TL_THREADS")
    threads = int(wanted) if wanted else min(4, os.cpu_count() or 1)
    torch.set_num_threads(max(1, threads))
    keep_memory()


def use_one_thread() -> None:
    """For questions of a few milliseconds: waiting for a second thread that
    a training keeps busy costs more than it brings."""
    torch.set_num_threads(1)
    keep_memory()


@lru_cache(maxsize=1)
def keep_memory() -> None:
    """Let glibc keep freed blocks up to 32 MiB, the most it accepts: asking
    the system for each activation anew doubles a pass's time. Dask's
    workers start with the opposite setting; other C libraries are left alone.
    """
    trim_threshold, mmap_threshold = -1, -3  # glibc's malloc.h
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(trim_threshold, 2**30)
        libc.mallopt(mmap_threshold, 2**25)
