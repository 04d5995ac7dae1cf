"""From text to pictures: what of a language model's help is knowledge, and
what the scale of its weights. Lu et al. (2021), arXiv:2103.05247."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui import registry, results
from pages.ui.charts import chart
from tl_core import pair_parts, recording
from tl_core.analysis.intervals import Interval
from tl_core.figures import domains as figures
from tl_core.figures.domains import Row
from tl_core.figures.race import target_accuracy
from tl_core.history import History
from tl_core.studies import STUDIES
from tl_core.texts import say

NAMES = {
    "text": say("Has read text"),
    "text_shuffled": say("The same weights, shuffled"),
    "text_random": say("Small random weights"),
    "text_scratch": say("Everything trained"),
}
RACES = {race.key: race for race in STUDIES if race.key in NAMES}

ABOUT = say(
    "A language model's blocks, **frozen**, read image patches "
    "behind a new patch embedding; the embedding and the head are "
    "trained. [Lu et al. (2021)](https://arxiv.org/abs/2103.05247) "
    "saw such blocks do well on images. Is it what they **know**? "
    "Shuffle the numbers within each tensor: the scale of the "
    "weights stays, whatever was learned is gone. That is the "
    "**control**."
)
"""What is asked here."""


def show() -> None:
    """Four kinds of blocks, and the differences that separate causes."""
    runs = {key: recording.recorded_race(RACES[key]) for key in NAMES}
    if not all(runs.values()):
        st.info(say("`make record` makes the runs behind these charts."))
        return
    st.markdown(ABOUT)
    gains = differences(runs)
    words = verdict(gains)
    st.markdown(f"**{words}**")
    left, right = st.columns(2, gap="large")
    with left:
        chart(figures.accuracies(_rows(runs)), reached(runs), "text.reached")
    with right:
        chart(figures.differences(gains), words, "text.gains")
    st.caption(
        say(
            "Differences are taken seed by seed, with 95 % intervals of their "
            "mean. Without the shuffled row, all that text blocks gain over "
            "small random ones would have been called knowledge."
        )
    )
    results.provenance([run for found in runs.values() for run in found])
    _links()


def _rows(runs: Mapping[str, list[History]]) -> list[Row]:
    return [
        Row(
            NAMES[key],
            found[0].spec.strategy,
            [target_accuracy(run) for run in found],
        )
        for key, found in runs.items()
    ]


def reached(runs: Mapping[str, list[History]]) -> str:
    """What each kind of blocks reads, in words."""
    parts = [
        f"{row.name.lower()} {100 * row.span.mean:.1f} ± "
        f"{100 * row.span.half:.1f} %"
        for row in _rows(runs)
    ]
    return say("Target accuracy: {accuracies}.", accuracies=", ".join(parts))


def differences(runs: Mapping[str, list[History]]) -> dict[str, Interval]:
    """What knowledge, the weights' scale and training bring, seed by
    seed."""
    text, shuffled, random, scratch = (runs[key] for key in NAMES)
    return {
        say("Knowledge: text minus shuffled"): pair_parts.paired(
            text, shuffled
        ),
        say("Scale: shuffled minus random"): pair_parts.paired(
            shuffled, random
        ),
        say("All together: text minus random"): pair_parts.paired(
            text, random
        ),
        say("Training all: scratch minus text"): pair_parts.paired(
            scratch, text
        ),
    }


def verdict(gains: Mapping[str, Interval]) -> str:
    """Whether the gain is knowledge or scale, in words."""
    known, scale, *_ = gains.values()
    return say(
        "Knowledge of text {knowledge}; its scale {scale}",
        knowledge=_brings(known),
        scale=_brings(scale),
    )


def _brings(span: Interval) -> str:
    told = say(
        "{mean:+.1f} ± {half:.1f} points",
        mean=100 * span.mean,
        half=100 * span.half,
    )
    if span.low > 0:
        return say("brings {points}", points=told)
    if span.high < 0:
        return say("costs: {points}", points=told)
    return say(
        "brings nothing that can be told from chance, {points}", points=told
    )


def _links() -> None:
    with st.container(horizontal=True):
        for key, race in RACES.items():
            given = {**race.settings, "strategy": race.strategies[0]}
            st.page_link(
                registry.path_of("run"),
                label=say("Run: {blocks}", blocks=NAMES[key].lower()),
                icon=":material/play_arrow:",
                query_params={k: str(v) for k, v in given.items()},
            )
