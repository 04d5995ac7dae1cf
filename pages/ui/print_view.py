"""A page to print: what was done and found out, large and without controls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from pages.ui import (
    calibration,
    learner,
    mastery_map,
    own_runs,
    progress,
    progress_file,
    registry,
)
from pages.ui.charts import chart
from tl_core import calibration as scores
from tl_core import mastery, mock_interview
from tl_core.figures import mastery as figures
from tl_core.progress import AnyEntry, Mock
from tl_core.syllabus import CHAPTERS, ROWS
from tl_core.texts import say

RUNS = 6


def show() -> None:
    """The map, the scores, and the charts of one's own runs."""
    entries = progress.entries()
    day = datetime.now(UTC).strftime("%d %B %Y")
    st.title(say("Transfer learning: what I found out"), anchor=False)
    st.caption(f"{day} · {progress_file.told(entries)}")
    done = learner.done(entries)
    st.markdown(f"**{mastery_map.told(done)}**")
    chart(figures.syllabus(done), mastery_map.told(done), "print.map")
    for key, title in CHAPTERS.items():
        st.markdown(f"**{key} {title}**")
        mine = [row for row in ROWS if row.chapter == key]
        st.markdown(
            "\n".join(
                f"- {figures.dots(done[row.id])} {row.id} {row.title}"
                for row in mine
            )
        )
    _known(entries)
    _runs(entries)
    st.page_link(
        registry.path_of("mastery"),
        label=say("Back (print with Ctrl+P)"),
        icon=":material/arrow_back:",
    )


def _known(entries: Sequence[AnyEntry]) -> None:
    """Calibration, guesses and interviews, each in a sentence."""
    said = scores.statements(entries)
    if said:
        st.subheader(say("How sure, and how often right"), anchor=False)
        st.markdown(scores.told(said))
        bins = scores.reliability(said)
        chart(figures.reliability(bins), scores.told(said), "print.bins")
    guesses = mastery.expectations(entries, learner.reached)
    won = mastery.hits(entries)
    if guesses or won:
        st.subheader(say("What I expected of runs"), anchor=False)
        st.markdown(calibration.guessed(guesses, won))
    mocks = [e for e in entries if isinstance(e, Mock) and e.done]
    given = [s for m in mocks if (s := mock_interview.score(m)) is not None]
    if given:
        st.subheader(say("Mock interviews"), anchor=False)
        each = ", ".join(f"{100 * score:.0f} %" for score in given)
        st.markdown(say("Scores, oldest first: {each}.", each=each))


def _runs(entries: Sequence[AnyEntry]) -> None:
    mine = learner.own(entries, RUNS)
    if mine:
        st.subheader(say("My own runs"), anchor=False)
        own_runs.drawn(mine, "print.own")
