"""The command `export`, and what `train` is given as files."""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tl_core import recording, tables
from tl_core.card import SpecError, shown
from tl_core.export import (
    metrics,
    notebook,
    peft,
    recipe,
    script,
    shelf,
    spec_file,
    tensorboard,
)
from tl_core.export.recipe import Start
from tl_core.history import History
from tl_core.home import home
from tl_core.spec import RunSpec

Write = Callable[[Sequence[History], Path], None]
NAME = "[0-9a-f]{16}"


def add_export(commands: argparse._SubParsersAction[Any]) -> None:
    """The command and its options."""
    command = commands.add_parser("export", help="take a run home")
    command.add_argument("runs", nargs="+", metavar="RUN_ID")
    for name, (_, kind, help_text) in FORMATS.items():
        command.add_argument(f"--{name}", metavar=kind, help=help_text)
    command.set_defaults(run=export)


def export(options: argparse.Namespace) -> int:
    """Write a run, or several, in every format that is asked for."""
    histories = [found(name) for name in options.runs]
    asked = {n: getattr(options, n) for n in FORMATS if getattr(options, n)}
    if not asked:
        known = ", ".join(f"--{name}" for name in FORMATS)
        raise SpecError(f"Say what to export: {known}.")
    alone = [name for name in asked if name not in TOGETHER]
    if alone and len(histories) > 1:
        raise SpecError(f"--{alone[0]} takes one run at a time.")
    for name, target in asked.items():
        FORMATS[name][0](histories, Path(target))
        say(f"{name}: {target}")
    return 0


def found(run: str) -> History:
    """A run with a result, from the lab's folder or the recorded ones.

    Raises:
        SpecError: there is none of that name, or it has no result.
    """
    history = None
    if re.fullmatch(NAME, run):
        history = stored(run) or recording.read(run)
    if history is None:
        raise SpecError(
            f"There is no run {shown(run)}, neither in the lab's folder "
            f"{home()} nor among the recorded ones."
        )
    if history.finished is None:
        raise SpecError(f"The run {run} has no result to export yet.")
    return history


def stored(run: str) -> History | None:
    """A run of the lab's own folder."""
    folder = home() / "runs"
    if not (folder / "runs.db").is_file():
        return None
    from tl_core.jobs.store import RunStore

    store = RunStore(folder)
    try:
        return store.history(run) if store.get(run) else None
    finally:
        store.close()


def start_of(history: History) -> Start | None:
    """The source network that a run starts from here, if there is one."""
    from tl_core.export import remake

    losses = dict(recipe.last_losses(history))
    made = remake.source_checkpoint(history.spec, losses)
    return None if made is None else Start(**made)


def put(path: Path, data: str | bytes) -> None:
    """Write a file, and the folder that it is to lie in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shelf.write(path, data.encode() if isinstance(data, str) else data)


def write_script(histories: Sequence[History], path: Path) -> None:
    """A Python file that repeats the run."""
    put(path, script.script(histories[0], start_of(histories[0])))


def write_notebook(histories: Sequence[History], path: Path) -> None:
    """The same as a notebook, with the lesson."""
    put(path, notebook.notebook(histories[0], start_of(histories[0])))


def write_weights(histories: Sequence[History], path: Path) -> None:
    """The adapted network, made again."""
    put(path, remade("weights", histories[0])["weights.safetensors"])


def write_adapter(histories: Sequence[History], folder: Path) -> None:
    """A folder that PEFT loads."""
    files = peft.folder(histories[0], remade("adapter", histories[0]))
    for name, data in files.items():
        put(folder / name, data)


def remade(what: str, history: History) -> dict[str, bytes]:
    """Do a run again and return the files that it gives."""
    from tl_core.export import remake

    recipe.check(history)
    os.environ["TL_DEVICE"] = recipe.device(history)
    make = {"weights": remake.weights, "adapter": remake.adapter}[what]
    made = make(history.spec, recipe.threads(history.device))
    assert history.finished is not None
    reached = history.finished.accuracy["target"]
    if made["accuracy"] != reached:
        say(
            f"Made on {made['device']}, the network reaches "
            f"{made['accuracy']!r}; the run reached {reached!r} on "
            f"{history.device}."
        )
    files: dict[str, bytes] = made["files"]
    return files


def write_tensorboard(histories: Sequence[History], folder: Path) -> None:
    """A folder a run."""
    for name, data in tensorboard.logs(histories, time.time()).items():
        put(folder / name, data)


def write_report(histories: Sequence[History], path: Path) -> None:
    """One page on a run, or on several as a race."""
    # Plotly takes half a second to load: not before it is needed.
    from tl_core.export import report

    put(path, report.report(histories))


def write_charts(histories: Sequence[History], path: Path) -> None:
    """The charts, to zoom and read off."""
    from tl_core.export import charts

    put(path, charts.charts(histories[0]))


def write_spec(histories: Sequence[History], path: Path) -> None:
    """The experiment itself."""
    put(path, spec_file.written(histories[0].spec))


FORMATS: dict[str, tuple[Write, str, str]] = {
    "script": (write_script, "FILE.py", "one file that repeats the run"),
    "notebook": (write_notebook, "FILE.ipynb", "lesson, code and run"),
    "spec": (write_spec, "FILE.json", "the experiment, for train --spec"),
    "report": (write_report, "FILE.html", "one page on a run or a race"),
    "charts": (write_charts, "FILE.html", "charts; they save as PNG"),
    "csv": (
        lambda runs, path: put(path, metrics.as_csv(runs)),
        "FILE.csv",
        "every number: run, seq, phase, step, name, value",
    ),
    "parquet": (
        lambda runs, path: put(path, metrics.as_parquet(runs)),
        "FILE.parquet",
        "the same table",
    ),
    "tensorboard": (write_tensorboard, "DIR", "event files"),
    "weights": (write_weights, "FILE.safetensors", "the adapted network"),
    "adapter": (write_adapter, "DIR", "a LoRA adapter for PEFT"),
}
"""How each format is written, what it is given, and what it is."""
TOGETHER = ("report", "csv", "parquet", "tensorboard")
"""Formats that hold several runs."""


def specs_in(options: argparse.Namespace) -> list[RunSpec]:
    """The spec in the file that `train` is given, or one for each seed.

    Raises:
        SpecError: there is no such file, no spec in it, or more is given.
    """
    also = ("dataset", "backbone", "strategy", "settings")
    more = [name for name in also if getattr(options, name)]
    if more:
        raise SpecError(
            "--spec is a whole experiment; leave out the other settings, "
            "but for --seed."
        )
    spec = spec_file.at(Path(options.spec))
    if options.seed is None:
        return [spec]
    return [replace(spec, seed=seed) for seed in options.seed]


def with_data(specs: Sequence[RunSpec], path: str | None) -> list[RunSpec]:
    """The specs on the pictures of a folder or zip file, if one is given.

    Raises:
        SpecError: the dataset takes none, or the pictures cannot be used.
    """
    if path is None:
        return list(specs)
    if any(spec.dataset != "folder" for spec in specs):
        raise SpecError("--data is for --dataset folder, your own pictures.")
    from tl_core import uploads

    done = uploads.take(Path(path))
    for line in (tables.taken(done), tables.left_out(done)):
        if line:
            say(line)
    return [
        replace(spec, dataset_params={**spec.dataset_params, "data": done.id})
        for spec in specs
    ]


def say(line: str) -> None:
    """A line for the person at the keyboard, on standard error."""
    sys.stderr.write(f"{line}\n")
