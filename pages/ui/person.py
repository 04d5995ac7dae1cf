"""Who is looking: a random name of the browser, without an account."""

from __future__ import annotations

import uuid

import streamlit as st

from pages.ui.html_head import COOKIE


def name() -> str:
    """The browser's name from its cookie, or one for this visit where it
    takes none."""
    kept = str(st.context.cookies.get(COOKIE, ""))
    if kept.isalnum() and len(kept) <= 64:
        return kept
    if "person" not in st.session_state:
        st.session_state["person"] = uuid.uuid4().hex
    return str(st.session_state["person"])
