"""What the reader of any page must know of the disk and the list of runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from tl_core.jobs import engine
from tl_core.jobs.trouble import StoreError

HELD = "notice.held"
"""Why a callback could not do what it was asked for."""
ICON = ":material/hard_drive:"


def show() -> None:
    """What is wrong at the moment, and what was refused just now."""
    for words in engine.current().store.notices:
        st.warning(words, icon=ICON)
    if refused := st.session_state.pop(HELD, ""):
        st.error(refused, icon=ICON)


@contextmanager
def told() -> Iterator[None]:
    """Say in the place of a page, or of a part of it, why its runs cannot be
    read or written."""
    try:
        yield
    except StoreError as reason:
        st.error(str(reason), icon=ICON)


@contextmanager
def held() -> Iterator[None]:
    """The same in a callback, which has no place on the page: said at the
    top of what is drawn next."""
    try:
        yield
    except StoreError as reason:
        st.session_state[HELD] = str(reason)
