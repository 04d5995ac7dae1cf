"""How sure are you? Asked before an answer is seen, and never demanded."""

from __future__ import annotations

import streamlit as st

from tl_core.calibration import LEVELS
from tl_core.texts import say

LABEL = say("How sure are you? (optional)")
HELP = say(
    "What you state here is compared with how often you are right: see "
    "Calibration on the Mastery page."
)


def ask(key: str) -> None:
    """The choice; `stated` reads it."""
    st.segmented_control(
        LABEL,
        LEVELS,
        format_func=lambda level: f"{100 * level:.0f} %",
        help=HELP,
        key=key,
    )


def stated(key: str) -> float | None:
    """A share from 0.5 to 1, None when nothing was stated."""
    level = st.session_state.get(key)
    return None if level is None else float(level)
