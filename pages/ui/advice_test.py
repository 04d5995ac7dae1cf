"""The recommender on trial: its regret beside that of trivial advisers."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui.charts import chart
from tl_core import advice_cases, advice_score
from tl_core import matrix as names
from tl_core.advice_cases import Case
from tl_core.advice_score import ADVISERS, HIT, by_rules
from tl_core.analysis.intervals import Interval, interval
from tl_core.figures import matrix as figures
from tl_core.recommend import TEXTBOOK
from tl_core.texts import say

RULES, OTHERS, MOST, *_ = ADVISERS
WORST = 4
"""Failures that are told."""


def show() -> None:
    """The score of every adviser, case by case, and where the rules fail."""
    st.subheader(say("Is the advice any good?"), anchor=False)
    cases = advice_cases.recorded()
    words = said(cases)
    st.markdown(f"**{words}**")
    st.dataframe(
        [_row(name, cases) for name in ADVISERS],
        hide_index=True,
        alt=words,
    )
    st.markdown(failures(cases))
    found = {
        case.name: {
            say(name): advice_score.regret(case, adviser)
            for name, adviser in list(ADVISERS.items())[:3]
        }
        for case in cases
    }
    chart(figures.regrets(found), words, "advice.regret")
    _origin(cases)


def _row(name: str, cases: Sequence[Case]) -> dict[str, str]:
    mean, hits = advice_score.overall(cases, ADVISERS[name])
    within = say("within {hit:.0f} points of the best", hit=100 * HIT)
    return {
        say("adviser"): say(name),
        say("mean regret (points)"): f"{100 * mean.mean:.1f} ± "
        f"{100 * mean.half:.1f}",
        within: say(
            "{hits} of {cases} ({share:.0f} %)",
            hits=hits,
            cases=len(cases),
            share=100 * hits / len(cases),
        ),
    }


def said(cases: Sequence[Case]) -> str:
    """Who advises best, and whether that is clear."""
    rules, others, most = (
        advice_score.overall(cases, ADVISERS[name])[0]
        for name in (RULES, OTHERS, MOST)
    )
    gap = _gap(cases)
    clear = (
        say("is clear") if gap.low > 0 or gap.high < 0 else say("is not clear")
    )
    return say(
        "The textbook's rules stay {rules:.1f} points below the best on "
        "average, “always full, or MMD” {most:.1f}; the rules calibrated on "
        "other pairs {others:.1f}, and this last difference of {gap:.1f} ± "
        "{half:.1f} points {clear}.",
        rules=100 * rules.mean,
        most=100 * most.mean,
        others=100 * others.mean,
        gap=100 * gap.mean,
        half=100 * gap.half,
        clear=clear,
    )


def _gap(cases: Sequence[Case]) -> Interval:
    """How much less regret the calibrated rules have than always the same."""
    most, others = ADVISERS[MOST], ADVISERS[OTHERS]
    return interval(
        [
            advice_score.regret(case, most).mean
            - advice_score.regret(case, others).mean
            for case in cases
        ]
    )


def failures(cases: Sequence[Case]) -> str:
    """Where the textbook's rules lose most, and what calibration changes."""
    regrets = [(advice_score.regret(case, by_rules), case) for case in cases]
    worst = sorted(regrets, key=lambda pair: -pair[0].mean)[:WORST]
    return "\n".join(
        [
            say("Where the textbook's rules fail most:"),
            *(_failed(case, regret) for regret, case in worst),
            "",
            _calibrated(cases),
        ]
    )


def _failed(case: Case, regret: Interval) -> str:
    """What the rules advise in a case, and what would have been better."""
    return say(
        "- {case}: {advised} is advised, {best} is {regret:.1f} ± {half:.1f} "
        "points better.",
        case=case.name,
        advised=names.short(by_rules(case)[0]),
        best=names.short(case.best),
        regret=100 * regret.mean,
        half=100 * regret.half,
    )


def _calibrated(cases: Sequence[Case]) -> str:
    """What the textbook calls few and tries first, and what all cases say."""
    own = advice_score.calibrated()
    taught = [case for case in cases if case.situation.labels]
    return say(
        "They call {few} labels few and try {first} first. But full "
        "fine-tuning is best in {full} of {taught} competitions with labels, "
        "on these small networks. Calibrated over all competitions, few is "
        "{own_few} labels and {own_first} comes first.",
        few=TEXTBOOK.few,
        first=names.short(TEXTBOOK.first),
        full=sum(case.best == "full" for case in taught),
        taught=len(taught),
        own_few=own.few,
        own_first=names.short(own.first),
    )


def _origin(cases: Sequence[Case]) -> None:
    """What regret is, and what the test cannot tell."""
    seeds = sorted({len(v) for c in cases for v in c.reached.values()})
    pairs = {case.pair for case in cases}
    st.caption(
        say(
            "Regret: how far the advised strategy stays below the best of "
            "those that competed, in target accuracy, mean over seeds; by "
            "lot, the mean of all. The best is known afterwards only. "
            "Calibrated: what counts as few, and DANN or MMD first, are "
            "chosen on all pairs but the one that is judged. The rule about "
            "MMD² was written when these runs were known; the rules without "
            "it owe them nothing. {cases} competitions on {pairs} pairs, "
            "{fewest} to {most} seeds each, small networks on the CPU; "
            "those on one pair are alike, so the intervals over competitions "
            "are too narrow. Not tested: keeping the source, little memory, "
            "large networks. Drawn from the recorded runs {day}.",
            cases=len(cases),
            pairs=len(pairs),
            fewest=seeds[0],
            most=seeds[-1],
            day=advice_cases.day(),
        )
    )
