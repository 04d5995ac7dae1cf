"""What a step holds in memory: by formula and counted; and a whole run."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

from tests.benchmarks.timing import FULL, Row, Sizes
from tl_core import matrix_memory, memory, memory_lesson
from tl_core.matrix import races_of
from tl_core.spec import RunSpec

GROUP = "memory"
LIMIT = 2.5e9
"""Bytes that a free cloud instance has to give."""
MIB = 2**20


def rows(sizes: Sizes) -> Iterator[Row]:
    """By strategy: weights, gradients, moments and activations."""
    for network in memory.NETWORKS:
        for strategy in memory.STRATEGIES:
            yield predicted(network, strategy, sizes.batch)
    every = list(races_of())
    for network, strategy, race in every if sizes == FULL else every[:1]:
        spec = race.spec(strategy, race.seeds[0])
        yield state(network, strategy, replace(spec, pretrain_steps=0))
    if sizes == FULL:
        yield whole_run()


def predicted(network: str, strategy: str, batch: int) -> Row:
    """All four parts, in MiB."""
    spec = replace(memory.spec(network, strategy, batch), pretrain_steps=0)
    held = memory_lesson.held(spec)
    counts = {name: held[name] for name in ("total", "trained")}
    said = memory.predicted(network, strategy, batch, counts)
    found = sum(held[part] for part in memory.PARTS)
    formula = sum(said.values())
    return Row(
        GROUP,
        f"a step of {strategy}, {network}, batch {batch}",
        f"{found / MIB:.2f} MiB",
        "formula 4 P + 12 T + activations",
        f"{formula / MIB:.2f} MiB",
        found / formula,
        "≤ 1.05",
    )


def state(network: str, strategy: str, spec: RunSpec) -> Row:
    """Weights, gradients and moments of a strategy of the matrix; what is
    above the formula is what the strategy keeps of its own."""
    from tl_core import training
    from tl_core.device import device

    held = matrix_memory.held(spec)
    found = sum(held[part] for part in matrix_memory.STATE)
    model = training.new_network(spec, training.load_pair(spec, device()))
    total = 4 * sum(p.numel() for p in model.parameters())
    formula = total + 3 * held["gradients"]
    return Row(
        GROUP,
        f"weights and optimiser of {strategy}, {network}",
        f"{found / MIB:.2f} MiB",
        "4 P + 12 T",
        f"{formula / MIB:.2f} MiB",
        found / formula,
        note=f"and {held['activations'] / MIB:.1f} MiB of activations",
    )


def whole_run() -> Row:
    """The default run in a process of its own."""
    line = [sys.executable, "-m", "tl_core", "train", "--json"]
    for name in ("dataset", "backbone", "strategy"):
        line += [f"--{name}", getattr(RunSpec(), name)]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    summary = json.loads(done.stdout.splitlines()[-1])["summary"]
    peak = summary["peak_memory_bytes"]
    return Row(
        GROUP,
        "peak of the default run, a process with torch",
        f"{peak / 1e9:.2f} GB",
        "a free cloud instance",
        f"{LIMIT / 1e9:.2f} GB",
        peak / LIMIT,
        "≤ 1",
    )
