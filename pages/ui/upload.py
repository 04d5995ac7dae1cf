"""Taking in a user's own pictures on the Run page."""

from __future__ import annotations

from collections import Counter
from io import BytesIO

import streamlit as st

from tl_core import picture_room, picture_sets, uploads
from tl_core.card import SpecError
from tl_core.jobs import engine, picture_use
from tl_core.picture_sets import Imported
from tl_core.plain_text import markdown as plain
from tl_core.texts import say

DATASET = "folder"
KNOB = f"set.dataset.{DATASET}.data"
LAYOUT = say(
    "A zip file with `target/CLASS/*` and, with the same classes, "
    "`source/CLASS/*`; or `target/` alone, for a backbone with ImageNet "
    "weights. `target_test/` and `source_test/` may hold pictures to measure "
    "on; else a quarter of each class is kept for that."
)
LARGEST = 200
"""Megabytes; the server's own bound is in .streamlit/config.toml."""


def show() -> bool:
    """The upload, and what was taken; whether there is a set to run on.

    Comes before the form's knobs, because it sets one of them.
    """
    state = st.session_state
    # A knob is forgotten while another dataset is chosen; the set is not.
    state.setdefault(KNOB, state.get("upload.last", ""))
    given = st.file_uploader(
        say("Zip file of your pictures"),
        type="zip",
        key="upload.zip",
        help=LAYOUT,
        max_upload_size=LARGEST,
    )
    if given is None:
        state.pop("upload.problem", None)
    elif state.get("upload.seen") != given.file_id:
        state["upload.seen"] = given.file_id
        state["upload.problem"] = _take(given)
    if state.get("upload.problem"):
        st.error(plain(state["upload.problem"]), icon=":material/block:")
    data = str(state.get(KNOB, "")).strip()
    if not data:
        st.info(
            say(
                "This pair is made of your own pictures. Upload a zip file of "
                "them to run."
            ),
            icon=":material/upload:",
        )
        return False
    state["upload.last"] = data
    return _told(data)


def _take(given: BytesIO) -> str:
    """Import the file and set the knob; the sentence that says why not."""
    state = st.session_state
    with st.spinner(say("Reading the pictures")):
        try:
            taken = uploads.take(given).id
        except SpecError as error:
            return str(error)
        except OSError as error:
            return say(
                "The pictures could not be kept: {reason}.",
                reason=error.strerror,
            )
        except MemoryError:
            return say("There is not enough memory for so many pictures.")
    # Of a link, pictures are somebody else's: only this visit's own give way.
    if state.get("upload.mine", taken) != taken:
        picture_room.replaced(state["upload.mine"])
    state[KNOB] = state["upload.mine"] = taken
    picture_use.tidy(engine.current().store)
    return ""


def _told(data: str) -> bool:
    try:
        taken = picture_sets.about(data)
    except SpecError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return False
    total = sum(sum(part.values()) for part in taken.counts.values())
    st.caption(
        say(
            ":material/check: {total} pictures of {classes} classes, {side} "
            "x {side} pixels",
            total=total,
            classes=len(taken.classes),
            side=taken.side,
        )
    )
    if "source" not in taken.counts:
        st.caption(
            say(
                "There is no source/: choose a backbone with ImageNet weights "
                "and a strategy that learns from target labels."
            )
        )
    with st.expander(say("Pictures by class")):
        st.dataframe(by_class(taken), hide_index=True)
    if taken.left:
        _left_out(taken)
    return True


def _left_out(taken: Imported) -> None:
    """How many files for which reason, then every one."""
    n = len(taken.left)
    files = say("1 file") if n == 1 else say("{n} files", n=n)
    with st.expander(
        say("Left out: {files}", files=files), icon=":material/warning:"
    ):
        st.dataframe(by_reason(taken), hide_index=True)
        st.dataframe(
            [{"file": name, "because": why} for name, why in taken.left],
            hide_index=True,
        )


def by_class(taken: Imported) -> list[dict[str, object]]:
    """A row a class: its pictures in each part."""
    return [
        {"class": name}
        | {part: counts[name] for part, counts in taken.counts.items()}
        for name in taken.classes
    ]


def by_reason(taken: Imported) -> list[dict[str, object]]:
    """A row a reason: how many files it kept out."""
    counts = Counter(reason for _, reason in taken.left)
    return [
        {"because": reason, "files": n} for reason, n in counts.most_common()
    ]
