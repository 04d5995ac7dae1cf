"""What the lab runs on and how busy it is."""

from __future__ import annotations

import streamlit as st

from pages.ui import class_link, login, notice, person
from tl_core import plain_text
from tl_core.jobs import engine
from tl_core.jobs.outlook import EngineStatus
from tl_core.texts import say

WORDS = {
    "starting": say("Starting the training engine. Pages work meanwhile."),
    "ready": say("Ready"),
    "lost": say(
        "The training engine cannot be reached; it is being restarted. "
        "Runs are kept and go on afterwards."
    ),
}


def show(page: str) -> None:
    """The state of the engine, refreshed while the page is open, and links
    for a class."""
    with st.sidebar:
        _status(engine.current().store.notices)
        class_link.offer(page)
        _teacher()
        login.leave()


def _teacher() -> None:
    """Reminds a teacher of being signed in; the link signs out."""
    if person.teacher():
        st.html(
            "<small>Signed in as teacher: all runs can be seen, stopped and "
            'moved on <i>Runs</i>. <a href="?teacher=" target="_self" '
            'style="color: inherit">Sign '
            "out</a></small>"
        )


@st.fragment(run_every=5.0)
def _status(known: tuple[str, ...]) -> None:
    with notice.told():
        running = engine.current()
        if running.store.notices != known:
            st.rerun()  # the whole page: there is something else to know
        _engine(running.status())


def _engine(now: EngineStatus) -> None:
    for told in now.notices:
        st.warning(plain_text.markdown(plain_text.line(told)))
    if now.state != "ready":
        st.caption(f":material/hourglass_empty: {WORDS[now.state]}")
        return
    st.caption(
        say(
            ":material/memory: Training on {device}  "
            "\n:material/directions_run: {running} running, {queued} waiting",
            device=now.device,
            running=now.running,
            queued=now.queued,
        )
    )
