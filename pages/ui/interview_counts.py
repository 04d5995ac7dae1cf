"""What there is to prepare with, and what the lab has found out."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from pages.ui import claims, exhibit, registry
from tl_core import drills, interview
from tl_core.claims import CLAIMS
from tl_core.code_items import code_items
from tl_core.texts import say


def material() -> None:
    """How much there is, in a quiet line."""
    st.caption(
        say(
            "{questions} questions · {snippets} snippets of code · {drills} "
            "drills",
            questions=len(interview.questions()),
            snippets=len(code_items()),
            drills=len(drills.drills()),
        )
    )


def verdicts() -> None:
    """What the lab's runs say of what textbooks claim."""
    st.divider()
    st.caption(
        say(
            "Answers rest on {claims} claims that the recorded runs of this "
            "lab have judged:",
            claims=len(CLAIMS),
        )
    )
    claims.counts(_badges())
    st.page_link(
        registry.path_of("claims"),
        label=say("All claims with their runs"),
        icon=":material/fact_check:",
    )


@st.cache_data(max_entries=1, show_spinner=False)
def _badges() -> list[str]:
    found = [exhibit.verdict(claim.key) for claim in CLAIMS]
    count = Counter(verdict.badge for verdict in found if verdict)
    return list(count.elements())
