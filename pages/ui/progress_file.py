"""The view to keep progress: save it, read it in, begin anew, print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from pages.ui import classroom, person, progress, registry
from tl_core.jobs import engine
from tl_core.jobs import progress as kept
from tl_core.progress import AnyEntry, ProgressError, export, parse

NAMES = {
    "card": ("flash card", "flash cards"),
    "review": ("look at a card", "looks at cards"),
    "mock": ("mock interview", "mock interviews"),
    "code": ("snippet read", "snippets read"),
    "drill": ("drill", "drills"),
    "board": ("derivation", "derivations"),
    "guess": ("guess", "guesses"),
    "choice": ("choice", "choices"),
    "run": ("run", "runs"),
}
MERGE, REPLACE = "Add to what is here", "Replace what is here"
DONE = "progress.done"
"""What was just done, said once the page is drawn again."""


def show() -> None:
    """What is kept, as a file and back; and the way to paper."""
    entries = progress.entries()
    st.markdown(f"**Kept for this browser:** {told(entries)}")
    st.caption(
        "There is no account: a cookie with a random name says which browser "
        "it is. Save a file to take your progress to another one, or before "
        "you clear cookies."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        _save(entries)
        _print()
    _read()
    _begin_anew(entries)


def told(entries: Sequence[AnyEntry]) -> str:
    """How much of what there is, in words."""
    count = Counter(str(entry.kind) for entry in entries)
    said = [
        f"{count[kind]} {names[count[kind] != 1]}"
        for kind, names in NAMES.items()
        if count[kind]
    ]
    return ", ".join(said) + "." if said else "nothing yet."


def _save(entries: Sequence[AnyEntry]) -> None:
    day = datetime.now(UTC).date().isoformat()
    st.download_button(
        "Save as a file",
        export(list(entries)),
        file_name=f"transfer-learning-progress-{day}.json",
        mime="application/json",
        icon=":material/download:",
        key="progress.save",
        on_click="ignore",
    )


def _print() -> None:
    st.page_link(
        registry.path_of("mastery"),
        label="A page to print",
        icon=":material/print:",
        query_params={"print": "true", classroom.PRESENT: "true"},
    )


def _read() -> None:
    """A file is checked field by field before anything is changed."""
    st.markdown("**Read a file**")
    given = st.file_uploader(
        "A file of progress (JSON, up to 1 MB)",
        type=["json"],
        max_upload_size=1,
        key="progress.file",
    )
    if given is None:
        return
    try:
        found = parse(given.getvalue())
    except ProgressError as error:
        st.error("Nothing was read in.", icon=":material/block:")
        st.text(str(error))  # it may quote the file: text, not markdown
        return
    _offer(found)


def _offer(found: list[AnyEntry]) -> None:
    """What a file holds, and what to do with it."""
    st.markdown(f"The file holds {told(found)}")
    how = st.radio(
        "What to do with it",
        (MERGE, REPLACE),
        horizontal=True,
        key="progress.how",
        help="Added: of two entries for the same thing the newer one stays.",
    )
    st.button(
        "Read it in",
        type="primary",
        icon=":material/upload:",
        key="progress.read",
        on_click=_take,
        args=(found, how),
    )


def _take(found: list[AnyEntry], how: str) -> None:
    store, name = engine.current().store, person.name()
    if how == REPLACE:
        kept.replace(store, name, found)
        st.session_state[DONE] = f"{len(found)} entries were read in."
        return
    count = kept.merge(store, name, found)
    st.session_state[DONE] = f"{count} new entries were added."


def _begin_anew(entries: Sequence[AnyEntry]) -> None:
    """A reset, and the way back from it and from a file."""
    st.markdown("**Begin anew**")
    store, name = engine.current().store, person.name()
    aside = kept.set_aside(store, name)
    if DONE in st.session_state:
        st.success(st.session_state.pop(DONE), icon=":material/check:")
    with st.container(horizontal=True):
        st.button(
            "Reset my progress",
            icon=":material/restart_alt:",
            key="progress.reset",
            disabled=not entries,
            on_click=_reset,
        )
        if aside:
            st.button(
                f"Undo: bring {aside} entries back",
                icon=":material/undo:",
                key="progress.undo",
                on_click=_undo,
            )
    st.caption(
        "A reset and a file that was read in can be undone, until the next "
        "one. Runs and what a class guessed stay in the lab."
    )


def _reset() -> None:
    kept.reset(engine.current().store, person.name())
    st.session_state[DONE] = "Your progress was set aside."


def _undo() -> None:
    kept.swap(engine.current().store, person.name())
    st.session_state[DONE] = "It is as it was before."
