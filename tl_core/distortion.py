"""Distorted sources: what starting from them gains or costs, and whether
scores taken before training foretell it.

The gain is the target accuracy of full fine-tuning minus that of training
from scratch with the same seed, labels and steps; below zero the transfer is
negative (Wang et al. 2019, arXiv:1811.09751).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from tl_core import promises, recording
from tl_core.analysis.intervals import Interval, interval
from tl_core.figures.race import target_accuracy
from tl_core.history import History
from tl_core.home import ASSETS
from tl_core.lesson_studies import BUDGETS, BY_LOT, NAMES, SHARES
from tl_core.races import Race
from tl_core.texts import say

DISTORTION = ASSETS / "recorded" / "distortion.json"
SCORED = 50
"""Labels from which scores are taken."""
SEEDS = (0, 1, 2)
"""Seeds whose source models are scored."""
BLIND = 1e-6
"""Scores closer than this are the same."""
Cell = tuple[float, int]
"""Share of the source that is distorted, and target labels."""


@dataclass(frozen=True)
class Kind:
    """A way to distort a source: `races` by cell; `fair` says whether scratch
    ran beside each cell, or only beside the undistorted one, for where
    nothing of the source is used its distortion cannot matter."""

    key: str
    title: str
    races: Mapping[Cell, Race]
    fair: bool

    def baseline(self, cell: Cell) -> Race:
        """The race with the cell's runs from scratch."""
        return self.races[cell if self.fair else (SHARES[0], cell[1])]


KINDS = {
    kind.title: kind
    for kind in (
        Kind("names", say("Names changed, head kept"), NAMES, True),
        Kind("lot", say("Labels by lot, new head"), BY_LOT, False),
    )
}


def runs(race: Race, strategy: str) -> list[History]:
    """The recorded runs of one strategy, seed by seed.

    Raises:
        LookupError: one is missing.
    """
    found = [
        recording.read(race.spec(strategy, seed).id) for seed in race.seeds
    ]
    if None in found:
        raise LookupError(
            say("Not every run of {title} is recorded.", title=race.title)
        )
    return [run for run in found if run is not None]


def gains(kind: Kind, cell: Cell) -> list[float]:
    """What the source brought, in accuracy, a number a seed."""
    ours = runs(kind.races[cell], "full")
    scratch = runs(kind.baseline(cell), "scratch")
    return [
        target_accuracy(one) - target_accuracy(other)
        for one, other in zip(ours, scratch, strict=True)
    ]


def table(kind: Kind) -> dict[Cell, Interval]:
    """The gain of every cell, over seeds."""
    return {
        (share, labels): interval(gains(kind, (share, labels)))
        for labels in BUDGETS
        for share in SHARES
    }


def sign(span: Interval) -> str:
    """ "helps", "hurts", or "not clear" where the interval holds zero."""
    if span.low > 0:
        return "helps"
    return "hurts" if span.high < 0 else "not clear"


def record_distortion(tell: Callable[[str], None]) -> None:
    """Score the source model of every distortion again."""
    from tl_core.depths import promise
    from tl_core.device import describe, device, use_threads

    use_threads()
    scores = {
        kind.key: {
            f"{share:g}": [
                promise(kind.races[share, SCORED].spec("full", seed))
                for seed in SEEDS
            ]
            for share in SHARES
        }
        for kind in KINDS.values()
    }
    document = {
        "scores": scores,
        "device": describe(device()),
        "recorded": datetime.now(UTC).date().isoformat(),
    }
    DISTORTION.write_text(json.dumps(document, indent=0))
    tell("scores of distorted sources")


@cache
def recorded() -> dict[str, Any]:
    """What `record_distortion` wrote; {} when it was never made."""
    if not DISTORTION.is_file():
        return {}
    document: dict[str, Any] = json.loads(DISTORTION.read_text())
    return document


def foretold(kind: Kind, score: str) -> dict[str, list[float]]:
    """A score of each distortion's source models, a number a seed.

    Raises:
        LookupError: none is recorded.
    """
    document = recorded()
    if not document:
        raise LookupError(say("The scores of distorted sources are missing."))
    rows = document["scores"][kind.key]
    return {share: [row[score] for row in rows[share]] for share in rows}


def came(kind: Kind) -> dict[str, list[float]]:
    """The gain of each distortion with SCORED labels, for the seeds whose
    source models were scored."""
    return {
        f"{share:g}": gains(kind, (share, SCORED))[: len(SEEDS)]
        for share in SHARES
    }


def agreement(kind: Kind, score: str) -> Interval | None:
    """Spearman's rank correlation of a score and the gain over distortions,
    in [-1, 1]; its mean over seeds. None where the score cannot tell the
    distortions apart."""
    scores = foretold(kind, score)
    for seed in range(len(SEEDS)):
        values = [row[seed] for row in scores.values()]
        if max(values) - min(values) < BLIND:
            return None
    return promises.agreement(scores, came(kind))
