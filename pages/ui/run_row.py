"""One run in a list, with what one can do to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from pages.ui import pins, queueing, registry, trash
from tl_core import sentences
from tl_core.history import History
from tl_core.jobs import engine, library, naming
from tl_core.jobs.library import Kept
from tl_core.jobs.store import ACTIVE
from tl_core.jobs.trouble import StoreError
from tl_core.plain_text import markdown as plain
from tl_core.texts import say

BADGES: dict[str, tuple[str, str, Any]] = {
    "queued": ("waiting", ":material/hourglass_empty:", "grey"),
    "running": ("running", ":material/directions_run:", "blue"),
    "done": ("done", ":material/check:", "green"),
    "failed": ("failed", ":material/error:", "red"),
    "stopped": ("stopped", ":material/stop_circle:", "orange"),
}


def title(run: Kept) -> str:
    """The three choices of a run, by their names, and its seed."""
    dataset, backbone, strategy = run.titles
    return say(
        "{strategy} · {dataset} · {backbone} · seed {seed}",
        strategy=strategy,
        dataset=dataset,
        backbone=backbone,
        seed=run.seed,
    )


def show(run: Kept, said: str, tags: list[str]) -> None:
    """A run; `said` is its result, `tags` are those in use."""
    with st.container(border=True, key=f"runs.row.{run.id}", gap="xsmall"):
        _head(run)
        if run.error:
            st.text(run.error)
        when = datetime.fromtimestamp(run.created).strftime("%d %b %H:%M")
        st.caption(f"{when} · {said}" if said else when)
        with st.container(horizontal=True):
            _buttons(run, tags)


def _head(run: Kept) -> None:
    text, icon, colour = BADGES[run.state]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.checkbox(
            say("Select {title}", title=title(run)),
            key=f"runs.pick.{run.id}",
            label_visibility="collapsed",
        )
        st.badge(text, icon=icon, color=colour)
        if run.name:  # as text, for it is a stranger's
            st.text(run.name, width="content")
        st.markdown(f"**{title(run)}**", width="content")
        for tag in run.tags:
            st.badge(plain(tag), icon=":material/sell:", color="grey")


def _buttons(run: Kept, tags: list[str]) -> None:
    if st.button(
        say("Open"), icon=":material/open_in_new:", key=f"runs.open.{run.id}"
    ):
        st.switch_page(registry.path_of("run"), query_params={"run": run.id})
    if run.state == "done":
        pins.button(run.id, f"runs.{run.id}")
    _details(run, tags)
    if run.state in ACTIVE:
        _act(run, say("Stop"), ":material/stop:", queueing.stop)
    else:
        _act(run, say("Delete"), ":material/delete:", trash.put_one)


def _act(run: Kept, text: str, icon: str, act: Callable[[str], None]) -> None:
    key = f"runs.{text.lower()}.{run.id}"
    st.button(text, icon=icon, key=key, on_click=act, args=(run.id,))


def _details(run: Kept, tags: list[str]) -> None:
    """Name, tags and links; made when they are opened."""
    key = f"runs.more.{run.id}"
    more = st.popover(
        say("Name, tags, link"),
        icon=":material/edit:",
        key=key,
        on_change="rerun",
    )
    if more.open:
        with more:
            _name_and_tags(run, tags)
            _links(run)


def _name_and_tags(run: Kept, tags: list[str]) -> None:
    state = st.session_state
    name, own = f"runs.name.{run.id}", f"runs.tags.{run.id}"
    state.setdefault(name, run.name)
    state.setdefault(own, list(run.tags))
    st.text_input(
        say("Name"),
        max_chars=naming.NAME,
        key=name,
        on_change=_rename,
        args=(run.id,),
        placeholder=say("none yet"),
    )
    st.multiselect(
        say("Tags"),
        tags,
        key=own,
        accept_new_options=True,
        max_selections=naming.TAGS,
        on_change=_set_tags,
        args=(run.id,),
        placeholder=say("Choose or write one"),
    )
    if problem := state.pop("runs.problem", ""):
        st.error(problem, icon=":material/block:")


def _rename(run: str) -> None:
    try:
        name = st.session_state[f"runs.name.{run}"]
        library.rename(engine.current().store, run, name)
    except (ValueError, StoreError) as error:
        st.session_state["runs.problem"] = str(error)


def _set_tags(run: str) -> None:
    key = f"runs.tags.{run}"
    store = engine.current().store
    try:
        library.set_tags(store, run, st.session_state[key])
    except (ValueError, StoreError) as error:
        st.session_state["runs.problem"] = str(error)
    kept = library.about(store, run)
    if kept is not None:  # as they were cleaned
        st.session_state[key] = list(kept.tags)


def _links(run: Kept) -> None:
    base = (st.context.url or "").split("?")[0].rpartition("/")[0]
    st.markdown(say("**Link to this run**"))
    st.code(f"{base}/run?run={run.id}", None, wrap_lines=True)
    st.markdown(
        say(
            "**Class board** · all runs kept here that differ from this one "
            "in one or two settings, ranked, with everybody's guesses"
        )
    )
    st.code(f"{base}/runs?preset={run.id}", None, wrap_lines=True)
    st.button(
        say("Class board"),
        icon=":material/leaderboard:",
        key=f"runs.board.{run.id}",
        on_click=st.query_params.from_dict,
        args=({"preset": run.id},),
    )


def verdicts(runs: Sequence[Kept]) -> dict[str, str]:
    """What each finished run came to, in a sentence."""
    store = engine.current().store
    said = {}
    ends = library.ends(store, [run.id for run in runs])
    for run, (spec, end) in ends.items():
        said[run] = sentences.verdict(History(spec, finished=end))
    return said
