"""Pinned runs: up to four of a visit, kept in the URL to be compared."""

from __future__ import annotations

import re

import streamlit as st

from pages.ui import classroom, registry
from tl_core.texts import say

PARAMETER, MOST = "pins", 4
VIEW = say("Pinned runs")
ID = re.compile(r"[0-9a-f]{16}")


def pinned() -> tuple[str, ...]:
    """The ids of the pinned runs: those of the URL, else of the visit."""
    asked = st.query_params.get(PARAMETER)
    if asked is not None:
        st.session_state["pins"] = read(asked)
    kept: tuple[str, ...] = st.session_state.get("pins", ())
    return kept


def read(text: str) -> tuple[str, ...]:
    """Ids from a link; what is none is left out."""
    named = [part for part in text.split(",") if ID.fullmatch(part)]
    return tuple(dict.fromkeys(named))[:MOST]


def put(runs: tuple[str, ...]) -> None:
    """Pin these runs and no others."""
    st.session_state["pins"] = runs[:MOST]
    keep()


def toggle(run: str) -> None:
    """Pin a run, or take its pin away. A fifth takes the place of the
    first."""
    kept = tuple(known for known in pinned() if known != run)
    put(kept if run in pinned() else (*kept, run)[-MOST:])


def keep() -> None:
    """Have the URL name what is pinned."""
    kept: tuple[str, ...] = st.session_state.get("pins", ())
    if kept:
        st.query_params[PARAMETER] = ",".join(kept)
    elif PARAMETER in st.query_params:
        del st.query_params[PARAMETER]


def button(run: str, key: str) -> None:
    """A button that pins a run or takes its pin away."""
    on = run in pinned()
    st.button(
        say("Unpin") if on else say("Pin"),
        icon=":material/keep_off:" if on else ":material/keep:",
        key=f"{key}.pin",
        help=say(
            "Up to four pinned runs stand side by side in the view Pinned "
            "runs of the page Race."
        ),
        on_click=toggle,
        args=(run,),
    )


def offer(run: str, key: str) -> None:
    """The button, and the way to what is pinned."""
    with st.container(horizontal=True, vertical_alignment="center"):
        button(run, key)
        link()


def link() -> None:
    """The way to the comparison, once something is pinned."""
    number = len(pinned())
    if number:
        st.page_link(
            registry.path_of("compare"),
            label=say("Compare what is pinned ({number})", number=number),
            icon=":material/compare:",
            query_params=_query(),
        )


def go() -> None:
    """Open the comparison of what is pinned."""
    st.switch_page(registry.path_of("compare"), query_params=_query())


def _query() -> dict[str, str]:
    """What the URL of the comparison says."""
    named = {"view": VIEW, PARAMETER: ",".join(pinned())}
    return {**named, **classroom.visit()}
