"""How a widget begins: as the link says, else with its usual choice."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st


def begin(
    key: str, options: Sequence[object], told: str, other: int = 0
) -> None:
    """Set a widget that has no value yet to the option that a link's word
    `told` names, or to the one at place `other`."""
    if key not in st.session_state:
        words = [f"{option}" for option in options]
        chosen = words.index(told) if told in words else other
        st.session_state[key] = options[chosen]
