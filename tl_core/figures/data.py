"""A figure's numbers as a long table: a row a mark, a column a meaning."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from pandas.api.types import is_numeric_dtype

from tl_core.texts import say

ROWS = 20_000
"""Rows of a table at most; what is more is told and left out."""
GRIDS = ("heatmap", "contour")
NAMES = {"x": "across", "y": "up"}
"""What tells two axes apart that have one title."""


def as_table(figure: go.Figure) -> pd.DataFrame:
    """Every mark of a figure as a row, under the titles of its axes.

    Columns: the trace, x and y, half the error bars (±), the value of a grid's
    cell, and what a mark says; names stand before numbers. Where rows had to
    be left out, `attrs["cut"]` says so in words.
    """
    parts = [
        _rows(figure, trace).dropna(axis=1, how="all")
        for trace in figure.data
        if trace.visible is not False
    ]
    parts = [part for part in parts if len(part)]
    whole = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    names = [key for key in whole if not is_numeric_dtype(whole[key])]
    numbers = [key for key in whole if key not in names]
    table = whole[names + numbers].head(ROWS)
    table = table.fillna(dict.fromkeys(names, ""))
    if len(whole) > ROWS:
        table.attrs["cut"] = say(
            "The first {rows:,} of {whole:,} rows.",
            rows=ROWS,
            whole=len(whole),
        )
    return table


def _rows(figure: go.Figure, trace: Any) -> pd.DataFrame:
    """The rows of one trace."""
    if trace.type in GRIDS:
        found, given = _grid(figure, trace), ["value"]
    elif trace.type == "image":
        found, given = _pixels(trace), ["red"]
    elif trace.type == "parcoords":
        found, given = _lines(trace), []
    else:
        found, given = _marks(figure, trace), ["x", "y"]
    table = pd.DataFrame(found)
    # A gap in a line or between maps is no mark.
    kept = table.dropna(subset=[name for name in given if name in table])
    name = None if trace.name is None else plain(trace.name)
    kept.insert(0, "trace", [name] * len(kept))
    return kept.rename(columns=_titles(figure, trace))


def _marks(figure: go.Figure, trace: Any) -> dict[str, Any]:
    """Points, bars or the values of a box, with their error bars."""
    found: dict[str, Any] = {}
    for side in ("x", "y"):
        values = trace[side]
        if values is None:
            continue
        found[side] = _named(_axis(figure, trace, side), values)
        error = _error(trace, side)
        if error is not None:
            found[f"{side} ±"] = list(error)
    n = max((len(column) for column in found.values()), default=0)
    text = getattr(trace, "text", None)
    if text is not None and not isinstance(text, str) and len(text) == n:
        found["text"] = [plain(str(said)) for said in text]
    return found


def _error(trace: Any, side: str) -> Sequence[float] | None:
    bars = getattr(trace, f"error_{side}", None)
    return None if bars is None else bars.array


def _grid(figure: go.Figure, trace: Any) -> dict[str, Any]:
    """A cell a row, row by row."""
    z = np.array([list(row) for row in trace.z], dtype=float)
    sides = {"y": z.shape[0], "x": z.shape[1]}
    found: dict[str, Any] = {}
    for side, n in sides.items():
        values = range(n) if trace[side] is None else trace[side]
        named = _named(_axis(figure, trace, side), values)
        again = np.repeat if side == "y" else np.tile
        found[side] = again(np.array(named), z.size // n)
    found["value"] = z.ravel()
    text = np.array([] if trace.text is None else trace.text, dtype=object)
    if text.shape == z.shape:
        found["text"] = text.ravel()
    return found


def _pixels(trace: Any) -> dict[str, Any]:
    """A picture's pixels, row by row."""
    z = np.array(trace.z)
    row, column = np.indices(z.shape[:2]).reshape(2, -1)
    colours = zip(("red", "green", "blue"), z.reshape(-1, 3).T, strict=True)
    return {"y": row, "x": column, **dict(colours)}


def _lines(trace: Any) -> dict[str, Any]:
    """Parallel coordinates: a row a line, a column an axis."""
    return {
        plain(axis.label): [
            value if axis.ticktext is None else axis.ticktext[int(value)]
            for value in axis["values"]
        ]
        for axis in trace.dimensions
    }


def _axis(figure: go.Figure, trace: Any, side: str) -> Any:
    """The axis that a trace is drawn on."""
    number = (getattr(trace, f"{side}axis", None) or side)[1:]
    return figure.layout[f"{side}axis{number}"]


def _named(axis: Any, values: Any) -> list[Any]:
    """Values on an axis, by the text of the nearest tick where ticks have
    texts: marks of one row stand a little apart."""
    if axis.ticktext is None:
        return [plain(v) if isinstance(v, str) else v for v in values]
    ticks = np.array(axis.tickvals, float)
    return [
        plain(axis.ticktext[int(np.abs(ticks - value).argmin())])
        for value in values
    ]


def _titles(figure: go.Figure, trace: Any) -> dict[str, str]:
    """What the columns of a trace are called."""
    grid = trace.type in (*GRIDS, "image")
    found = {"x": "column", "y": "row"} if grid else {"x": "x", "y": "y"}
    for side in ("x", "y"):
        axis, given = _axis(figure, trace, side), getattr(trace, side, None)
        if axis.ticktext is not None or _is_named(given):
            found[side] = "name"  # of a row; a title says more
        found[side] = plain(axis.title.text or "") or found[side]
    if found["x"] == found["y"]:
        found = {s: f"{title}, {NAMES[s]}" for s, title in found.items()}
    for side in ("x", "y"):
        found[f"{side} ±"] = f"± {found[side]}"
    if trace.type in GRIDS and trace.colorbar.title.text:
        found["value"] = plain(trace.colorbar.title.text)
    return found


def _is_named(values: Any) -> bool:
    return values is not None and any(isinstance(v, str) for v in values)


def plain(text: str) -> str:
    """A text that was written for Plotly, without its HTML."""
    return html.unescape(text.replace("<br>", " "))
