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

RULES, OTHERS, MOST, *_ = ADVISERS
WORST = 4
"""Failures that are told."""


def show() -> None:
    """The score of every adviser, case by case, and where the rules fail."""
    st.subheader("Is the advice any good?", anchor=False)
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
            name: advice_score.regret(case, adviser)
            for name, adviser in list(ADVISERS.items())[:3]
        }
        for case in cases
    }
    chart(figures.regrets(found), words, "advice.regret")
    _origin(cases)


def _row(name: str, cases: Sequence[Case]) -> dict[str, str]:
    mean, hits = advice_score.overall(cases, ADVISERS[name])
    return {
        "adviser": name,
        "mean regret (points)": f"{100 * mean.mean:.1f} ± "
        f"{100 * mean.half:.1f}",
        f"within {100 * HIT:.0f} points of the best": f"{hits} of "
        f"{len(cases)} ({100 * hits / len(cases):.0f} %)",
    }


def said(cases: Sequence[Case]) -> str:
    """Who advises best, and whether that is clear."""
    rules, others, most = (
        advice_score.overall(cases, ADVISERS[name])[0]
        for name in (RULES, OTHERS, MOST)
    )
    gap = _gap(cases)
    clear = "is clear" if gap.low > 0 or gap.high < 0 else "is not clear"
    return (
        f"The textbook's rules stay {100 * rules.mean:.1f} points below the "
        f"best on average, “always full, or MMD” {100 * most.mean:.1f}; the "
        f"rules calibrated on other pairs {100 * others.mean:.1f}, and this "
        f"last difference of {100 * gap.mean:.1f} ± {100 * gap.half:.1f} "
        f"points {clear}."
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
    lines = [
        f"- {case.name}: {names.short(by_rules(case)[0])} is advised, "
        f"{names.short(case.best)} is {100 * regret.mean:.1f} ± "
        f"{100 * regret.half:.1f} points better."
        for regret, case in worst
    ]
    own = advice_score.calibrated()
    taught = [case for case in cases if case.situation.labels]
    whole = sum(case.best == "full" for case in taught)
    return "\n".join(
        [
            "Where the textbook's rules fail most:",
            *lines,
            "",
            f"They call {TEXTBOOK.few} labels few and try "
            f"{names.short(TEXTBOOK.first)} first. But full fine-tuning is "
            f"best in {whole} of {len(taught)} competitions with labels, on "
            "these small networks. Calibrated over all competitions, few is "
            f"{own.few} labels and {names.short(own.first)} comes first.",
        ]
    )


def _origin(cases: Sequence[Case]) -> None:
    """What regret is, and what the test cannot tell."""
    seeds = sorted({len(v) for c in cases for v in c.reached.values()})
    pairs = {case.pair for case in cases}
    st.caption(
        "Regret: how far the advised strategy stays below the best of those "
        "that competed, in target accuracy, mean over seeds; by lot, the mean "
        "of all. The best is known afterwards only. Calibrated: what counts "
        "as few, and DANN or MMD first, are chosen on all pairs but the one "
        "that is judged. The rule about MMD² was written when these runs were "
        "known; the rules without it owe them nothing. "
        f"{len(cases)} competitions on {len(pairs)} pairs, {seeds[0]} to "
        f"{seeds[-1]} seeds each, small networks on the CPU; those on one "
        "pair are alike, so the intervals over competitions are too narrow. "
        "Not tested: keeping the source, little memory, large networks. "
        f"Drawn from the recorded runs {advice_cases.day()}."
    )
