"""A whole race in one picture: the outcome over a swept setting, and every
run as a line across its settings and results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from tl_core import sentences
from tl_core.analysis.intervals import Interval
from tl_core.card import Scalar
from tl_core.figures import theme
from tl_core.figures.maps import plain
from tl_core.figures.matrix import half
from tl_core.texts import say

WIDE = 20.0
"""Largest over smallest value from which an axis is logarithmic."""
NAMES = 12
"""Pixels of the names beside parallel axes."""


@dataclass(frozen=True)
class Column:
    """An axis of parallel coordinates: its title with the unit, and a value
    or a name for each run; `ticks` is how values are written."""

    title: str
    values: Sequence[float] | Sequence[str]
    ticks: str = ""


def over_values(
    lines: Mapping[str, Mapping[Scalar, Interval]], setting: str
) -> go.Figure:
    """Target accuracy of each strategy (mean and 95 % interval) over the
    values of a setting."""
    figure = go.Figure()
    values = list(dict.fromkeys(v for line in lines.values() for v in line))
    numbers = _numbers(values)
    for strategy, line in lines.items():
        style, name = theme.style(strategy), sentences.title(strategy)
        figure.add_scatter(
            x=list(line) if numbers else [str(v) for v in line],
            y=[span.mean for span in line.values()],
            error_y={
                "array": [half(span) for span in line.values()],
                "width": 4,
                "thickness": 1.5,
            },
            name=name,
            mode="lines+markers",
            line={"color": style.colour, "dash": style.dash, "width": 2.5},
            marker={"symbol": style.marker, "size": 9},
            hovertemplate=_hover(name),
        )
    theme.dress(
        figure,
        _axis(setting, numbers),
        say("target accuracy (share)"),
        height=420,
    )
    if _wide(numbers):
        figure.update_xaxes(type="log")
    if numbers:
        figure.update_xaxes(tickvals=numbers)
    return theme.shares(figure)


def _hover(name: str) -> str:
    return say(
        "{name} reads %{{y:.1%}} of the target<extra></extra>", name=name
    )


def _axis(setting: str, numbers: Sequence[float]) -> str:
    if not _wide(numbers):
        return setting
    return say("{setting} (logarithmic)", setting=setting)


def _numbers(values: Sequence[Scalar]) -> list[float]:
    """The values where all are numbers; else nothing."""
    if any(isinstance(v, (bool, str)) for v in values):
        return []
    return [float(v) for v in values]


def _wide(numbers: Sequence[float]) -> bool:
    return bool(numbers) and 0 < WIDE * min(numbers) <= max(numbers)


def parallel(
    columns: Sequence[Column], strategies: Sequence[str]
) -> go.Figure:
    """Every run as a line from axis to axis, in its strategy's colour; axes
    on which all runs agree are left out."""
    known = list(dict.fromkeys(strategies))
    told = [c for c in columns if len(set(c.values)) > 1] or columns[:1]
    figure = go.Figure(
        go.Parcoords(
            name=say("runs"),
            dimensions=[_dimension(column) for column in told],
            line={
                "color": [known.index(key) for key in strategies],
                "colorscale": _colours(known),
                "cmin": 0,
                "cmax": max(1, len(known) - 1),
            },
            labelside="top",
            labelfont={"size": NAMES},
            tickfont={"size": NAMES},
            # Ticks tell an axis' ends; titles of two lines need their place.
            rangefont={"color": "rgba(0,0,0,0)"},
        )
    )
    theme.dress(figure, "", "", height=420)
    figure.update_layout(margin={"l": 132, "r": 44, "t": 64, "b": 24})
    return figure


def _dimension(column: Column) -> dict[str, Any]:
    title = "<br>".join(plain(column.title.split(" ", 1)))
    names = [v for v in column.values if isinstance(v, str)]
    if not names:
        look = {"tickformat": column.ticks} if column.ticks else {}
        return {"label": title, "values": list(column.values), **look}
    order = list(dict.fromkeys(names))
    return {
        "label": title,
        "values": [order.index(name) for name in names],
        "tickvals": list(range(len(order))),
        "ticktext": plain(order),
    }


def _colours(strategies: Sequence[str]) -> list[list[Any]]:
    """A scale with one colour a strategy at its place."""
    most = max(1, len(strategies) - 1)
    found = [
        [place / most, theme.style(key).colour]
        for place, key in enumerate(strategies)
    ]
    return found if len(found) > 1 else [*found, [1.0, found[0][1]]]
