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
from tl_core.texts import say

NOTHING = say(
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
    st.markdown(say("**How sure, and how often right?**"))
    if not said:
        st.info(NOTHING, icon=":material/info:")
        st.latex(r"\text{Brier} = \frac1n \sum_{i=1}^{n} (p_i - o_i)^2")
        st.caption(
            say(
                "p is how sure you were, o is 1 when you were right and 0 "
                "when not. Always saying 50 % gives {coin}; 0 is best.",
                coin=calibration.COIN,
            )
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
        say(
            "A card counts as right when you rated it good or easy; a "
            "snippet when your option was the right one. Points on the "
            "dashed line: as sure as right. (Brier 1950, Monthly Weather "
            "Review 78)"
        )
    )


def guesses(entries: Sequence[AnyEntry]) -> None:
    """What was expected of runs, beside what they reached."""
    found = mastery.expectations(entries, learner.reached)
    won = mastery.hits(entries)
    st.markdown(say("**What you expected of runs**"))
    if not found and not won:
        st.info(
            say(
                "No guess yet: lessons ask for some, and the Run page takes "
                "one before a run starts."
            ),
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
        said.append(_off(found))
    if len(found) >= 4:
        said.append(_halves(found))
    if won:
        right = sum(won)
        said.append(
            say(
                "Of {choices} choices {right} were right.",
                choices=len(won),
                right=right,
            )
        )
    return " ".join(said)


def _off(found: Sequence[Expectation]) -> str:
    mean = 100 * statistics.fmean(guess.error for guess in found)
    if len(found) == 1:
        return say(
            "One guess was off by {mean:.1f} points on average.", mean=mean
        )
    return say(
        "{guesses} guesses were off by {mean:.1f} points on average.",
        guesses=len(found),
        mean=mean,
    )


def _halves(found: Sequence[Expectation]) -> str:
    """Whether later guesses are better."""
    half = len(found) // 2
    first, second = (
        100 * statistics.fmean(guess.error for guess in part)
        for part in (found[:half], found[half:])
    )
    return say(
        "The first half was off by {first:.1f}, the second by {second:.1f}.",
        first=first,
        second=second,
    )
