"""Asking the engine for runs on the reader's behalf, and its refusals."""

from __future__ import annotations

import streamlit as st

from pages.ui import person
from tl_core.card import SpecError
from tl_core.jobs import engine, groups
from tl_core.jobs.quota import QueueFullError
from tl_core.jobs.trouble import StoreError
from tl_core.race_spec import RaceSpec
from tl_core.spec import RunSpec
from tl_core.texts import say

REFUSED = "queue.refused"
"""What was refused last, by id, and why."""
REASONS = (SpecError, QueueFullError, StoreError)


def submit(spec: RunSpec) -> str | None:
    """Run a spec; its id, or None where that is refused."""
    st.session_state.pop(REFUSED, None)
    try:
        return engine.current().submit(spec, person.asker()).id
    except REASONS as reason:
        st.session_state[REFUSED] = spec.id, str(reason)
        return None


def race(asked: RaceSpec, title: str) -> str | None:
    """Start a race, or the rest of it; its id, or None where that is
    refused."""
    st.session_state.pop(REFUSED, None)
    try:
        return groups.start(engine.current(), asked, title, person.asker()).id
    except REASONS as reason:
        st.session_state[REFUSED] = asked.id, str(reason)
        return None


def again(run: str) -> None:
    """Do a run again."""
    st.session_state.pop(REFUSED, None)
    try:
        engine.current().rerun(run, person.asker())
    except REASONS as reason:
        st.session_state[REFUSED] = run, str(reason)


def stop(run: str) -> None:
    """Stop a run, or leave it to the others who asked for it."""
    if not engine.current().stop(run, person.asker()):
        _goes_on("run")


def stop_race(group: str) -> None:
    """Stop a race, or leave it to the others who asked for it."""
    if not groups.stop(engine.current(), group, person.asker()):
        _goes_on("race")


def _goes_on(what: str) -> None:
    st.toast(
        say(
            "Others asked for this {what} too: it goes on for them, and is "
            "no longer on your list.",
            what=what,
        ),
        icon=":material/group:",
    )


def refusal(thing: str) -> None:
    """Say why a run or race was refused, while it is looked at."""
    refused, reason = st.session_state.get(REFUSED, ("", ""))
    if refused == thing:
        st.warning(reason, icon=":material/block:")
