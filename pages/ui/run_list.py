"""The list of runs: searched, filtered, sorted, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import streamlit as st

from pages.ui import (
    person,
    pins,
    queue_list,
    registry,
    room,
    run_row,
    trash,
    url,
)
from tl_core.jobs import engine, library, picture_use, shelf, wastebasket
from tl_core.jobs.library import Kept
from tl_core.jobs.shelf import ORDERS, Search
from tl_core.texts import say

EACH = 20
"""Runs on one page of the list."""
TICK = 2.0
"""Seconds between two looks at what others do."""
LABELS = {
    "state": say("State"),
    "dataset": say("Domain shift"),
    "strategy": say("Strategy"),
    "tag": say("Tag"),
}


def show() -> None:
    """Search, list and what one can do with the runs found."""
    store = engine.current().store
    wastebasket.purge_old(store)
    picture_use.tidy(store)
    asker = person.asker()
    runs = library.listed(store, asker)
    gone = library.trashed(store, asker)
    trash.undo()
    if runs:
        search = ask(runs)
        news(library.pulse(store))
        key = f"runs.page.{hash(search)}"  # another search begins at page 1
        listing(shelf.found(runs, search), runs, key)
    else:
        empty()
    trash.bin_of(gone)
    room.show(runs)


def empty() -> None:
    """What to do where nothing was run yet."""
    st.info(
        say(
            "No run yet. Choose an experiment and press Run: it will be kept "
            "here."
        ),
        icon=":material/info:",
    )
    st.page_link(
        registry.path_of("run"),
        label=say("To the first run"),
        icon=":material/play_arrow:",
    )


def ask(runs: Sequence[Kept]) -> Search:
    """What is looked for; the URL says it too."""
    state = st.session_state
    fields = asdict(Search())
    if _given() != state.get("runs.url") or "runs.words" not in state:
        for name, default in fields.items():  # a link, a reload, Back
            state[f"runs.{name}"] = _given().get(name, default)
    _widgets(runs)
    search = Search(**{name: state[f"runs.{name}"] or "" for name in fields})
    changed = asdict(search).items() - fields.items()
    url.keep(dict(changed))
    pins.pinned()
    pins.keep()
    state["runs.url"] = _given()
    return search


def _given() -> dict[str, str]:
    """What the URL says, but the pins, which are not about the list."""
    given = st.query_params.to_dict()
    return {k: v for k, v in given.items() if k != pins.PARAMETER}


def _widgets(runs: Sequence[Kept]) -> None:
    state = st.session_state
    if state["runs.order"] not in ORDERS:
        state["runs.order"] = "newest"
    with st.grid(6, min_column_width=140):
        st.text_input(
            say("Search"),
            key="runs.words",
            type="search",
            live=True,
            placeholder=say("name, tag, id …"),
        )
        for name in LABELS:
            _choice(name, runs)
        st.selectbox(
            say("Order"),
            list(ORDERS),
            key="runs.order",
            format_func=lambda key: ORDERS[key][0],
        )


def _choice(name: str, runs: Sequence[Kept]) -> None:
    """One filter: the values that occur, or any."""
    key = f"runs.{name}"

    def said(value: str) -> str:
        return _said(name, value)

    known = (
        shelf.tags(runs)
        if name == "tag"
        else sorted({getattr(run, name) for run in runs}, key=said)
    )
    options = ["", *known]
    if st.session_state[key] not in options:
        st.session_state[key] = ""
    st.selectbox(LABELS[name], options, key=key, format_func=said)


def _said(name: str, value: str) -> str:
    """How a filter's value is called."""
    if not value:
        return "any"
    if name == "state":
        return run_row.BADGES[value][0]
    kinds = {"dataset": "datasets", "strategy": "strategies"}
    return library.title(kinds[name], value) if name in kinds else value


@st.fragment(run_every=TICK)
def news(seen: tuple[Any, ...]) -> None:
    """The runs that go on; the list is drawn anew when one begins or ends,
    or somebody else changed it."""
    if library.pulse(engine.current().store) != seen:
        st.rerun()
    queue_list.show()


def listing(found: Sequence[Kept], runs: Sequence[Kept], key: str) -> None:
    """A page of the runs found, and what can be done with several."""
    state = st.session_state
    pages = max(1, -(-len(found) // EACH))
    if state.get(key, 1) > pages:  # the last run of a page was deleted
        state[key] = pages
    start = (state.get(key, 1) - 1) * EACH
    shown = found[start : start + EACH]
    _several(shown, len(found), runs)
    said, tags = run_row.verdicts(shown), shelf.tags(runs)
    for run in shown:
        run_row.show(run, said.get(run.id, ""), tags)
    if pages > 1:
        st.pagination(pages, key=key)


def _several(shown: Sequence[Kept], found: int, runs: Sequence[Kept]) -> None:
    """How many were found, and buttons for those that are selected."""
    state = st.session_state
    if not found:
        st.info(say("No run fits the search."), icon=":material/search_off:")
        return
    keys = {run.id: f"runs.pick.{run.id}" for run in shown}
    chosen = [run for run, key in keys.items() if state.get(key)]
    state["runs.all"] = len(chosen) == len(keys)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.checkbox(
            say("Select this page"),
            key="runs.all",
            on_change=_select,
            args=(list(keys.values()),),
        )
        st.caption(f"{found:,} of {trash.count(runs)}")
        pins.link()
        if chosen:
            _buttons(chosen, shelf.tags(runs))


def _select(keys: list[str]) -> None:
    for key in keys:
        st.session_state[key] = st.session_state["runs.all"]


def _buttons(chosen: list[str], tags: list[str]) -> None:
    number = len(chosen)
    st.button(
        say("Delete {number}", number=number),
        icon=":material/delete:",
        key="runs.several.delete",
        on_click=trash.put,
        args=(chosen,),
        help=say("Runs that wait or run have to be stopped first."),
    )
    if 1 < number <= pins.MOST and st.button(
        say("Compare {number}", number=number),
        icon=":material/compare:",
        key="runs.several.compare",
    ):
        pins.put(tuple(chosen))
        pins.go()
    more = st.popover(
        say("Tag {number}", number=number),
        icon=":material/sell:",
        key="runs.several.tag",
        on_change="rerun",
    )
    if more.open:
        with more:
            _tag(chosen, tags)


def _tag(chosen: list[str], tags: list[str]) -> None:
    store = engine.current().store
    tag = st.selectbox(
        say("Tag"),
        tags,
        index=None,
        key="runs.several.which",
        accept_new_options=True,
        placeholder=say("Choose or write one"),
    )
    with st.container(horizontal=True):
        if st.button(say("Add"), disabled=not tag, key="runs.several.add"):
            try:
                library.add_tag(store, chosen, str(tag))
                st.rerun()
            except ValueError as error:
                st.error(str(error), icon=":material/block:")
        if st.button(
            say("Take away"), disabled=not tag, key="runs.several.less"
        ):
            library.remove_tag(store, chosen, str(tag))
            st.rerun()
