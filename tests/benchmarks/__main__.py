"""`make bench`: every group of benchmarks, one table.

`python -m tests.benchmarks [GROUP ...]` prints the table of some groups, or
of all and then writes it to `results.md` too. Nothing here asserts, for a
busy machine is slow.
"""

from __future__ import annotations

import platform
import sys
import time
import warnings
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tests.benchmarks import readme
from tests.benchmarks.timing import FULL, Row, Sizes

PEERS = Path(sys.prefix) / "peers"
"""Where `make .venv/peers` puts what no test needs."""
RESULTS = Path(__file__).parent / "results.md"
GROUPS = (
    "default_run",
    "step",
    "gpu",
    "frozen",
    "peers",
    "importance",
    "continual",
    "memory",
    "scale",
    "subsampling",
    "questions",
)
"""Modules with a function `rows(sizes)`, in the order of the table."""
LIVE = ("pages", "load", "workers")
"""Such modules that start the app itself, whose work no test repeats."""
PACKAGES = (
    *("torch", "torchvision", "numpy", "pytorch-adapt", "peft", "skada"),
    *("backpack-for-pytorch", "nngeometry", "avalanche-lib"),
)
HEAD = ("group", "work", "ours", "peer", "peer's", "ratio", "goal", "")


def main(names: Sequence[str]) -> None:
    """Run the groups; of all of them, write the table after each."""
    from tl_core.device import use_threads

    warnings.simplefilter("ignore")
    sys.path.append(str(PEERS))
    use_threads()
    found: list[Row] = []
    start = time.monotonic()
    for name in names or (*GROUPS, *LIVE):
        for row in measured(name, FULL):
            found.append(row)
            sys.stdout.write(line(cells(row)) + "\n")
            sys.stdout.flush()
        if not names:
            minutes = (time.monotonic() - start) / 60
            text = document(found, minutes)
            RESULTS.write_text(text, encoding="utf-8")
            readme.write(text)


def measured(name: str, sizes: Sizes) -> Iterable[Row]:
    """The rows of one group."""
    return import_module(f"tests.benchmarks.{name}").rows(sizes)


def document(rows: Sequence[Row], minutes: float) -> str:
    """The table in Markdown, with the machine, the day and the versions."""
    table = [line(HEAD), line(["---"] * len(HEAD))]
    table += [line(cells(row)) for row in rows]
    return "\n".join(
        [
            "# Benchmarks",
            "",
            f"{machine()}; {datetime.now(UTC).date().isoformat()}; "
            f"{minutes:.0f} minutes.",
            "",
            versions(),
            "",
            "Medians; two works that are compared ran in turn, A B A B, in "
            "one process; on one thread times are the processor's. A ratio "
            "says how many times as much the peer takes, or, where the goal "
            "is a bound from above, we do.",
            "",
            *table,
            "",
        ]
    )


def machine() -> str:
    """Processor, cores in use and system, in words."""
    import os

    from tl_core.device import describe, device

    info = Path("/proc/cpuinfo")
    names = [
        text.split(":")[1].strip()
        for text in (info.read_text().splitlines() if info.is_file() else [])
        if text.startswith("model name")
    ]
    name = names[0] if names else platform.processor()
    cores = os.cpu_count()
    return f"{name}, {cores} cores, {platform.system()}; {describe(device())}"


def versions() -> str:
    """Of Python and of the packages that are compared."""
    found = [f"Python {platform.python_version()}"]
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} not installed")
    return ", ".join(found) + "."


def cells(row: Row) -> list[str]:
    """The row as text."""
    ratio = "" if row.ratio is None else f"{row.ratio:.3g}"
    last = "; ".join(part for part in (row.verdict, row.note) if part)
    first = [row.group, row.work, row.ours, row.peer, row.theirs]
    return [*first, ratio, row.goal, last]


def line(texts: Iterable[str]) -> str:
    """One line of a Markdown table."""
    return f"| {' | '.join(texts)} |"


if __name__ == "__main__":
    main(sys.argv[1:])
