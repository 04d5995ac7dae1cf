"""Which source model is worth adapting? Scores taken before any training on
the target, beside what adaptation then reached.

The scores are those of `depths.promise`, the runs those of the candidates in
`studies.py`; both are recorded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from tl_core import recording
from tl_core.analysis.intervals import Interval, interval
from tl_core.figures.race import target_accuracy
from tl_core.home import ASSETS
from tl_core.races import Race
from tl_core.studies import CANDIDATES
from tl_core.texts import say

PROMISES = ASSETS / "recorded" / "promises.json"
SCORES = {
    "logme": say("LogME"),
    "leep": "LEEP",
    "h_score": say("H-score"),
    "closeness": say("Closeness"),
}
"""What the scores are called."""
Table = Mapping[str, Sequence[float]]
"""By candidate: a number for each seed."""


def record_promises(tell: Callable[[str], None]) -> None:
    """Score every candidate again, with every seed."""
    from tl_core.depths import promise
    from tl_core.device import describe, device, use_threads

    use_threads()
    found = {
        race.key: [promise(race.spec("full", seed)) for seed in race.seeds]
        for race in CANDIDATES
    }
    document = {
        "scores": found,
        "device": describe(device()),
        "recorded": datetime.now(UTC).date().isoformat(),
    }
    PROMISES.write_text(json.dumps(document, indent=0))
    tell(f"scores of {len(found)} source models")


@cache
def recorded() -> dict[str, Any]:
    """What `record_promises` wrote; {} when it was never made."""
    if not PROMISES.is_file():
        return {}
    document: dict[str, Any] = json.loads(PROMISES.read_text())
    return document


def scores(name: str) -> Table:
    """A recorded score of every candidate."""
    rows = recorded()["scores"]
    return {key: [row[name] for row in rows[key]] for key in rows}


def reached(strategy: str) -> Table:
    """Target accuracy that a strategy reached from every candidate."""
    return {
        race.key: [target_accuracy(run) for run in runs(race, strategy)]
        for race in CANDIDATES
    }


def runs(race: Race, strategy: str) -> list[Any]:
    """A candidate's recorded runs with one strategy, seed by seed."""
    found = [
        recording.read(race.spec(strategy, seed).id) for seed in race.seeds
    ]
    return [run for run in found if run is not None]


def agreement(foretold: Table, found: Table) -> Interval:
    """Spearman's rank correlation over the candidates, in [-1, 1]: its mean
    over seeds, each with its own scores and runs."""
    keys = list(foretold)
    seeds = range(len(foretold[keys[0]]))
    return interval(
        [
            rank_correlation(
                [foretold[key][seed] for key in keys],
                [found[key][seed] for key in keys],
            )
            for seed in seeds
        ]
    )


def rank_correlation(a: Sequence[float], b: Sequence[float]) -> float:
    """Spearman's rho: Pearson's correlation of the ranks; equal values
    share the mean of their ranks."""
    import pandas as pd

    return float(pd.Series(a).rank().corr(pd.Series(b).rank()))
