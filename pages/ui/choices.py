"""How a widget begins: as the link says, else with its usual choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from tl_core.lesson_studies import MATRIX
from tl_core.texts import say

LABELS = tuple(MATRIX)
"""Labelled target samples of the strategy matrix."""
USUAL = 1
"""The place of the number that is shown first: 100."""


def begin(
    key: str, options: Sequence[object], told: str, other: int = 0
) -> None:
    """Set a widget that has no value yet to the option that a link's word
    `told` names, or to the one at place `other`."""
    if key not in st.session_state:
        words = [f"{option}" for option in options]
        chosen = words.index(told) if told in words else other
        st.session_state[key] = options[chosen]


def labels(given: Mapping[str, str], key: str) -> int | str:
    """How many labelled target samples the recorded runs had."""
    begin(key, LABELS, given.get("target_labels", ""), USUAL)
    chosen: int | str | None = st.segmented_control(
        say("Target labels"),
        LABELS,
        format_func=lambda n: say(str(n)),
        key=key,
        required=True,
        persist_state="page",
    )
    return chosen or LABELS[USUAL]
