"""What several runs do inside, side by side: features and confusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from pages.ui import cells, open_cells, results
from pages.ui.charts import chart
from tl_core import takeaways
from tl_core.figures import confusion, maps
from tl_core.history import History
from tl_core.texts import say


def features(runs: Mapping[str, History]) -> None:
    """What the last stage makes of both domains, run by run."""
    having = {n: h for n, h in runs.items() if h.arrays("features_after")}
    if not having:
        return
    st.markdown(
        say(
            "**Features of the last stage** · two principal axes; hollow "
            "marks are read wrongly"
        )
    )
    when = st.segmented_control(
        say("Moment"),
        list(results.MOMENTS),
        default="after",
        key="pinned.when",
        format_func=results.MOMENTS.__getitem__,
        label_visibility="collapsed",
        required=True,
    )
    columns = st.columns(len(having))
    for (name, history), column in zip(having.items(), columns, strict=True):
        with column:
            st.caption(name)
            arrays = history.arrays(f"features_{when}")
            words = (
                f"{name}, {results.MOMENTS[when]}: {takeaways.read(arrays)}"
            )
            figure = maps.feature_map(arrays, history.classes)
            chart(figure, words, f"pinned.features.{name[0]}")


def confusions(runs: Mapping[str, History]) -> None:
    """Which class is read as which, run by run; a click on a cell opens its
    images in every run."""
    having = {n: h for n, h in runs.items() if h.arrays("confusion")}
    if not having:
        return
    st.markdown(
        say(
            "**Confusion on the target** · which class is read as; click on a "
            "cell to see its images"
        )
    )
    classes = {history.classes for history in having.values()}
    columns = st.columns(len(having))
    for (name, history), column in zip(having.items(), columns, strict=True):
        with column:
            st.caption(name)
            key = f"pinned.{name[0]}"
            if len(classes) == 1:
                cells.draw(history, f"{key}.confusion", "pinned.cell")
            else:
                cells.show(history, key)
    if len(classes) == 1:
        _images(having)
        _changed(having)


def _images(runs: Mapping[str, History]) -> None:
    """The images behind one cell, run by run."""
    opens = ["predicted" in h.arrays("confusion") for h in runs.values()]
    cell = None
    if any(opens):
        cell = cells.pick(next(iter(runs.values())).classes, "pinned.cell")
    if cell is None and all(opens):
        return
    for (name, history), column, kept in zip(
        runs.items(), st.columns(len(runs)), opens, strict=True
    ):
        with column:
            st.caption(name)
            if not kept:
                open_cells.offer(history, f"pinned.{name[0]}")
            elif cell is not None:
                cells.images(history, cell)


def _changed(runs: Mapping[str, History]) -> None:
    """How each further run confuses classes differently from the first."""
    (first, one), *others = runs.items()
    if not others:
        return
    st.markdown(
        say("**Difference of confusion** · against {first}", first=first)
    )
    before = one.arrays("confusion")["counts"]
    columns = st.columns(len(runs))[1:]  # each below its own confusion
    for (name, history), column in zip(others, columns, strict=True):
        with column:
            counts = history.arrays("confusion")["counts"]
            words = f"{name}: {moved(before, counts, one.classes)}"
            st.text(words)  # classes may be a stranger's
            figure = confusion.difference(before, counts, one.classes)
            chart(figure, words, f"pinned.changed.{name[0]}")


def moved(one: np.ndarray, two: np.ndarray, classes: Sequence[str]) -> str:
    """The classes of which the second run reads most and least more."""
    rows = np.maximum(1, one.sum(1)), np.maximum(1, two.sum(1))
    gap = 100 * (np.diag(two) / rows[1] - np.diag(one) / rows[0])
    most, least = int(gap.argmax()), int(gap.argmin())
    return say(
        "of class {most} {most_gap:+.1f} points are read rightly, of class "
        "{least} {least_gap:+.1f}.",
        most=classes[most],
        most_gap=gap[most],
        least=classes[least],
        least_gap=gap[least],
    )
