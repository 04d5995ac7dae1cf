"""What strategies cost and bring, drawn; and what advice was worth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from tl_core.analysis.intervals import Interval
from tl_core.figures import labels, theme
from tl_core.figures.maps import plain

TALL = 560
EDGES = 90
"""Pixels of a trade-off chart above and below its plot."""
PITCH = 40
"""Pixels between two rows of regrets."""
SIZES = (17, 11, 6)
"""Of an adviser's marks, so that all are seen where they agree."""
MARGIN = 0.08
"""Share of an axis beyond the outermost marks."""


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
    marks: Sequence[Mark],
    title: str,
    log: bool,
    ceiling: float | None = None,
) -> go.Figure:
    """Accuracy against a price, each strategy named, those on the Pareto
    front ringed and joined; `ceiling` is an accuracy to compare with."""
    figure = go.Figure()
    best = front(marks)
    figure.add_scatter(
        x=[mark.price.mean for mark in best],
        y=[mark.reached.mean for mark in best],
        mode="lines+markers",
        line={"color": theme.NEUTRAL, "dash": "dot", "width": 2},
        marker={"symbol": "circle-open", "size": 20},
        name="Pareto front",
        text=plain([mark.name for mark in best]),
        hovertemplate="%{text} is on the Pareto front<extra></extra>",
    )
    for mark in marks:
        figure.add_trace(_mark(mark, log))
    theme.dress(figure, title, "target accuracy (share)", TALL)
    figure.update_layout(showlegend=False, hovermode="closest")
    xs = _range([mark.price.mean for mark in marks], log)
    ends = [e for m in marks for e in (m.reached.mean, ceiling) if e]
    ys = _range(ends, False)
    figure.update_xaxes(range=xs, type="log" if log else "linear")
    figure.update_yaxes(range=ys, tickformat=".0%")
    if log:
        figure.update_xaxes(tickvals=[1e3, 1e4, 1e5, 1e6])
    else:
        figure.update_xaxes(tickformat=".0%")
    if ceiling is not None:
        figure.add_hline(
            y=ceiling, line={"color": theme.NEUTRAL, "dash": "dash"}
        )
    _names(figure, marks, xs, ys, log)
    return figure


def _mark(mark: Mark, log: bool) -> go.Scatter:
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


def _range(values: Sequence[float], log: bool) -> list[float]:
    """From below the least to above the greatest, in an axis' own units."""
    scaled = [math.log10(v) for v in values] if log else list(values)
    low, high = min(scaled), max(scaled)
    beyond = MARGIN * (high - low) or 0.05
    return [low - beyond, high + beyond]


def _names(
    figure: go.Figure,
    marks: Sequence[Mark],
    xs: Sequence[float],
    ys: Sequence[float],
    log: bool,
) -> None:
    """Each name beside its mark, with a line to it if it stands off."""
    across = [math.log10(m.price.mean) if log else m.price.mean for m in marks]
    shares = [
        (
            (x - xs[0]) / (xs[1] - xs[0]),
            (ys[1] - m.reached.mean) / (ys[1] - ys[0]),
        )
        for x, m in zip(across, marks, strict=True)
    ]
    names = [mark.name for mark in marks]
    found = labels.places(shares, names, TALL - EDGES)
    for x, mark, place in zip(across, marks, found, strict=True):
        (name,) = plain([mark.name])
        figure.add_annotation(
            x=x,
            y=mark.reached.mean,
            text=name,
            ax=place.dx,
            ay=place.dy,
            xanchor=place.anchor,
            showarrow=True,
            arrowhead=0,
            arrowwidth=1,
            arrowcolor=theme.NEUTRAL if place.dy else "rgba(0,0,0,0)",
            standoff=6,
            borderpad=0,
            font={"size": 12},
        )


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
            hovertemplate=f"%{{text}}: {adviser}, %{{x:.1f}} ± "
            "%{customdata:.1f} points below the best<extra></extra>",
        )
    for row, case in enumerate(cases):
        figure.add_annotation(
            x=0,
            xref="paper",
            xanchor="left",
            y=row - 0.42,
            text=case,
            showarrow=False,
            font={"size": 12},
        )
    theme.dress(figure, "regret (points)", "", 110 + PITCH * len(cases))
    figure.update_layout(hovermode="closest")
    ends = [len(cases) - 0.5, -0.8]
    figure.update_yaxes(range=ends, visible=False)
    return figure
