"""The view of calibration: does one know what one knows?"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import streamlit as st

from pages.ui import learner, progress
from pages.ui.charts import chart
from tl_core import calibration, mastery
from tl_core.calibration import Statement
from tl_core.figures import mastery as figures
from tl_core.mastery import Expectation
from tl_core.progress import AnyEntry

NOTHING = (
    "No confidence was stated yet. On flash cards and in code reading, say "
    "how sure you are before you look: two answers are enough for a first "
    "score."
)


def show() -> None:
    """Confidence against truth, then guesses against measurements."""
    entries = progress.entries()
    sure(calibration.statements(entries))
    guesses(entries)


def sure(said: Sequence[Statement]) -> None:
    """The Brier score, and where it comes from."""
    st.markdown("**How sure, and how often right?**")
    if not said:
        st.info(NOTHING, icon=":material/info:")
        st.latex(r"\text{Brier} = \frac1n \sum_{i=1}^{n} (p_i - o_i)^2")
        st.caption(
            "p is how sure you were, o is 1 when you were right and 0 when "
            f"not. Always saying 50 % gives {calibration.COIN}; 0 is best."
        )
        return
    words = calibration.told(said)
    st.markdown(words)
    left, right = st.columns(2)
    with left:
        bins = calibration.reliability(said)
        chart(figures.reliability(bins), words, "mastery.reliability")
    with right:
        scores = calibration.over_time(said)
        chart(figures.brier(scores), words, "mastery.brier")
    st.caption(
        "A card counts as right when you rated it good or easy; a snippet "
        "when your option was the right one. Points on the dashed line: as "
        "sure as right. (Brier 1950, Monthly Weather Review 78)"
    )


def guesses(entries: Sequence[AnyEntry]) -> None:
    """What was expected of runs, beside what they reached."""
    found = mastery.expectations(entries, learner.reached)
    won = mastery.hits(entries)
    st.markdown("**What you expected of runs**")
    if not found and not won:
        st.info(
            "No guess yet: lessons ask for some, and the Run page takes one "
            "before a run starts.",
            icon=":material/info:",
        )
        return
    words = guessed(found, won)
    st.markdown(words)
    if found:
        chart(figures.errors(found), words, "mastery.errors")


def guessed(found: Sequence[Expectation], won: Sequence[bool]) -> str:
    """How far off guesses were, and how many choices were right."""
    said = []
    if found:
        mean = 100 * statistics.fmean(guess.error for guess in found)
        count = (
            "One guess was"
            if len(found) == 1
            else (f"{len(found)} guesses were")
        )
        said.append(f"{count} off by {mean:.1f} points on average.")
    if len(found) >= 4:
        half = len(found) // 2
        first, last = (
            100 * statistics.fmean(guess.error for guess in part)
            for part in (found[:half], found[half:])
        )
        said.append(
            f"The first half was off by {first:.1f}, the second by {last:.1f}."
        )
    if won:
        said.append(f"Of {len(won)} choices {sum(won)} were right.")
    return " ".join(said)
