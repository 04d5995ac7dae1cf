"""Deleting runs with a way back."""

from __future__ import annotations

import time
from collections.abc import Sequence

import streamlit as st

from pages.ui import notice as notices
from pages.ui import person
from tl_core.jobs import engine, library, storage, wastebasket
from tl_core.jobs.library import Kept
from tl_core.jobs.wastebasket import KEPT_DAYS
from tl_core.texts import say

SOME = 10
"""Titles shown."""


def put_one(run: str) -> None:
    """Put a run into the trash."""
    put([run])


def put(runs: Sequence[str]) -> None:
    """Put runs into the trash and remember them for Undo."""
    with notices.held():
        gone = wastebasket.trash(engine.current().store, runs, person.asker())
        st.session_state["runs.undo"] = gone


def undo() -> None:
    """A line that brings back what was deleted last."""
    store = engine.current().store
    last = st.session_state.get("runs.undo", [])
    deleted = library.some(store, last, person.asker())
    gone = [run.id for run in deleted if run.deleted]
    if not gone:
        return
    with st.container(
        horizontal=True, vertical_alignment="center", border=True
    ):
        st.markdown(f":material/delete: {_gone(gone)}")
        st.button(
            say("Undo"),
            type="primary",
            icon=":material/undo:",
            key="runs.undone",
            on_click=_bring_back,
            args=(gone,),
        )


def _gone(runs: Sequence[str]) -> str:
    """How many runs were deleted, and for how long they are kept."""
    if len(runs) == 1:
        return say(
            "1 run deleted. The trash keeps it for {days} days.",
            days=KEPT_DAYS,
        )
    return say(
        "{number:,} runs deleted. The trash keeps them for {days} days.",
        number=len(runs),
        days=KEPT_DAYS,
    )


def _bring_back(runs: Sequence[str]) -> None:
    store = engine.current().store
    with notices.held():
        wastebasket.bring_back(store, runs, person.asker())


def count(runs: Sequence[object]) -> str:
    """So many runs, in words."""
    return (
        say("1 run")
        if len(runs) == 1
        else say("{number:,} runs", number=len(runs))
    )


def bin_of(gone: Sequence[Kept]) -> None:
    """What is in the trash, to bring back or to forget."""
    if not gone:
        return
    fold = st.expander(
        say("Trash: {count}", count=count(gone)),
        icon=":material/delete:",
        key="runs.trash",
        on_change="rerun",
    )
    if fold.open:
        with fold:
            _bin(gone)


def _bin(gone: Sequence[Kept]) -> None:
    st.markdown(
        say(
            "Runs are forgotten {days} days after they were deleted, or "
            "at once by the button.",
            days=KEPT_DAYS,
        )
    )
    for run in gone[:SOME]:
        _deleted(run)
    if len(gone) > SOME:
        st.caption(
            say("And {count} deleted before these.", count=count(gone[SOME:]))
        )
    with st.container(horizontal=True):
        st.button(
            say("Bring all back"),
            icon=":material/undo:",
            key="runs.back",
            on_click=_bring_back,
            args=([run.id for run in gone],),
        )
        st.button(
            say("Forget {count} for good", count=count(gone)),
            icon=":material/delete_forever:",
            key="runs.forget",
            on_click=_forget,
        )


def _deleted(run: Kept) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            say("Bring back"),
            icon=":material/undo:",
            key=f"runs.back.{run.id}",
            on_click=_bring_back,
            args=([run.id],),
        )
        line(run)


def line(run: Kept) -> None:
    """A run in one line: its name as text, and what it is."""
    if run.name:
        st.text(run.name, width="content")
    dataset, _, strategy = run.titles
    words = say(
        "{strategy} · {dataset} · seed {seed} · `{id}`",
        strategy=strategy,
        dataset=dataset,
        seed=run.seed,
        id=run.id,
    )
    st.markdown(words, width="content")


def _forget() -> None:
    store = engine.current().store
    with notices.held():
        wastebasket.purge(store, time.time() + 1, person.asker())
        storage.shrink(store)


def notice(run: str) -> None:
    """Says of an opened run that it is in the trash."""
    store = engine.current().store
    kept = library.about(store, run, person.asker())
    if kept is None or kept.deleted is None:
        return
    st.warning(say("This run is in the trash."), icon=":material/delete:")
    if not person.may_change(run):
        return
    st.button(
        say("Bring back"),
        icon=":material/undo:",
        key="live.back",
        on_click=_bring_back,
        args=([run],),
    )
