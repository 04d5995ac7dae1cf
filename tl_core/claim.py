"""A claim, and what runs say of it.

A claim compares two arms seed by seed. Its bounds belong to the claim, not to
the result: it holds when the 95 % interval of the difference lies inside
them, does not hold when it lies outside, and is otherwise not clear.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Protocol

from tl_core import facts, measures, sentences
from tl_core.analysis.intervals import Interval, interval
from tl_core.experiments import EVERY
from tl_core.history import History
from tl_core.races import Race
from tl_core.spec import RunSpec
from tl_core.texts import say

EXPERIMENTS = {race.key: race for race in EVERY}


Found = Callable[[str], History | None]
"""Gives the finished run of a spec's id."""


class Side(Protocol):
    """One side of a comparison: a number for each seed."""

    @property
    def name(self) -> str:
        """What is measured, in words."""
        ...

    def specs(self) -> list[RunSpec]:
        """The runs behind it, one a seed."""
        ...

    def values(self, found: Found) -> list[float]:
        """A number a seed.

        Raises:
            LookupError: a run or a recording is missing.
        """
        ...


@dataclass(frozen=True)
class Arm:
    """A strategy in a race, and what is measured of its runs: an accuracy
    such as "target", "source" or "source_before", or one of `measures`."""

    race: str
    strategy: str
    measure: str = "target"

    @property
    def experiment(self) -> Race:
        """The race it belongs to."""
        return EXPERIMENTS[self.race]

    @property
    def name(self) -> str:
        """Strategy, measure and race."""
        title = sentences.title(self.strategy)
        return f"{title}, {self.measure.replace('_', ' ')} ({self.race})"

    def specs(self) -> list[RunSpec]:
        """One run a seed."""
        race = self.experiment
        return [race.spec(self.strategy, seed) for seed in race.seeds]

    def values(self, found: Found) -> list[float]:
        """What each seed's run measured."""
        runs = [found(spec.id) for spec in self.specs()]
        if None in runs:
            raise LookupError(
                say("No finished run of {strategy}.", strategy=self.strategy)
            )
        return [measures.measure(run, self.measure) for run in runs if run]


@dataclass(frozen=True)
class Constant:
    """The same number for every seed: a bound that the claim itself names,
    or a value known by arithmetic."""

    value: float
    name: str

    def specs(self) -> list[RunSpec]:
        """No runs."""
        return []

    def values(self, found: Found) -> list[float]:
        """One number; `judge` repeats it."""
        return [self.value]


@dataclass(frozen=True)
class Between:
    """A `share` of the way from one strategy to another, seed by seed."""

    race: str
    bottom: str
    top: str
    share: float

    @property
    def name(self) -> str:
        """The way, in words."""
        bottom, top = (sentences.title(k) for k in (self.bottom, self.top))
        return say(
            "{share:.0%} of the way: {bottom} to {top} ({race})",
            share=self.share,
            bottom=bottom,
            top=top,
            race=self.race,
        )

    def specs(self) -> list[RunSpec]:
        """The runs of both ends."""
        return [spec for arm in self._ends() for spec in arm.specs()]

    def values(self, found: Found) -> list[float]:
        """Target accuracy at that place."""
        low, high = (arm.values(found) for arm in self._ends())
        return [
            a + self.share * (b - a) for a, b in zip(low, high, strict=True)
        ]

    def _ends(self) -> tuple[Arm, Arm]:
        return Arm(self.race, self.bottom), Arm(self.race, self.top)


@dataclass(frozen=True)
class Fact:
    """A number that was taken of each seed's networks and recorded; see
    `facts`."""

    key: str
    name: str

    def specs(self) -> list[RunSpec]:
        """The runs whose networks were measured."""
        return facts.specs(self.key)

    def values(self, found: Found) -> list[float]:
        """One number a seed."""
        return facts.values(self.key)


@dataclass(frozen=True)
class Claim:
    """`arm` minus `against` lies between `low` and `high`.

    `section` is the syllabus' number; `source` says who claims it. Accuracies
    are told in points; a claim about another number has a `unit` of its own,
    and one that was not repeated over seeds says what it is `over`.
    """

    key: str
    statement: str
    section: str
    source: str
    arm: Side
    against: Side
    low: float = 0.0
    high: float = inf
    unit: str = "points"
    over: str = "seeds"


BADGES = {
    "holds": say("holds"),
    "does not hold": say("does not hold"),
    "not clear": say("not clear"),
}
"""What a verdict may be, and how that is called."""


@dataclass(frozen=True)
class Verdict:
    """ "holds", "does not hold" or "not clear", and the difference seen."""

    badge: str
    effect: Interval

    @property
    def said(self) -> str:
        """The badge in the lab's language."""
        return BADGES[self.badge]


def judge(claim: Claim, found: Found) -> Verdict:
    """What the runs say.

    Raises:
        LookupError: a run of the claim is missing.
    """
    one, other = claim.arm.values(found), claim.against.values(found)
    if len(other) == 1:
        other = other * len(one)
    effect = interval([a - b for a, b in zip(one, other, strict=True)])
    if claim.low < effect.low and effect.high < claim.high:
        return Verdict("holds", effect)
    if effect.high <= claim.low or claim.high <= effect.low:
        return Verdict("does not hold", effect)
    return Verdict("not clear", effect)
