"""The view to keep progress: save it, read it in, begin anew, print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from pages.ui import classroom, person, progress, registry
from tl_core.jobs import engine
from tl_core.jobs import progress as kept
from tl_core.progress import AnyEntry
from tl_core.progress_file import ProgressError, export, parse
from tl_core.texts import say

NAMES = {
    "card": (say("flash card"), say("flash cards")),
    "review": (say("look at a card"), say("looks at cards")),
    "mock": (say("mock interview"), say("mock interviews")),
    "code": (say("snippet read"), say("snippets read")),
    "drill": ("drill", "drills"),
    "board": ("derivation", "derivations"),
    "guess": ("guess", "guesses"),
    "choice": ("choice", "choices"),
    "run": ("run", "runs"),
}
MERGE, REPLACE = say("Add to what is here"), say("Replace what is here")
DONE = "progress.done"
"""What was just done, said once the page is drawn again."""


def show() -> None:
    """What is kept, as a file and back; and the way to paper."""
    entries = progress.entries()
    st.markdown(say("**Kept for this browser:** {told}", told=told(entries)))
    st.caption(
        say(
            "There is no account: a cookie with a random name says which "
            "browser it is. Save a file to take your progress to another "
            "one, or before you clear cookies."
        )
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
    return ", ".join(said) + "." if said else say("nothing yet.")


def _save(entries: Sequence[AnyEntry]) -> None:
    day = datetime.now(UTC).date().isoformat()
    st.download_button(
        say("Save as a file"),
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
        label=say("A page to print"),
        icon=":material/print:",
        query_params={"print": "true", classroom.PRESENT: "true"},
    )


def _read() -> None:
    """A file is checked field by field before anything is changed."""
    st.markdown(say("**Read a file**"))
    given = st.file_uploader(
        say("A file of progress (JSON, up to 1 MB)"),
        type=["json"],
        max_upload_size=1,
        key="progress.file",
    )
    if given is None:
        return
    try:
        found = parse(given.getvalue())
    except ProgressError as error:
        st.error(say("Nothing was read in."), icon=":material/block:")
        st.text(str(error))  # it may quote the file: text, not markdown
        return
    _offer(found)


def _offer(found: list[AnyEntry]) -> None:
    """What a file holds, and what to do with it."""
    st.markdown(say("The file holds {told}", told=told(found)))
    how = st.radio(
        say("What to do with it"),
        (MERGE, REPLACE),
        horizontal=True,
        key="progress.how",
        help=say(
            "Added: of two entries for the same thing the newer one stays."
        ),
    )
    st.button(
        say("Read it in"),
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
        st.session_state[DONE] = say(
            "{found} entries were read in.", found=len(found)
        )
        return
    count = kept.merge(store, name, found)
    st.session_state[DONE] = say(
        "{count} new entries were added.", count=count
    )


def _begin_anew(entries: Sequence[AnyEntry]) -> None:
    """A reset, and the way back from it and from a file."""
    st.markdown(say("**Begin anew**"))
    store, name = engine.current().store, person.name()
    aside = kept.set_aside(store, name)
    if DONE in st.session_state:
        st.success(st.session_state.pop(DONE), icon=":material/check:")
    with st.container(horizontal=True):
        st.button(
            say("Reset my progress"),
            icon=":material/restart_alt:",
            key="progress.reset",
            disabled=not entries,
            on_click=_reset,
        )
        if aside:
            st.button(
                say("Undo: bring {aside} entries back", aside=aside),
                icon=":material/undo:",
                key="progress.undo",
                on_click=_undo,
            )
    st.caption(
        say(
            "A reset and a file that was read in can be undone, until the "
            "next one. Runs and what a class guessed stay in the lab."
        )
    )


def _reset() -> None:
    kept.reset(engine.current().store, person.name())
    st.session_state[DONE] = say("Your progress was set aside.")


def _undo() -> None:
    kept.swap(engine.current().store, person.name())
    st.session_state[DONE] = say("It is as it was before.")
