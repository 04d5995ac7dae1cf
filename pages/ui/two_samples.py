"""Whether two samples follow one law, and how surely they are told apart."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui.charts import chart
from tl_core import pair_parts
from tl_core.analysis.intervals import Interval
from tl_core.figures import domains as figures
from tl_core.history import History
from tl_core.texts import say

CERTAIN = 0.95
"""Share of samples named rightly that counts as near certainty."""


def sentence(runs: Sequence[History]) -> str:
    """The two-sample test of a pair, in the source model's deepest features:
    MMD² beside chance, and the domain classifier."""
    found = pair_parts.mmd_and_null(runs[0])
    told = pair_parts.told_apart(
        [h for h in runs if "a_distance" in h.pictures]
    )
    if found is None or told is None:
        return say(
            "**Two samples, one law?** It takes samples of both domains to "
            "ask, and here the source has none."
        )
    value, null = found
    beyond = value > null
    verdict = (
        say("the laws differ") if beyond else say("no difference is seen")
    )
    return say(
        "**Two samples, one law?** In the source model's deepest features "
        "MMD² is {mmd:.4f}; 95 % of random relabellings stay below "
        "{null:.4f}, so {verdict} (seed {seed}). A small classifier names "
        "the domain of {share:.1f} ± {half:.1f} % of held-out samples "
        "(A-distance {distance:.2f} of 2, {seeds} seeds).",
        mmd=value,
        null=null,
        verdict=verdict,
        seed=runs[0].spec.seed,
        share=100 * told.mean,
        half=100 * told.half,
        distance=4 * (told.mean - 0.5),
        seeds=told.n,
    )


def every_pair() -> None:
    """How surely the domains of each recorded pair are told apart."""
    spans = pair_parts.separable()
    if not spans:
        st.info(say("`make record` makes the runs behind this chart."))
        return
    st.subheader(
        say("Can a small classifier tell the domains apart?"), anchor=False
    )
    words = verdict(spans)
    st.markdown(f"**{words}**")
    chart(figures.told_apart(spans), words, "formalism.apart")
    st.caption(
        say(
            "A linear classifier on the source model's deepest features, "
            "trained on half of the samples and measured on the other half; "
            "95 % intervals over seeds. It names the domain, not the class."
        )
    )


def verdict(spans: dict[str, Interval]) -> str:
    """Whether the domains are told apart with near certainty, in words."""
    sure = [name for name, span in spans.items() if span.mean >= CERTAIN]
    last, least = list(spans.items())[-1]
    return say(
        "In {sure} of {pairs} pairs the domain of at least {certain:.0f} % "
        "of the samples is told; least surely {mean:.0f} %, for “{pair}”",
        sure=len(sure),
        pairs=len(spans),
        certain=100 * CERTAIN,
        mean=100 * least.mean,
        pair=last,
    )
