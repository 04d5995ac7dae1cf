"""Runs: what has been run here, to reopen or delete."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import streamlit as st

from pages.ui import registry
from tl_core import catalog, sentences
from tl_core.jobs import engine
from tl_core.jobs.records import RunRecord
from tl_core.jobs.store import ACTIVE

PAGE = {
    "title": "Runs",
    "icon": ":material/history:",
    "section": "Lab",
    "order": 20,
    "help": "Every run of this lab with its state; open one again or delete "
    "it.",
}
SHOWN = 50
BADGES: dict[str, tuple[str, str, Any]] = {
    "queued": ("waiting", ":material/hourglass_empty:", "grey"),
    "running": ("running", ":material/directions_run:", "blue"),
    "done": ("done", ":material/check:", "green"),
    "failed": ("failed", ":material/error:", "red"),
    "stopped": ("stopped", ":material/stop_circle:", "orange"),
}


def title(record: RunRecord) -> str:
    """The three choices of a run, by their names."""
    spec = record.spec
    return " · ".join(
        [
            catalog.entry("datasets", spec.dataset).card.title,
            catalog.entry("backbones", spec.backbone).card.title,
            sentences.title(spec.strategy),
            f"seed {spec.seed}",
        ]
    )


def result(record: RunRecord) -> str:
    """One line: the verdict, the error, or when it was asked for."""
    when = datetime.fromtimestamp(record.created).strftime("%d %b %H:%M")
    history = store.history(record.id) if record.state == "done" else None
    if history:
        return f"{when} · {sentences.verdict(history)}"
    return f"{when} · {record.error}" if record.error else when


def row(record: RunRecord) -> None:
    """One run with what one can do to it."""
    text, icon, colour = BADGES[record.state]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(text, icon=icon, color=colour)
            st.markdown(f"**{title(record)}**")
        st.caption(result(record))
        with st.container(horizontal=True):
            if st.button(
                "Open",
                icon=":material/open_in_new:",
                key=f"runs.open.{record.id}",
            ):
                st.switch_page(
                    registry.path_of("run"), query_params={"run": record.id}
                )
            if record.state in ACTIVE:
                action(record, "Stop", ":material/stop:", lab.stop)
            else:
                action(record, "Delete", ":material/delete:", store.delete)


def action(
    record: RunRecord, text: str, icon: str, act: Callable[[str], None]
) -> None:
    """A button that does something to a run."""
    key = f"runs.{text.lower()}.{record.id}"
    st.button(text, icon=icon, key=key, on_click=act, args=(record.id,))


@st.fragment(run_every=2.0)
def listing() -> None:
    """The latest runs, newest first."""
    records = store.recent(SHOWN)
    if not records:
        st.info(
            "No run yet. Choose an experiment and press Run: it will be "
            "kept here.",
            icon=":material/info:",
        )
        st.page_link(
            registry.path_of("run"),
            label="To the first run",
            icon=":material/play_arrow:",
        )
    for record in records:
        row(record)


lab = engine.current()
store = lab.store
st.title("Runs", anchor=False)
listing()
