"""How many labels? Probe, full fine-tuning and scratch over their number."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui import registry, results
from pages.ui.charts import chart
from pages.ui.choices import begin
from tl_core import recording, sentences
from tl_core.analysis.intervals import Interval, interval
from tl_core.claim import Arm
from tl_core.figures import labels as figures
from tl_core.lesson_studies import CROSSOVER

Settings = dict[str, str]
Spans = Mapping[int, Interval]
BUDGETS = tuple(CROSSOVER)
NAMES = {
    "linear_probe": "the probe",
    "full": "full fine-tuning",
    "scratch": "training from scratch",
}
WAYS = tuple(NAMES)
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
        "Labelled target samples",
        BUDGETS,
        format_func="{:,}".format,
        key="strategies.count",
        persist_state="page",
    )
    told = {",".join(pair): duel for duel, pair in DUELS.items()}
    asked = told.get(given.get("strategies", ""), "")
    begin("strategies.duel", list(DUELS), asked)
    duel = right.segmented_control(
        "Difference, seed by seed",
        list(DUELS),
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
        st.info("`make record` makes the runs behind these charts.")
        return
    one, other = settings["strategies"].split(",")
    labels = int(settings["target_labels"])
    spans = difference(one, other)
    words = crossing(spans, one, other)
    st.markdown(f"**Where do {NAMES[one]} and {NAMES[other]} cross?** {words}")
    left, right = st.columns([3, 2], gap="large")
    with left:
        here = at(curves, labels)
        chart(figures.by_labels(curves, labels), here, "strategies.curves")
        st.caption(here)
    with right:
        chart(figures.margins(spans, one, other), words, "strategies.margins")
        st.caption(
            "Differences of target accuracy, seed by seed, with 95 % "
            "intervals; hollow where zero lies inside."
        )
    st.markdown(why(curves["linear_probe"], difference(*WAYS[:2])))
    results.provenance(
        [
            r
            for race in CROSSOVER.values()
            for r in recording.recorded_race(race)
        ]
    )
    _links(labels)


def reached(way: str) -> dict[int, Interval]:
    """Target accuracy of a strategy by the number of labels.

    Raises:
        LookupError: a run is missing.
    """
    return {
        count: interval(Arm(race.key, way).values(recording.read))
        for count, race in CROSSOVER.items()
    }


def difference(one: str, other: str) -> dict[int, Interval]:
    """Target accuracy of one minus another, paired by seed."""
    found = {}
    for count, race in CROSSOVER.items():
        pair = (
            Arm(race.key, way).values(recording.read) for way in (one, other)
        )
        found[count] = interval([a - b for a, b in zip(*pair, strict=True)])
    return found


def sign(span: Interval) -> int:
    """1 or -1 where a difference can be told, 0 where it cannot."""
    return (span.low > 0) - (span.high < 0)


def crossing(spans: Spans, one: str, other: str) -> str:
    """Between which numbers of labels the winner changes, or that it does
    not."""
    ahead = [n for n, span in spans.items() if sign(span) > 0]
    behind = [n for n, span in spans.items() if sign(span) < 0]
    unclear = [n for n, span in spans.items() if not sign(span)]
    names = NAMES[one], NAMES[other]
    if ahead and behind and max(ahead) < min(behind):
        words = (
            f"They cross between {max(ahead):,} and {min(behind):,} labels: "
            f"up to {max(ahead):,} {names[0]} is ahead, from "
            f"{min(behind):,} on {names[1]}."
        )
    elif ahead and behind:
        words = "The winner changes more than once: see the chart."
    elif ahead or behind:
        who = names[0] if ahead else names[1]
        words = (
            f"No crossover is seen: where a difference can be told, {who} "
            f"is ahead ({listed(ahead or behind)} labels), and "
            f"{names[1] if ahead else names[0]} never."
        )
    else:
        return "No difference can be told with any number of labels."
    if unclear:
        words += " No difference can be told with " + " or ".join(
            f"{n:,} labels ({points(spans[n])})" for n in unclear
        )
        words += "."
    return words


def listed(counts: list[int]) -> str:
    """Numbers of labels, as a range where there are several."""
    if len(counts) == 1:
        return f"{counts[0]:,}"
    return f"{min(counts):,} to {max(counts):,}"


def points(span: Interval) -> str:
    """A difference in points with its interval."""
    return f"{100 * span.mean:+.1f} ± {100 * span.half:.1f} points"


def at(curves: Mapping[str, Spans], labels: int) -> str:
    """What each strategy reads with the chosen number of labels."""
    parts = [
        f"{sentences.title(way)} {100 * spans[labels].mean:.1f} ± "
        f"{100 * spans[labels].half:.1f} %"
        for way, spans in curves.items()
    ]
    return f"With {labels:,} labels: {', '.join(parts)} of the target."


def why(probe: Spans, against_full: Spans) -> str:
    """How much of the probe's way its first labels are, and whether the
    textbook's crossover is there."""
    least, *_, most = probe
    middle = [n for n in probe if n <= MANY][-1]
    first, rest = (
        100 * (probe[b].mean - probe[a].mean)
        for a, b in ((least, middle), (middle, most))
    )
    words = (
        "**Why?** A probe can only choose among features that the source "
        f"taught: from {least} to {middle:,} labels it gains {first:.1f} "
        f"points, from {middle:,} to {most:,} only {rest:.1f}. The textbook "
        "has the probe ahead where labels are few: with few numbers to fit "
        "there is little to learn by heart."
    )
    if any(sign(span) > 0 for span in against_full.values()):
        return words
    return words + (
        " Here it is seen ahead with no number of labels. It may be that "
        "full fine-tuning, which starts from the same head, with a small "
        "rate and few steps, stays near the source by itself."
    )


def _links(labels: int) -> None:
    race = CROSSOVER[labels]
    with st.container(horizontal=True):
        for way in WAYS:
            spec = race.spec(way, race.seeds[0])
            st.page_link(
                registry.path_of("run"),
                label=f"Run {NAMES[way]} with {labels:,} labels yourself",
                icon=":material/play_arrow:",
                query_params={k: str(v) for k, v in spec.changes().items()},
            )
