"""A claim, and what runs say of it.

A claim compares two arms seed by seed. Its bounds belong to the claim, not to
the result: it holds when the 95 % interval of the difference lies inside
them, does not hold when it lies outside, and is otherwise not clear.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from tl_core.analysis.intervals import Interval, interval
from tl_core.experiments import EVERY
from tl_core.history import History
from tl_core.races import Race
from tl_core.spec import RunSpec

EXPERIMENTS = {race.key: race for race in EVERY}


@dataclass(frozen=True)
class Arm:
    """One side of a comparison: a strategy in a race, and what is measured:
    an accuracy of a finished run such as "target", "source",
    "source_before" or "source_adapter_off"."""

    race: str
    strategy: str
    measure: str = "target"

    @property
    def experiment(self) -> Race:
        """The race it belongs to."""
        return EXPERIMENTS[self.race]

    def specs(self) -> list[RunSpec]:
        """One run a seed."""
        race = self.experiment
        return [race.spec(self.strategy, seed) for seed in race.seeds]


@dataclass(frozen=True)
class Claim:
    """`arm` minus `against` lies between `low` and `high` (accuracies).

    `section` is the syllabus' number; `source` says who claims it.
    """

    key: str
    statement: str
    section: str
    source: str
    arm: Arm
    against: Arm
    low: float = 0.0
    high: float = inf


@dataclass(frozen=True)
class Verdict:
    """ "holds", "does not hold" or "not clear", and the difference seen."""

    badge: str
    effect: Interval


def judge(claim: Claim, found: Callable[[str], History | None]) -> Verdict:
    """What the runs say; `found` gives the finished run of a spec's id.

    Raises:
        LookupError: a run of the claim is missing.
    """
    one, other = _values(claim.arm, found), _values(claim.against, found)
    effect = interval([a - b for a, b in zip(one, other, strict=True)])
    if claim.low < effect.low and effect.high < claim.high:
        return Verdict("holds", effect)
    if effect.high <= claim.low or claim.high <= effect.low:
        return Verdict("does not hold", effect)
    return Verdict("not clear", effect)


def _values(arm: Arm, found: Callable[[str], History | None]) -> list[float]:
    values = []
    for spec in arm.specs():
        history = found(spec.id)
        if history is None or history.finished is None:
            raise LookupError(f"No finished run of {arm.strategy}.")
        values.append(history.finished.accuracy[arm.measure])
    return values
