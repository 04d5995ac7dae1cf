"""Deleting runs with a way back, and the room that runs take."""

from __future__ import annotations

import time
from collections.abc import Sequence

import streamlit as st

from pages.ui import notice as notices
from pages.ui import person
from tl_core.jobs import engine, library, raced, shelf, storage, wastebasket
from tl_core.jobs.library import Kept
from tl_core.jobs.wastebasket import KEPT_DAYS

NEWEST, SOME = 200, 10
"""Runs that the rule keeps unless told otherwise; titles shown."""


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
        st.markdown(
            f":material/delete: {count(gone)} deleted. The trash keeps "
            f"{'it' if len(gone) == 1 else 'them'} for {KEPT_DAYS} days."
        )
        st.button(
            "Undo",
            type="primary",
            icon=":material/undo:",
            key="runs.undone",
            on_click=_bring_back,
            args=(gone,),
        )


def _bring_back(runs: Sequence[str]) -> None:
    store = engine.current().store
    with notices.held():
        wastebasket.bring_back(store, runs, person.asker())


def count(runs: Sequence[object]) -> str:
    """So many runs, in words."""
    return "1 run" if len(runs) == 1 else f"{len(runs):,} runs"


def megabytes(size: float) -> str:
    """Bytes in MB."""
    return f"{size / 1e6:.1f} MB"


def bin_of(gone: Sequence[Kept]) -> None:
    """What is in the trash, to bring back or to forget."""
    if not gone:
        return
    fold = st.expander(
        f"Trash: {count(gone)}",
        icon=":material/delete:",
        key="runs.trash",
        on_change="rerun",
    )
    if fold.open:
        with fold:
            _bin(gone)


def _bin(gone: Sequence[Kept]) -> None:
    st.markdown(
        f"Runs are forgotten {KEPT_DAYS} days after they were deleted, or at "
        "once by the button."
    )
    for run in gone[:SOME]:
        _deleted(run)
    if len(gone) > SOME:
        st.caption(f"And {count(gone[SOME:])} deleted before these.")
    with st.container(horizontal=True):
        st.button(
            "Bring all back",
            icon=":material/undo:",
            key="runs.back",
            on_click=_bring_back,
            args=([run.id for run in gone],),
        )
        st.button(
            f"Forget {count(gone)} for good",
            icon=":material/delete_forever:",
            key="runs.forget",
            on_click=_forget,
        )


def _deleted(run: Kept) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Bring back",
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
    words = f"{strategy} · {dataset} · seed {run.seed} · `{run.id}`"
    st.markdown(words, width="content")


def _forget() -> None:
    store = engine.current().store
    with notices.held():
        wastebasket.purge(store, time.time() + 1, person.asker())
        storage.shrink(store)


def room(runs: Sequence[Kept]) -> None:
    """The storage in use, and a rule that frees some of it."""
    fold = st.expander(
        "Storage",
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
            f"**{megabytes(now.total)} in use**: database "
            f"{megabytes(now.database)}, pictures of runs "
            f"{megabytes(now.arrays)}, exports {megabytes(now.exports)}."
        )
        _rule(runs)


def _rule(runs: Sequence[Kept]) -> None:
    """Keep the newest and what has a name or a tag: what would go."""
    newest = st.number_input(
        "Keep the newest … runs, all that have a name or a tag, and the races "
        "that one of these belongs to",
        min_value=0,
        value=NEWEST,
        step=50,
        key="runs.newest",
    )
    races = raced.together(engine.current().store)
    old = shelf.beyond(runs, int(newest), races)
    if not old:
        st.caption("The rule keeps every run.")
        return
    size = storage.freed_by(engine.current().store, [run.id for run in old])
    st.markdown(
        f"The rule would delete **{count(old)}** of {len(runs):,}; about "
        f"{megabytes(size)} come free once the trash has forgotten them. "
        + (f"The newest {SOME} of them:" if len(old) > SOME else "They are:")
    )
    for run in old[:SOME]:
        with st.container(horizontal=True):
            line(run)
    st.button(
        f"Delete {count(old)}",
        icon=":material/delete_sweep:",
        key="runs.prune",
        on_click=put,
        args=([run.id for run in old],),
    )


def notice(run: str) -> None:
    """Says of an opened run that it is in the trash."""
    store = engine.current().store
    kept = library.about(store, run, person.asker())
    if kept is None or kept.deleted is None:
        return
    st.warning("This run is in the trash.", icon=":material/delete:")
    if not person.may_change(run):
        return
    st.button(
        "Bring back",
        icon=":material/undo:",
        key="live.back",
        on_click=_bring_back,
        args=([run],),
    )
