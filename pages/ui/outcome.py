"""What a finished run reached, and which of its moments was kept."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

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
    cells = st.columns(4)
    for cell, domain in zip(cells, ("target", "source"), strict=False):
        if domain in share:
            _accuracy(cell, domain, share)
    cells[2].metric(
        say("Parameters trained"),
        f"{counts['trained']:,}",
        help=say(
            "Of {total:,}; {auxiliary:,} more belong to modules that only "
            "help to train.",
            total=counts["total"],
            auxiliary=counts["auxiliary"],
        ),
    )
    cells[3].metric(say("Time"), f"{history.seconds:.1f} s")


def _accuracy(
    cell: DeltaGenerator, domain: str, share: Mapping[str, float]
) -> None:
    """A domain's accuracy, and its change where there was one before."""
    before = share.get(f"{domain}_before")
    change = None
    if before is not None:
        points = 100 * (share[domain] - before)
        change = say("{points:+.1f} points", points=points)
    cell.metric(
        say("{domain} accuracy", domain=DOMAINS[domain]),
        sentences.percent(share[domain]),
        change,
        help=say(
            "On all test samples; the change is against the network "
            "at the end of source training."
        ),
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
