"""Pieces of the claims page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages.ui import registry
from pages.ui.charts import chart
from tl_core import sentences
from tl_core.claim import Arm, Claim, Verdict
from tl_core.figures.claims import forest
from tl_core.recording import read

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
            st.badge(f"{found[badge]} {badge}", icon=icon, color=colour)


def topic(key: str, judged: Judged) -> None:
    """The claims of one topic as a chart, and the runs behind each."""
    said = "; ".join(
        f"{claim.statement} {verdict.badge}, measured "
        f"{100 * verdict.effect.mean:+.1f} points"
        for claim, verdict in judged
    )
    chart(forest(judged), f"{said}.", f"claims.{key}")
    with st.expander("The runs behind it", icon=":material/science:"):
        names = {c.key: c for c, _ in judged}
        chosen = st.selectbox(
            "Claim",
            list(names),
            format_func=lambda name: names[name].statement,
            key=f"claims.{key}.chosen",
        )
        claim = names[chosen]
        verdict = next(v for c, v in judged if c.key == chosen)
        evidence(claim, verdict)


def evidence(claim: Claim, verdict: Verdict) -> None:
    """Badge, source, every seed of both arms, and the way to run it."""
    icon, colour = BADGES[verdict.badge]
    st.badge(verdict.badge, icon=icon, color=colour)
    effect = verdict.effect
    st.markdown(
        f"{claim.source} · measured {100 * effect.mean:+.1f} ± "
        f"{100 * effect.half:.1f} points over {effect.n} seeds"
    )
    arms = (claim.arm, claim.against)
    st.dataframe(
        pd.DataFrame({name(arm): shares(arm) for arm in arms}),
        width="stretch",
    )
    st.caption(claim.arm.experiment.note)
    columns = st.columns(2)
    for column, arm in zip(columns, arms, strict=True):
        link = {k: str(v) for k, v in arm.specs()[0].changes().items()}
        column.page_link(
            registry.path_of("run"),
            label=f"Run it again: {sentences.title(arm.strategy)}",
            icon=":material/play_arrow:",
            query_params=link,
        )


def name(arm: Arm) -> str:
    """What is compared: race, strategy, and the accuracy in question."""
    measure = arm.measure.replace("_", " ")
    return f"{sentences.title(arm.strategy)}, {measure} ({arm.race})"


def shares(arm: Arm) -> dict[str, str]:
    """The accuracy of each seed."""
    found = {}
    for spec in arm.specs():
        history = read(spec.id)
        if history is not None and history.finished is not None:
            share = history.finished.accuracy[arm.measure]
            found[f"seed {spec.seed}"] = sentences.percent(share)
    return found
