"""What an export of a run carries besides the code: how the run was made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tl_core import catalog
from tl_core.card import SpecError
from tl_core.history import History
from tl_core.spec import VERSION, RunSpec

LARGEST = 2_000_000
"""Bytes of a source network that a script or notebook carries."""


@dataclass(frozen=True)
class Start:
    """The source network of a run: the key and the bytes of its checkpoint,
    none where it is too large, and the device that trained it, "" where that
    is not known."""

    key: str
    data: bytes
    device: str = ""

    @property
    def path(self) -> str:
        """Where the lab looks for it, below the code."""
        return f"assets/checkpoints/{self.key}.safetensors"


def starts_trained(spec: RunSpec) -> bool:
    """Whether a run begins with source training."""
    card = catalog.entry("strategies", spec.strategy).card
    task = catalog.entry("datasets", spec.dataset).card.source_task
    return bool(card.pretrained and spec.pretrain_steps and not task)


def about(history: History, start: Start | None) -> dict[str, Any]:
    """Everything that `again.py` has to know of a run, as plain data.

    Raises:
        SpecError: the run has no end, or another version of the lab made it.
    """
    spec = history.spec
    check(history)
    assert history.finished is not None
    return {
        "spec": spec.to_dict(),
        "accuracy": dict(history.finished.accuracy),
        "device": device(history),
        "threads": threads(history.device),
        "source_threads": source_threads(history, start),
        "pictures": spec.dataset_params.get("data", ""),
        "recorded_on": history.device,
    }


def check(history: History) -> None:
    """Whether today's code can make a run again.

    Raises:
        SpecError: the run has no end, or another version of the lab made it.
    """
    spec = history.spec
    if history.finished is None:
        raise SpecError(f"The run {spec.id} has no result; run it again.")
    if spec.version != VERSION:
        raise SpecError(
            f"Version {spec.version} of the lab made the run {spec.id}; this "
            f"is version {VERSION}, whose numbers differ. Run it again here."
        )


def device(history: History) -> str:
    """What `TL_DEVICE` has to be: a run on a GPU may have to do without."""
    return "cpu" if history.device.startswith("cpu") else "auto"


def threads(device: str) -> int:
    """How many threads "cpu (2 threads)" names; 0 on a GPU."""
    found = re.match(r"cpu \((\d+) thread", device)
    return int(found[1]) if found else 0


def source_threads(history: History, start: Start | None) -> list[int]:
    """Numbers of threads to train the source network with, in turn: as in
    the run, and one, as questions of the app do."""
    own = threads(history.device)
    if not starts_trained(history.spec) or (start and start.data):
        return [own]
    if start and start.device:
        return [threads(start.device)]
    return list(dict.fromkeys([own, 1]))


def last_losses(history: History) -> Mapping[str, float]:
    """The last losses of source training, by which its network is known; {}
    where they were not recorded."""
    told = [e.losses for e in history.steps if e.phase == "pretrain"]
    return told[-1] if told else {}
