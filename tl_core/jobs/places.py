"""Places for training on this machine: a worker process each.

With GPUs there is one place for each, whose process sees no other; without,
one. A scheduler counts `train` and gives each place one run at a time.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

THREADS = 2
"""Of a worker: one trains, the other answers short questions."""


@dataclass(frozen=True)
class Place:
    """`gpu` is what CUDA calls the GPU, empty without; `cores` are the
    threads of a training where several places share a processor, 0 when it
    may choose; `share` is of the machine's memory."""

    gpu: str = ""
    cores: int = 0
    share: float = 1.0

    def resources(self) -> dict[str, float]:
        """What a worker here tells the scheduler that it has."""
        return {"train": 1.0, "GPU": 1.0} if self.gpu else {"train": 1.0}

    def environment(self) -> dict[str, str]:
        """What a worker process here is started with."""
        known = {"CUDA_VISIBLE_DEVICES": self.gpu} if self.gpu else {}
        if self.cores and "TL_THREADS" not in os.environ:
            known["TL_THREADS"] = str(self.cores)
        return known

    def options(self, known: Mapping[str, float]) -> dict[str, Any]:
        """For Dask's Nanny, which starts a worker and replaces it; `known`
        are resources beside those of the place."""
        return {
            "nthreads": THREADS,
            "memory_limit": self.share,
            "resources": {**self.resources(), **known},
            "env": self.environment(),
            "preload": ["tl_core.jobs.joining"],
            "dashboard": False,
        }


def places(workers: int | None = None) -> list[Place]:
    """One for each GPU; without GPUs one, or as many as are asked for, which
    share the cores."""
    cards = gpus()
    if cards and workers is None:
        return [Place(gpu=card, share=1 / len(cards)) for card in cards]
    if workers is None:
        return [Place()]
    cores = max(1, (os.cpu_count() or 1) // max(1, workers))
    cards = cards[:workers] + [""] * (workers - len(cards))
    return [Place(card, min(4, cores), 1 / workers) for card in cards]


def gpus() -> list[str]:
    """What CUDA calls the GPUs that this process may use: the names in
    `CUDA_VISIBLE_DEVICES`, else every one that the driver knows."""
    if os.environ.get("TL_DEVICE") == "cpu":
        return []
    given = os.environ.get("CUDA_VISIBLE_DEVICES")
    if given is not None:
        return [n for n in given.split(",") if n.strip() not in ("", "-1")]
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return []
    done = subprocess.run(  # nosec B603
        [tool, "--query-gpu=uuid", "--format=csv,noheader"],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    return done.stdout.split() if done.returncode == 0 else []
