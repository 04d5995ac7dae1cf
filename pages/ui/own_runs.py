"""The view of one's own runs, and what the lab's show until there are any."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui import learner, progress, registry, results
from pages.ui.charts import chart
from tl_core import catalog, races, recording, sentences
from tl_core.figures import curves
from tl_core.figures.own_runs import Own, own_runs
from tl_core.history import History
from tl_core.texts import say

MOST, CURVES = 12, 4
"""Runs in the chart, and those whose curves are drawn too."""


def show() -> None:
    """What one's own runs reached; else the recorded ones, named so."""
    mine = learner.own(progress.entries(), MOST)
    if mine:
        drawn(mine, "mastery.own")
        return
    st.info(
        say(
            "No run of yours has finished yet. Below is what this lab "
            "recorded; yours will stand in its place."
        ),
        icon=":material/info:",
    )
    st.page_link(
        registry.path_of("run"),
        label=say("To a run of your own"),
        icon=":material/play_arrow:",
    )
    race = races.RACES[0]
    recorded = [h for h in recording.recorded_race(race) if h.spec.seed == 0]
    if recorded:
        drawn(recorded, "mastery.recorded")


def drawn(histories: Sequence[History], key: str) -> None:
    """All runs in one chart, and the curves of the latest."""
    rows = [row(history) for history in histories]
    said = told(histories[0])
    st.markdown(f"**{said}**")
    chart(own_runs(rows), said, f"{key}.all")
    results.provenance(histories[:1])
    for column, history in zip(
        [*st.columns(2), *st.columns(2)], histories[:CURVES], strict=False
    ):
        with column:
            words = told(history)
            st.caption(words)
            figure = curves.accuracy_curves(history)
            chart(figure, words, f"{key}.{history.spec.id}")


def row(history: History) -> Own:
    """One run's accuracies before and after."""
    assert history.finished is not None
    share = history.finished.accuracy
    reached = {
        domain: (share[f"{domain}_before"], share[domain])
        for domain in ("target", "source")
        if f"{domain}_before" in share and domain in share
    }
    return Own(learner.name(history.spec), reached)


def told(history: History) -> str:
    """What a run found."""
    spec = history.spec
    pair = catalog.entry("datasets", spec.dataset).card.title
    return say(
        "{pair}, seed {seed}. {verdict}",
        pair=pair,
        seed=spec.seed,
        verdict=sentences.verdict(history),
    )
