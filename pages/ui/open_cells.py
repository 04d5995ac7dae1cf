"""The way to the images behind a confusion for a run that did not keep them:
do it here, and open them then."""

from __future__ import annotations

import streamlit as st

from pages.ui import queueing, registry
from tl_core.history import History
from tl_core.jobs import engine
from tl_core.jobs.store import ACTIVE
from tl_core.texts import say

OLD = say(
    "This run did not keep what it read each test sample as. Done here, it "
    "gives the same figures and opens the images behind a cell."
)
RUNNING = say(
    "It is done here now; once it is finished, its cells can be opened."
)


def offer(history: History, key: str) -> None:
    """What can be done where a run's cells cannot be opened."""
    run = history.spec.id
    record = engine.current().store.get(run)
    if record is not None and record.state in ACTIVE:
        st.caption(RUNNING)
        _link(run, say("Follow it"))
    elif record is not None and record.state == "done" and history.recorded:
        st.caption(say("It was done here: there its cells can be opened."))
        _link(run, say("Open it"))
    else:
        st.caption(OLD)
        st.button(
            say("Run this here"),
            icon=":material/play_arrow:",
            key=f"{key}.here",
            on_click=_do,
            args=(history,),
        )
        queueing.refusal(run)


def _do(history: History) -> None:
    """Run it, or, if it is kept from an older lab, once more."""
    if engine.current().store.get(history.spec.id) is None:
        queueing.submit(history.spec)
    else:
        queueing.again(history.spec.id)


def _link(run: str, label: str) -> None:
    st.page_link(
        registry.path_of("run"),
        label=label,
        icon=":material/open_in_new:",
        query_params={"run": run},
    )
