"""A finished run longer than any spec allows, written into a store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tl_core import events
from tl_core.events import Evaluated, Event, Phase
from tl_core.jobs.records import Batch
from tl_core.jobs.store import RunStore
from tl_core.spec import spec_from_settings

EVENTS = 50_000
POINTS = 40
"""Times that a phase is measured, see `tl_core.cadence`."""
STAGES = ("conv1", "conv2", "dense")
SPEC = spec_from_settings({"pretrain_steps": 20_000, "steps": 20_000})
COUNTS = {"total": 36_000, "trained": 36_000, "auxiliary": 0}


def keep_long_run(home: Path) -> str:
    """Write the run into the store of a lab's folder; returns its id."""
    told = list(long_run())
    rows = [(k / 100, events.to_json(event)) for k, event in enumerate(told)]
    store = RunStore(home / "runs")
    store.submit(SPEC)
    store.append(Batch(SPEC.id, "long", 0, rows))
    store.close()
    return SPEC.id


def long_run() -> Iterator[Event]:
    """EVENTS events of a run of the default strategy, without pictures."""
    steps = (EVENTS - 4 - 2 * POINTS) // 2
    classes = tuple("0123456789")
    yield events.RunStarted(SPEC.to_dict(), "cpu (2 threads)", classes)
    yield from _phase("pretrain", steps, ("source",))
    yield from _phase("adapt", steps, ("source", "mmd"))
    accuracy = {"target": 0.8, "target_before": 0.6}
    source = {"source": 0.97, "source_before": 0.98, "source_old_head": 0.97}
    distances = dict.fromkeys(STAGES, (0.2, 0.1))
    samples = {"source": 1000, "target": 1000}
    yield events.RunFinished({**accuracy, **source}, distances, samples)


def _phase(
    phase: Phase, steps: int, terms: tuple[str, ...]
) -> Iterator[Event]:
    yield events.PhaseStarted(phase, steps, COUNTS)
    for step in range(1, steps + 1):
        loss = 2.0 / step**0.5
        yield events.StepDone(phase, step, dict.fromkeys(terms, loss))
        if step % (steps // POINTS) == 0:
            accuracy = {"source": 1 - loss / 3, "target": 0.8 - loss / 3}
            distances = dict.fromkeys(STAGES, loss)
            null = dict.fromkeys(STAGES, 0.01)
            yield Evaluated(phase, step, accuracy, distances, 512, {}, null)
