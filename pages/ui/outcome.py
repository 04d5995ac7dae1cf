"""What a finished run reached, and which of its moments was kept."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from tl_core import criteria, sentences
from tl_core.card_words import DOMAINS
from tl_core.history import History
from tl_core.texts import say


def numbers(history: History) -> None:
    """Final accuracies as metrics, each against its value before."""
    if history.finished is None:
        return
    share = history.finished.accuracy
    counts = history.parameters
    with st.grid(4, min_column_width=112):
        for domain in ("target", "source"):
            if domain in share:
                _accuracy(domain, share)
        st.metric(say("Weights trained"), f"{counts['trained']:,}")
        st.metric(say("Time"), f"{history.seconds:.1f} s")
    st.caption(_about(history.parameters))


def _about(counts: Mapping[str, int]) -> str:
    """What the numbers are of, and against what."""
    words = say(
        "Of all test samples, against the end of source training; the network "
        "has {total:,} weights.",
        total=counts["total"],
    )
    if not counts["auxiliary"]:
        return words
    return f"{words} " + say(
        "{auxiliary:,} more belong to modules that only help to train.",
        auxiliary=counts["auxiliary"],
    )


def _accuracy(domain: str, share: Mapping[str, float]) -> None:
    """A domain's accuracy, and its change where there was one before."""
    before = share.get(f"{domain}_before")
    change = None
    if before is not None:
        points = 100 * (share[domain] - before)
        change = say("{points:+.1f} points", points=points)
    st.metric(
        say("{domain} accuracy", domain=DOMAINS[domain]),
        sentences.percent(share[domain]),
        change,
    )


def selection(history: History) -> None:
    """Which moment each criterion would have kept, and what that costs."""
    seen = [e for e in history.evaluations if e.phase == "adapt" and e.step]
    rows = criteria.regrets(seen)
    if not rows:
        return
    with st.expander(
        say("Which moment to keep?"), icon=":material/ads_click:"
    ):
        kept = criteria.CRITERIA[history.spec.selection]
        st.markdown(_nobody_knows(seen[-1].samples, kept))
        st.dataframe([_regret(row) for row in rows], hide_index=True)


def _nobody_knows(samples: int, kept: str) -> str:
    """Why there is something to choose, and what this run chose."""
    return say(
        "Without target labels nobody knows which step was best. "
        "What each criterion takes, on {samples} test samples; this "
        "run keeps **{kept}**.",
        samples=samples,
        kept=kept,
    )


def _regret(row: Mapping[str, float | str]) -> dict[str, object]:
    """What one criterion takes, as a row that people read."""
    return {
        say("criterion"): criteria.CRITERIA[str(row["criterion"])],
        say("step"): row["step"],
        say("target accuracy"): sentences.percent(float(row["accuracy"])),
        say("regret (points)"): round(100 * float(row["regret"]), 1),
    }
