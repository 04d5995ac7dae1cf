"""What strategies cost and bring, drawn; and what advice was worth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from tl_core.analysis.intervals import Interval
from tl_core.figures import theme
from tl_core.figures.maps import plain
from tl_core.figures.placing import name_marks
from tl_core.texts import say

TALL = 560
EDGES = 90
"""Pixels of a trade-off chart above and below its plot."""
PITCH = 42
"""Pixels between two rows of regrets."""
SIZES = (15, 10, 5)
"""Of an adviser's marks, so that all are seen where they agree."""
MARGIN = 0.08
"""Share of an axis beyond the outermost marks."""


@dataclass(frozen=True)
class Axis:
    """What a price is called, with its unit; "log" or "linear"; and how its
    ticks are written."""

    title: str
    kind: str
    ticks: str

    def place(self, value: float) -> float:
        """Where a price stands, in the axis' own units."""
        return math.log10(value) if self.kind == "log" else value


@dataclass(frozen=True)
class Mark:
    """A strategy in a trade-off: its price, and the accuracy it reaches."""

    name: str
    strategy: str
    price: Interval
    reached: Interval
    hover: str


def front(marks: Sequence[Mark]) -> list[Mark]:
    """Those that no other beats in one and equals in the other, the cheapest
    first."""
    best = [
        a
        for a in marks
        if not any(
            b.price.mean <= a.price.mean
            and b.reached.mean >= a.reached.mean
            and (b.price.mean, b.reached.mean)
            != (a.price.mean, a.reached.mean)
            for b in marks
        )
    ]
    return sorted(best, key=lambda mark: mark.price.mean)


def trade(
    marks: Sequence[Mark], axis: Axis, ceiling: float | None = None
) -> go.Figure:
    """Accuracy against a price, each strategy named, those on the Pareto
    front ringed and joined; `ceiling` is an accuracy to compare with."""
    figure = go.Figure()
    _front(figure, marks)
    for mark in marks:
        figure.add_trace(_mark(mark))
    theme.dress(figure, axis.title, say("target accuracy (share)"), TALL)
    figure.update_layout(showlegend=False, hovermode="closest")
    points = [(axis.place(m.price.mean), m.reached.mean) for m in marks]
    xs = _range([x for x, _ in points])
    ends = [] if ceiling is None else [ceiling]
    ys = _range([*(y for _, y in points), *ends])
    figure.update_xaxes(range=xs, type=axis.kind, tickformat=axis.ticks)
    figure.update_yaxes(range=ys, tickformat=".0%")
    if axis.kind == "log":
        figure.update_xaxes(dtick=1)
    if ceiling is not None:
        figure.add_hline(
            y=ceiling, line={"color": theme.NEUTRAL, "dash": "dash"}
        )
    names = [mark.name for mark in marks]
    name_marks(figure, points, names, (xs, ys), TALL - EDGES)
    return figure


def _front(figure: go.Figure, marks: Sequence[Mark]) -> None:
    """A ring around the best, and a line that joins them."""
    best = front(marks)
    figure.add_scatter(
        x=[mark.price.mean for mark in best],
        y=[mark.reached.mean for mark in best],
        mode="lines+markers",
        line={"color": theme.NEUTRAL, "dash": "dot", "width": 2},
        marker={"symbol": "circle-open", "size": 20},
        name=say("Pareto front"),
        text=plain([mark.name for mark in best]),
        hovertemplate=say("%{text} is on the Pareto front<extra></extra>"),
    )


def _mark(mark: Mark) -> go.Scatter:
    style = theme.style(mark.strategy)
    (name,) = plain([mark.name])
    return go.Scatter(
        x=[mark.price.mean],
        y=[mark.reached.mean],
        error_x={"array": [half(mark.price)], "width": 0, "thickness": 1},
        error_y={"array": [half(mark.reached)], "width": 0, "thickness": 1},
        name=name,
        mode="markers",
        marker={"color": style.colour, "symbol": style.marker, "size": 11},
        hovertemplate=f"{mark.hover}<extra></extra>",
    )


def half(span: Interval) -> float:
    """Half an interval's width; none where it is not known."""
    return 0.0 if math.isnan(span.low) else span.half


def _range(values: Sequence[float]) -> list[float]:
    """From below the least to above the greatest."""
    low, high = min(values), max(values)
    beyond = MARGIN * (high - low) or 0.05
    return [low - beyond, high + beyond]


def regrets(rows: Mapping[str, Mapping[str, Interval]]) -> go.Figure:
    """Points that each adviser's choice stays below the best: a row a case,
    named above it, and a mark an adviser."""
    figure = go.Figure()
    cases = [plain([name])[0] for name in rows]
    for place, adviser in enumerate(next(iter(rows.values()))):
        colour, _ = theme.series(place)
        spans = [row[adviser] for row in rows.values()]
        figure.add_scatter(
            x=[100 * span.mean for span in spans],
            y=list(range(len(cases))),
            text=cases,
            customdata=[100 * half(span) for span in spans],
            mode="markers",
            name=adviser,
            marker={
                "color": colour,
                "symbol": theme.MARKERS[place],
                "size": SIZES[place],
            },
            hovertemplate=say(
                "%{{text}}: {adviser}, %{{x:.1f}} ± %{{customdata:.1f}} "
                "points below the best<extra></extra>",
                adviser=adviser,
            ),
        )
    _name_rows(figure, cases)
    theme.dress(figure, say("regret (points)"), "", 110 + PITCH * len(cases))
    figure.update_layout(hovermode="closest")
    ends = [len(cases) - 0.5, -0.8]
    figure.update_yaxes(range=ends, visible=False)
    return figure


def _name_rows(figure: go.Figure, names: Sequence[str]) -> None:
    """Each row's name above it: beside it there is no room on a phone."""
    for row, name in enumerate(names):
        figure.add_annotation(
            x=0,
            xref="paper",
            xanchor="left",
            y=row - 0.45,
            text=name,
            showarrow=False,
            font={"size": 12},
        )
