"""A run's confusion, and the images behind a cell of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from pages.ui import asking, charts, open_cells
from tl_core import takeaways
from tl_core.figures import confusion
from tl_core.figures.samples import image_grid
from tl_core.history import History
from tl_core.texts import say

COLUMNS = 12
"""Images side by side."""


def show(history: History, key: str) -> None:
    """The confusion of one run; a click on a cell opens its images."""
    draw(history, f"{key}.confusion", f"{key}.cell")
    if "predicted" not in history.arrays("confusion"):
        open_cells.offer(history, f"{key}.cell")
        return
    cell = pick(history.classes, f"{key}.cell")
    if cell:
        images(history, cell)


def draw(history: History, key: str, cell: str) -> None:
    """The confusion itself; what is clicked on becomes the choice `cell`."""
    counts = history.arrays("confusion")["counts"]
    figure = confusion.cells(counts, history.classes)
    words = takeaways.confusion(counts, history.classes)
    if "predicted" not in history.arrays("confusion"):
        charts.chart(figure, words, key)
        return
    handles = confusion.handles(counts, history.classes)
    act = partial(_choose, history.classes, key, cell)
    charts.choosing(figure, handles, words, key, act)


def _choose(classes: Sequence[str], key: str, cell: str) -> None:
    """A click: handles stand row by row, a row a label."""
    at = charts.chosen(key)
    if at is not None:
        label, guess = divmod(at, len(classes))
        st.session_state[f"{cell}.label"] = classes[label]
        st.session_state[f"{cell}.guess"] = classes[guess]


def pick(classes: Sequence[str], cell: str) -> tuple[int, int] | None:
    """The label and the reading of the chosen cell, for those too who do
    not click; None before there is one."""
    for name in (f"{cell}.label", f"{cell}.guess"):
        if st.session_state.get(name) not in classes:  # other runs are shown
            st.session_state[name] = None
    left, right = st.columns(2)
    how: dict[str, Any] = {
        "placeholder": say("click on a cell"),
        "index": None,
    }
    label = left.selectbox(
        say("Images of class"), classes, key=f"{cell}.label", **how
    )
    guess = right.selectbox(
        say("read as"), classes, key=f"{cell}.guess", **how
    )
    if label is None or guess is None:
        return None
    return classes.index(label), classes.index(guess)


def images(history: History, cell: tuple[int, int]) -> None:
    """The target test samples of a class that a run read as another."""
    label, guess = cell
    options = {
        "predicted": history.arrays("confusion")["predicted"],
        "label": label,
        "guess": guess,
    }
    found = asking.answer("confused", history.spec.changes(), options)
    if found is None:
        return
    words = said(found, history.classes[label], history.classes[guess])
    st.text(words)
    if found["count"] and found["x"].ndim == 4:
        wide = min(COLUMNS, len(found["x"]))
        sheet = image_grid(found["x"], columns=wide)
        st.image(sheet, width="content", alt=words)
    elif found["count"]:
        st.dataframe(
            [{"x": float(x), "y": float(y)} for x, y in found["x"]],
            hide_index=True,
            alt=words,
        )


def said(found: dict[str, Any], label: str, guess: str) -> str:
    """How many there are, and how many of them are shown."""
    count, shown = found["count"], len(found["x"])
    if not count:
        return say(
            "No test sample of class {label} is read as {guess}.",
            label=label,
            guess=guess,
        )
    what = say("test sample") if count == 1 else say("test samples")
    verb = "is" if count == 1 else "are"
    first = (
        say("; the first {shown} are shown", shown=shown)
        if shown < count
        else ""
    )
    return say(
        "{count} {what} of class {label} {verb} read as {guess}{first}.",
        count=count,
        what=what,
        label=label,
        verb=verb,
        guess=guess,
        first=first,
    )
