"""The strategy matrix as a table that says what the textbook says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from tl_core import matrix
from tl_core import matrix_rules as rules
from tl_core.analysis.intervals import Interval
from tl_core.matrix import ALL, BUDGETS, Row
from tl_core.matrix_book import BACK, LOST, MEMORY, NEEDS, SHARE, Cell
from tl_core.matrix_rules import Finding
from tl_core.texts import say

KEY = "matrix.table"
Judged = Mapping[tuple[str, str], tuple[Cell, Finding]]
ACTIVATIONS, TIME = "activations", "time"
REACHED = {say("target {n}", n=n): n for n in reversed(BUDGETS)}
"""Columns of accuracies, and their numbers of labels."""
TINTS = {
    rules.AGREES: "background-color: rgba(0, 143, 104, 0.18)",
    rules.DISAGREES: "background-color: rgba(213, 94, 0, 0.2)",
    rules.UNCLEAR: "background-color: rgba(128, 128, 128, 0.2)",
}
"""Of cells that the textbook has too."""
SIGNS = {rules.AGREES: "✓", rules.DISAGREES: "✗", rules.UNCLEAR: "?"}
"""Between what was measured and the textbook's words."""
WIDTHS = {
    SHARE: 150,
    MEMORY: 130,
    LOST: 150,
    BACK: 200,
    NEEDS: 330,
    ACTIVATIONS: 105,
    TIME: 95,
}
"""Pixels, so that no text is cut."""
HELP: dict[str, tuple[str, str]] = {
    SHARE: (
        say("Trained"),
        say(
            "Share of the network's numbers, adapters included, that is "
            "trained."
        ),
    ),
    MEMORY: (
        say("Memory"),
        say(
            "Weights, gradients, Adam's two moments and what the strategy "
            "keeps beside them, counted tensor by tensor after one step."
        ),
    ),
    ACTIVATIONS: (
        say("Activations"),
        say(
            "What the backward pass of one batch needs: 64 samples, or 64 of "
            "each domain where both are read. Counted, beside the memory."
        ),
    ),
    TIME: (
        say("Seconds"),
        say("Of 100 steps of adaptation, measuring included."),
    ),
    LOST: (
        say("Forgotten"),
        say(
            "Points of source accuracy lost, read by the adapted network, "
            "with all labels."
        ),
    ),
    BACK: (
        say("Still forgotten"),
        say(
            "Points still lost with the adapter switched off or, where "
            "there is none, the source's head put back."
        ),
    ),
    NEEDS: (say("Needs"), say("What it reads while it adapts, or before.")),
}


def frame(rows: Sequence[Row]) -> pd.DataFrame:
    """The numbers that the table sorts by: shares, MB, seconds, points."""
    return pd.DataFrame([_numbers(row) for row in rows])


def _numbers(row: Row) -> dict[str, Any]:
    kept = rules.activations(row)
    shares = {
        column: matrix.reached(row, n).mean for column, n in REACHED.items()
    }
    return {
        "strategy": row.label,
        SHARE: matrix.share(row),
        MEMORY: rules.state(row) / 1e6,
        LOST: _points(matrix.lost(row)),
        **shares,
        BACK: _points(matrix.restored(row)[1]),
        NEEDS: matrix.needs(row.strategy),
        ACTIVATIONS: None if kept is None else kept / 1e6,
        TIME: matrix.pace(row).mean,
    }


def _points(span: Interval | None) -> float | None:
    return None if span is None else 100 * span.mean


def _texts(row: Row) -> dict[str, str]:
    """What the cells of a row say."""
    texts = {
        SHARE: f"{100 * matrix.share(row):.2f} %",
        MEMORY: rules.megabytes(rules.state(row)),
        TIME: _with(matrix.pace(row), 1),
    }
    kept = rules.activations(row)
    if kept is not None:
        texts[ACTIVATIONS] = f"{kept / 1e6:.1f} MB"
    for column, labels in REACHED.items():
        texts[column] = f"{_with(matrix.reached(row, labels), 100)} %"
    found = matrix.lost(row)
    if found is not None:
        texts[LOST] = _with(found, 100)
    name, back = matrix.restored(row)
    if back is not None:
        texts[BACK] = f"{_with(back, 100)} ({name})"
    return texts


def _with(span: Interval, scale: float) -> str:
    """A mean with its interval; no minus before a zero."""
    mean = round(scale * span.mean, 1) + 0.0
    return f"{mean:.1f} ± {scale * span.half:.1f}"


def styled(rows: Sequence[Row], judged: Judged) -> Styler:
    """The table with its texts, and a tint where the textbook has a cell."""
    table = frame(rows)
    tints = pd.DataFrame("", table.index, table.columns)
    style = table.style.format(na_rep="–")
    for place, row in enumerate(rows):
        texts = _texts(row)
        texts[NEEDS] = matrix.needs(row.strategy)
        for (strategy, column), (cell, (badge, _)) in judged.items():
            if strategy == row.strategy and row.network == matrix.CONVNET:
                texts[column] += f" {SIGNS[badge]} {cell.says}"
                tints.loc[place, column] = TINTS[badge]
        says: dict[Any, Any] = {name: _say(texts[name]) for name in texts}
        style = style.format(says, subset=([place], list(texts)))
    return style.apply(lambda _: tints, axis=None)


def _say(text: str) -> Callable[[Any], str]:
    return lambda value: text


def columns() -> dict[str, Any]:
    """How the table's columns are called, and what they mean."""
    found: dict[str, Any] = {
        "strategy": st.column_config.TextColumn(
            say("Strategy"), pinned=True, width=150
        )
    }
    for name, (title, about) in HELP.items():
        found[name] = st.column_config.Column(
            title, help=about, width=WIDTHS[name], alignment="left"
        )
    for name, labels in REACHED.items():
        said = "all" if labels == ALL else labels
        found[name] = st.column_config.Column(
            say("{said} labels", said=said).capitalize(),
            help=say(
                "Target accuracy with so many target labels; a strategy "
                "that reads no target label has one number."
            ),
            width=104,
            alignment="left",
        )
    return found


def show(rows: Sequence[Row], judged: Judged, chosen: int) -> tuple[int, str]:
    """Draw it; the row and column of the selected cell."""
    event: Any = st.dataframe(
        styled(rows, judged),
        hide_index=True,
        height=38 + 35 * len(rows),
        column_config=columns(),
        on_select="rerun",
        selection_mode="single-cell",
        selection_default={"selection": {"cells": [(chosen, LOST)]}},
        key=KEY,
        placeholder="–",
        alt=say("The strategy matrix: a row a strategy, a column a measure."),
    )
    cells = event.selection.cells
    return (cells[0][0], cells[0][1]) if cells else (chosen, LOST)


def selected() -> list[tuple[int, str]]:
    """The cell that the reader chose: its row and column; none at first."""
    state: Any = st.session_state.get(KEY)
    return list(state["selection"]["cells"]) if state else []
