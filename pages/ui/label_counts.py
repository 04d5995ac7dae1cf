"""How many labels? Probe, full fine-tuning and scratch over their number."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui import registry, results
from pages.ui.charts import chart
from pages.ui.choices import begin
from pages.ui.crossover import (
    NAMES,
    Spans,
    crossing,
    difference,
    reached,
    sign,
)
from tl_core import recording, sentences
from tl_core.figures import labels as figures
from tl_core.lesson_studies import CROSSOVER
from tl_core.texts import say

Settings = dict[str, str]
BUDGETS = tuple(CROSSOVER)
WAYS = tuple(NAMES)
HOLLOW = say(
    "Differences of target accuracy, seed by seed, with 95 % intervals; "
    "hollow where zero lies inside."
)
MANY = 100
"""Labels from which on they are no longer few."""
DUELS = {
    "Probe − full": ("linear_probe", "full"),
    "Probe − scratch": ("linear_probe", "scratch"),
    "Full − scratch": ("full", "scratch"),
}
"""A winner, as the textbook has it where labels are few, and a loser."""


def choose(given: Mapping[str, str]) -> Settings:
    """How many labels are looked at, and which two are compared."""
    left, right = st.columns(2, gap="large")
    begin("strategies.count", BUDGETS, given.get("target_labels", ""))
    labels = left.select_slider(
        say("Labelled target samples"),
        BUDGETS,
        format_func="{:,}".format,
        key="strategies.count",
        persist_state="page",
    )
    told = {",".join(pair): duel for duel, pair in DUELS.items()}
    asked = told.get(given.get("strategies", ""), "")
    begin("strategies.duel", list(DUELS), asked)
    duel = right.segmented_control(
        say("Difference, seed by seed"),
        list(DUELS),
        format_func=say,
        key="strategies.duel",
        required=True,
        persist_state="page",
    )
    pair = DUELS[duel or next(iter(DUELS))]
    return {"target_labels": str(labels), "strategies": ",".join(pair)}


def show(settings: Settings) -> None:
    """The curves, and the difference of two of them."""
    try:
        curves = {way: reached(way) for way in WAYS}
    except LookupError:
        st.info(say("`make record` makes the runs behind these charts."))
        return
    one, other = settings["strategies"].split(",")
    labels = int(settings["target_labels"])
    spans = difference(one, other)
    words = crossing(spans, one, other)
    st.markdown(
        say(
            "**Where do {one} and {other} cross?** {words}",
            one=NAMES[one],
            other=NAMES[other],
            words=words,
        )
    )
    left, right = st.columns([3, 2], gap="large")
    with left:
        here = at(curves, labels)
        chart(figures.by_labels(curves, labels), here, "strategies.curves")
        st.caption(here)
    with right:
        chart(figures.margins(spans, one, other), words, "strategies.margins")
        st.caption(HOLLOW)
    st.markdown(why(curves["linear_probe"], difference(*WAYS[:2])))
    _origin()
    _links(labels)


def at(curves: Mapping[str, Spans], labels: int) -> str:
    """What each strategy reads with the chosen number of labels."""
    parts = [
        f"{sentences.title(way)} {100 * spans[labels].mean:.1f} ± "
        f"{100 * spans[labels].half:.1f} %"
        for way, spans in curves.items()
    ]
    return say(
        "With {labels:,} labels: {ways} of the target.",
        labels=labels,
        ways=", ".join(parts),
    )


def why(probe: Spans, against_full: Spans) -> str:
    """How much of the probe's way its first labels are, and whether the
    textbook's crossover is there."""
    least, *_, most = probe
    middle = [n for n in probe if n <= MANY][-1]
    first, rest = (
        100 * (probe[b].mean - probe[a].mean)
        for a, b in ((least, middle), (middle, most))
    )
    words = say(
        "**Why?** A probe can only choose among features that the source "
        "taught: from {least} to {middle:,} labels it gains {first:.1f} "
        "points, from {middle:,} to {most:,} only {rest:.1f}. The textbook "
        "has the probe ahead where labels are few: with few numbers to fit "
        "there is little to learn by heart.",
        least=least,
        middle=middle,
        first=first,
        most=most,
        rest=rest,
    )
    if any(sign(span) > 0 for span in against_full.values()):
        return words
    unseen = say(
        "Here it is seen ahead with no number of labels. It may be that full "
        "fine-tuning, which starts from the same head, with a small rate and "
        "few steps, stays near the source by itself."
    )
    return f"{words} {unseen}"


def _origin() -> None:
    races = CROSSOVER.values()
    results.provenance(
        [run for race in races for run in recording.recorded_race(race)]
    )


def _links(labels: int) -> None:
    race = CROSSOVER[labels]
    with st.container(horizontal=True):
        for way in WAYS:
            spec = race.spec(way, race.seeds[0])
            st.page_link(
                registry.path_of("run"),
                label=say(
                    "Run {way} with {labels:,} labels yourself",
                    way=NAMES[way],
                    labels=labels,
                ),
                icon=":material/play_arrow:",
                query_params={k: str(v) for k, v in spec.changes().items()},
            )
