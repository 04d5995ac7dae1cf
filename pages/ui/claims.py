"""Pieces of the claims page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages.ui import registry, results
from pages.ui.charts import chart
from tl_core import sentences
from tl_core.claim import BADGES as SAID
from tl_core.claim import Arm, Claim, Side, Verdict
from tl_core.figures.claims import forest
from tl_core.recording import read
from tl_core.texts import say

Judged = Sequence[tuple[Claim, Verdict]]
BADGES: dict[str, tuple[str, Any]] = {
    "holds": (":material/check:", "green"),
    "not clear": (":material/question_mark:", "grey"),
    "does not hold": (":material/close:", "orange"),
}


def counts(badges: Sequence[str]) -> None:
    """How many claims hold, do not, and are not clear."""
    found = Counter(badges)
    with st.container(horizontal=True):
        for badge, (icon, colour) in BADGES.items():
            st.badge(f"{found[badge]} {SAID[badge]}", icon=icon, color=colour)


def topic(key: str, judged: Judged) -> None:
    """The claims of one topic as a chart, and the runs behind each."""
    said = "; ".join(
        say(
            "{statement} {badge}, measured {mean:+.1f} points",
            statement=claim.statement,
            badge=verdict.said,
            mean=100 * verdict.effect.mean,
        )
        for claim, verdict in judged
    )
    chart(forest(judged), f"{said}.", f"claims.{key}")
    behind = st.expander(
        say("The runs behind it"),
        icon=":material/science:",
        key=f"claims.{key}.behind",
        on_change="rerun",
    )
    if behind.open:
        with behind:
            chosen_of(key, judged)


def chosen_of(key: str, judged: Judged) -> None:
    """The runs of the claim that is chosen."""
    names = {claim.key: claim for claim, _ in judged}
    chosen = st.selectbox(
        say("Claim"),
        list(names),
        format_func=lambda name: names[name].statement,
        key=f"claims.{key}.chosen",
    )
    verdict = next(v for c, v in judged if c.key == chosen)
    evidence(names[chosen], verdict)


def evidence(claim: Claim, verdict: Verdict) -> None:
    """Badge, source, every seed of both sides, and the way to run it."""
    icon, colour = BADGES[verdict.badge]
    st.badge(verdict.said, icon=icon, color=colour)
    effect = verdict.effect
    st.markdown(
        say(
            "{source} · measured {mean:+.1f} ± {half:.1f} {unit} over {n} "
            "{over}",
            source=claim.source,
            mean=100 * effect.mean,
            half=100 * effect.half,
            unit=claim.unit,
            n=effect.n,
            over=claim.over,
        )
    )
    sides = (claim.arm, claim.against)
    st.dataframe(table(claim), width="stretch")
    arms = [side for side in sides if isinstance(side, Arm)]
    if arms:
        st.caption(arms[0].experiment.note)
    runs = [read(s.id) for side in sides for s in side.specs()]
    found = [run for run in runs if run is not None]
    if found:
        results.provenance(found)
    for side in sides:
        again(side)


def again(side: Side) -> None:
    """The way to a run of one's own."""
    for spec in side.specs()[:1]:
        link = {k: str(v) for k, v in spec.changes().items()}
        st.page_link(
            registry.path_of("run"),
            label=say("Run it again: {name}", name=side.name),
            icon=":material/play_arrow:",
            query_params=link,
        )


def table(claim: Claim) -> pd.DataFrame:
    """What was measured on both sides, seed by seed."""
    one, other = claim.arm.values(read), claim.against.values(read)
    seeds = [say("seed {seed}", seed=spec.seed) for spec in claim.arm.specs()]
    if len(seeds) != len(one):
        seeds = [
            say("number {place}", place=place)
            for place in range(1, len(one) + 1)
        ]
    if len(other) == 1:
        other = other * len(one)
    told = sentences.percent if claim.unit == "points" else "{:.3f}".format
    return pd.DataFrame(
        {
            claim.arm.name: [told(value) for value in one],
            claim.against.name: [told(value) for value in other],
        },
        index=seeds,
    )
