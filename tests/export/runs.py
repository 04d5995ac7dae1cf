"""Small runs that tests export, each made once a session."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import TOY
from tl_core.export import recipe, remake
from tl_core.export.recipe import Start
from tl_core.history import History
from tl_core.spec import spec_from_settings
from tl_core.training import train

FEW = {"pretrain_steps": 12, "steps": 6, "batch_size": 16}
SMALL: dict[str, dict[str, object]] = {
    "moons": {**TOY, "strategy": "mmd"},
    "lora": {
        **FEW,
        "dataset": "mnist_shifted",
        "backbone": "convnet",
        "strategy": "lora",
        "target_labels": 60,
    },
    "signs": {
        **FEW,
        "dataset": "signs_day_to_night",
        "backbone": "convnet",
        "strategy": "dann",
    },
    "prompt": {
        **FEW,
        "dataset": "mnist_to_optdigits",
        "backbone": "vit_tiny",
        "strategy": "prompt",
        "target_labels": 60,
    },
}


@cache
def run(name: str) -> History:
    """A finished run, on one thread: the number of cores is not the point."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TL_THREADS", "1")
        return trained(name)


def trained(name: str) -> History:
    """A run's events, folded."""
    history = History(spec_from_settings(SMALL[name]))
    for seconds, event in enumerate(train(history.spec)):
        history.add(event, float(seconds))
    return history


def start(history: History) -> Start | None:
    """Its source network, as a worker would send it."""
    losses = dict(recipe.last_losses(history))
    made = remake.source_checkpoint(history.spec, losses)
    return None if made is None else Start(**made)


def elsewhere(
    code: str, folder: Path, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run a text as a program far from the checkout, with nothing of the
    lab's in its surroundings."""
    path = folder / "exported.py"
    path.write_text(code, "utf-8")
    (folder / "away").mkdir()
    clean = {
        k: v for k, v in os.environ.items() if k[:3] not in ("TL_", "PYT")
    }
    return subprocess.run(
        [sys.executable, "-I", str(path), *arguments],
        cwd=folder / "away",
        env={**clean, "HOME": str(folder), "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )


def printed(output: str) -> dict[str, tuple[str, str]]:
    """The table of accuracies that an export prints: here, recorded."""
    rows = [line.split() for line in output.splitlines()]
    return {row[0]: (row[1], row[2]) for row in rows if len(row) == 3}
