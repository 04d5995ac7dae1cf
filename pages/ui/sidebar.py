"""What the lab runs on and how busy it is."""

from __future__ import annotations

import streamlit as st

from pages.ui import class_link
from tl_core.jobs import engine

WORDS = {
    "starting": "Starting the training engine. Pages work meanwhile.",
    "ready": "Ready",
    "lost": "The training engine cannot be reached; it is being restarted. "
    "Runs are kept and go on afterwards.",
}


def show(page: str) -> None:
    """The state of the engine, refreshed while the page is open, and links
    for a class."""
    with st.sidebar:
        _status()
        class_link.offer(page)


@st.fragment(run_every=5.0)
def _status() -> None:
    running = engine.current()
    now = running.status()
    if now.state != "ready":
        st.caption(f":material/hourglass_empty: {WORDS[now.state]}")
        return
    st.caption(
        f":material/memory: Training on {now.device}  \n"
        f":material/directions_run: {now.running} running, "
        f"{now.queued} waiting"
    )
    if running.store.notice:
        st.warning(running.store.notice)
