"""The search for each strategy's own learning rate: `tuned_rates.py` says what
is tried and how it is judged; here it runs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from tl_core import catalog
from tl_core.tuned_rates import (
    AGAIN,
    FILE,
    FIRST,
    GRID,
    SEEDS,
    USUAL,
    Measured,
    Stage,
    better,
    recorded,
    spec_of,
)


def record_rates(tell: Callable[[str], None]) -> None:
    """Run the search again and keep what it measured."""
    from tl_core.device import describe, device, use_threads

    use_threads()
    runs: list[Measured] = []
    for strategy in catalog.keys("strategies"):
        for run in search(strategy):
            runs.append(run)
            tell(
                f"{run.strategy}, {run.stage}, lr {run.lr:g}, seed "
                f"{run.seed}: {run.validation:.3f}, {run.seconds:.1f} s"
            )
    document = {
        "runs": [vars(run) for run in runs],
        "device": describe(device()),
        "recorded": datetime.now(UTC).date().isoformat(),
    }
    FILE.write_text(json.dumps(document, indent=0))
    recorded.cache_clear()


def search(strategy: str) -> Iterator[Measured]:
    """Both stages of one strategy; the second only for a rate that was better
    in the first, beside the usual one."""
    seen = []
    for lr in GRID:
        for seed in SEEDS:
            seen.append(measure(FIRST, strategy, lr, seed))
            yield seen[-1]
    found = better(strategy, seen)
    for lr in (USUAL, found.lr) if found.lr != USUAL else ():
        for seed in SEEDS:
            yield measure(AGAIN, strategy, lr, seed)


def measure(stage: Stage, strategy: str, lr: float, seed: int) -> Measured:
    """Run until its last step has been looked at; test sets are left out."""
    from tl_core.events import Evaluated
    from tl_core.training import train

    spec = spec_of(stage, strategy, lr, seed)
    began = time.monotonic()
    for event in train(spec):
        if isinstance(event, Evaluated) and event.phase == "adapt":
            scores = event.scores
            if event.step == spec.steps:
                break
    return Measured(
        stage.name,
        strategy,
        lr,
        seed,
        scores["validation"],
        scores["information"],
        round(time.monotonic() - began, 2),
        spec.id,
    )
