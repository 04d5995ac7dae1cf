"""The room that runs take, and a rule that frees some of it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui import trash
from tl_core.jobs import engine, raced, shelf, storage
from tl_core.jobs.library import Kept
from tl_core.texts import say

KEEP = say(
    "Keep the newest … runs, all that have a name or a tag, and the races "
    "that one of these belongs to"
)
NEWEST = 200
"""Runs that the rule keeps unless told otherwise."""


def megabytes(size: float) -> str:
    """Bytes in MB."""
    return f"{size / 1e6:.1f} MB"


def show(runs: Sequence[Kept]) -> None:
    """The storage in use, and a rule that frees some of it."""
    fold = st.expander(
        say("Storage"),
        icon=":material/hard_drive:",
        key="runs.room",
        on_change="rerun",
    )
    if not fold.open:
        return
    store = engine.current().store
    now = storage.used(store)
    with fold:
        st.markdown(
            say(
                "**{total} in use**: database {database}, pictures of "
                "runs {pictures}, exports {exports}.",
                total=megabytes(now.total),
                database=megabytes(now.database),
                pictures=megabytes(now.arrays),
                exports=megabytes(now.exports),
            )
        )
        _rule(runs)


def _rule(runs: Sequence[Kept]) -> None:
    """Keep the newest and what has a name or a tag: what would go."""
    newest = st.number_input(
        KEEP,
        min_value=0,
        value=NEWEST,
        step=50,
        key="runs.newest",
    )
    races = raced.together(engine.current().store)
    old = shelf.beyond(runs, int(newest), races)
    if not old:
        st.caption(say("The rule keeps every run."))
        return
    st.markdown(_would_go(old, len(runs)))
    for run in old[: trash.SOME]:
        with st.container(horizontal=True):
            trash.line(run)
    st.button(
        say("Delete {count}", count=trash.count(old)),
        icon=":material/delete_sweep:",
        key="runs.prune",
        on_click=trash.put,
        args=([run.id for run in old],),
    )


def _would_go(old: Sequence[Kept], of: int) -> str:
    """How many runs the rule would delete, and what that frees."""
    size = storage.freed_by(engine.current().store, [run.id for run in old])
    freed = say(
        "The rule would delete **{count}** of {all:,}; about {size} come free "
        "once the trash has forgotten them.",
        count=trash.count(old),
        all=of,
        size=megabytes(size),
    )
    if len(old) > trash.SOME:
        return f"{freed} " + say("The newest {some} of them:", some=trash.SOME)
    return f"{freed} " + say("They are:")
