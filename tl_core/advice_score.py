"""How good the advice is: the recommender against races that were run.

In each case some strategies competed with equal budgets. An adviser names
one; its regret is how far that stays below the best, seed by seed. The best
is known afterwards only and favoured by chance, so no adviser has none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from statistics import fmean

from tl_core.advice_cases import Case, recorded
from tl_core.advice_rules import RULES
from tl_core.analysis.intervals import Interval, interval
from tl_core.recommend import TEXTBOOK, Calibration, advise

HIT = 0.02
"""Regret that counts as none."""
CALIBRATIONS = tuple(
    Calibration(few, first)
    for first in ("dann", "mmd")
    for few in (500, 200, 100, 50, 20, 10)
)
Adviser = Callable[[Case], Sequence[str]]
"""Names a strategy; several are drawn from by lot."""


def by_rules(case: Case, calibration: Calibration = TEXTBOOK) -> list[str]:
    """The first advice of the rules among the competitors."""
    situation = replace(case.situation, calibration=calibration)
    ranked = advise(situation, RULES, tuple(case.reached))
    return [ranked[0].strategy]


def by_others(case: Case) -> list[str]:
    """The first advice of the rules as calibrated on all other pairs."""
    return by_rules(case, calibrated(case.pair))


@cache
def calibrated(without: str = "") -> Calibration:
    """What has the least regret over the cases, those of one pair left out;
    of equal ones the first, and the textbook's before all."""
    seen = [case for case in recorded() if case.pair != without]
    return min(
        (TEXTBOOK, *CALIBRATIONS),
        key=lambda c: sum(
            regret(case, partial(by_rules, calibration=c)).mean
            for case in seen
        ),
    )


def without_mmd(case: Case) -> list[str]:
    """The first advice of the rules if MMD^2 had not been measured."""
    blind = replace(case.situation, mmd=None)
    return by_rules(replace(case, situation=blind))


def always_most(case: Case) -> list[str]:
    """Full fine-tuning where there are labels, MMD where there are none."""
    return ["full" if "full" in case.reached else "mmd"]


def always_least(case: Case) -> list[str]:
    """A probe where there are labels, nothing where there are none."""
    probed = "linear_probe" in case.reached
    return ["linear_probe" if probed else "source_only"]


def by_lot(case: Case) -> list[str]:
    """Any of the competitors."""
    return list(case.reached)


ADVISERS: dict[str, Adviser] = {
    "Textbook's rules": by_rules,
    "Rules calibrated on other pairs": by_others,
    "Always full, or MMD": always_most,
    "Textbook's rules without MMD²": without_mmd,
    "Always probe, or nothing": always_least,
    "By lot": by_lot,
}


def regret(case: Case, adviser: Adviser) -> Interval:
    """An adviser's regret in a case over seeds; by lot, the mean of all."""
    columns = [case.regrets(choice) for choice in adviser(case)]
    return interval([fmean(seed) for seed in zip(*columns, strict=True)])


def overall(cases: Sequence[Case], adviser: Adviser) -> tuple[Interval, int]:
    """Mean regret over cases, and in how many it is at most HIT."""
    means = [regret(case, adviser).mean for case in cases]
    return interval(means), sum(mean <= HIT for mean in means)
