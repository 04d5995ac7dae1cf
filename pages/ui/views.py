"""The views of a lesson page: one is shown, and the URL says which."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from pages.ui import classroom, url
from tl_core.texts import say

PARAMETER = "view"


def show(
    page: str,
    views: Mapping[str, Callable[[], None]],
    settings: Mapping[str, str] | None = None,
) -> None:
    """A switch over the views, and the one that is chosen. `settings` are
    what the page keeps in the URL beside it."""
    chosen = pick(page, tuple(views))
    keep(settings or {}, chosen, next(iter(views)))
    views[chosen]()


def pick(page: str, names: tuple[str, ...]) -> str:
    """The switch; the URL decides on the first visit, the reader later."""
    asked = st.query_params.get(PARAMETER, "")
    if classroom.hidden(PARAMETER):
        return asked if asked in names else names[0]
    key = f"{page}.view"
    if st.session_state.get(key) not in names:
        st.session_state[key] = asked if asked in names else names[0]
    chosen = st.segmented_control(
        say("View"),
        list(names),
        format_func=say,
        key=key,
        label_visibility="collapsed",
        required=True,
        disabled=classroom.locked(PARAMETER),
    )
    return chosen or names[0]


def keep(settings: Mapping[str, str], chosen: str, first: str) -> None:
    """The URL names a view that is not the first one."""
    named = {} if chosen == first else {PARAMETER: chosen}
    url.keep({**settings, **named})
