"""What a source gains or costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

import plotly.graph_objects as go

from tl_core.analysis.intervals import Interval, interval
from tl_core.figures import theme
from tl_core.figures.placing import name_marks
from tl_core.texts import say

LOSS, GAIN, EVEN = "#B5562B", "#0072B2", "#F2F2F2"
MARK = {"helps": "+", "hurts": "−", "not clear": "○"}
LOOKS = {
    "helps": (GAIN, "circle"),
    "hurts": (LOSS, "x"),
    "not clear": (theme.NEUTRAL, "diamond-open"),
}
TALL = 420
EDGES = 100
"""Pixels of a chart of scores above and below its plot."""
ROOM = 0.2
"""Share of an axis beyond the outermost marks, for intervals and names."""
Cell = tuple[float, int]


def gain_map(
    table: Mapping[Cell, Interval], signs: Mapping[Cell, str]
) -> go.Figure:
    """The gain in points by distortion and labels: blue helps, orange hurts,
    and a mark says whether the interval excludes zero."""
    shares = sorted({share for share, _ in table})
    budgets = sorted({labels for _, labels in table})
    values = [[100 * table[s, n].mean for s in shares] for n in budgets]
    reach = max(1.0, *(abs(v) for row in values for v in row))
    said = {
        cell: f"{100 * span.mean:+.1f}<br>{MARK[signs[cell]]}"
        for cell, span in table.items()
    }
    figure = go.Figure(
        go.Heatmap(
            z=values,
            x=[f"{100 * share:.0f} %" for share in shares],
            y=[say("{labels} labels", labels=labels) for labels in budgets],
            zmin=-reach,
            zmax=reach,
            colorscale=[[0, LOSS], [0.5, EVEN], [1, GAIN]],
            text=[[said[s, n] for s in shares] for n in budgets],
            texttemplate="%{text}",
            textfont={"size": 14},
            showscale=False,
            hovertemplate=say(
                "With %{x} of the source distorted and %{y}, the source "
                "changes accuracy by %{z:+.1f} points<extra></extra>"
            ),
        )
    )
    theme.dress(figure, say("share of the source that is distorted"), "", 330)
    figure.update_layout(hovermode="closest")
    # Plotly would read "25 %" as a number and drop every other one.
    return figure.update_xaxes(type="category")


def gain_lines(table: Mapping[Cell, Interval]) -> go.Figure:
    """The gain over distortion, a line for each number of labels."""
    figure = go.Figure()
    for place, labels in enumerate(sorted({n for _, n in table})):
        shares = sorted(share for share, n in table if n == labels)
        spans = [table[share, labels] for share in shares]
        colour, dash = theme.series(place)
        figure.add_scatter(
            x=shares,
            y=[100 * span.mean for span in spans],
            error_y={"array": [100 * s.half for s in spans], "width": 4},
            name=say("{labels} labels", labels=labels),
            mode="lines+markers",
            line={"color": colour, "dash": dash},
            marker={"symbol": theme.MARKERS[place], "size": 9},
            hovertemplate=say(
                "With {labels} labels the source changes accuracy by "
                "%{{y:+.1f}} points<extra></extra>",
                labels=labels,
            ),
        )
    figure.add_hline(y=0, line={"color": theme.NEUTRAL, "width": 1.5})
    theme.dress(
        figure,
        say("share of the source that is distorted"),
        say("gain over scratch (points)"),
        330,
    )
    figure.update_xaxes(tickformat=".0%")
    return figure


def cases(rows: Mapping[str, Interval], signs: Mapping[str, str]) -> go.Figure:
    """One row a case: its gain in points with the 95 % interval."""
    figure = go.Figure()
    names = list(rows)
    for sign, (colour, symbol) in LOOKS.items():
        mine = [name for name in names if signs[name] == sign]
        figure.add_scatter(
            x=[100 * rows[name].mean for name in mine],
            y=[names.index(name) for name in mine],
            error_x={"array": [100 * rows[n].half for n in mine], "width": 5},
            mode="markers",
            name=say(sign),
            text=mine,
            marker={"color": colour, "symbol": symbol, "size": 12},
            hovertemplate=say("%{text}: %{x:+.1f} points<extra></extra>"),
        )
    figure.add_vline(x=0, line={"color": theme.NEUTRAL, "width": 1.5})
    height = 130 + 46 * len(names)
    theme.dress(figure, say("change of target accuracy (points)"), "", height)
    figure.update_layout(hovermode="closest")
    figure.update_yaxes(
        tickvals=list(range(len(names))),
        ticktext=names,
        range=[len(names) - 0.5, -0.5],
        showgrid=False,
    )
    return figure


Points = Mapping[str, tuple[Sequence[float], Sequence[float]]]
"""By distortion: scores before, and gains after, a number a seed each."""


def foretold(kinds: Mapping[str, Points], score: str) -> go.Figure:
    """A mark for every distortion: what `score` said of its source model,
    and the gain that came."""
    figure = go.Figure()
    for place, (name, points) in enumerate(kinds.items()):
        colour, _ = theme.series(place)
        after = [interval(gains) for _, gains in points.values()]
        figure.add_scatter(
            x=[fmean(scores) for scores, _ in points.values()],
            y=[100 * span.mean for span in after],
            error_y={"array": [100 * s.half for s in after], "width": 3},
            name=name,
            mode="markers",
            text=[f"{100 * float(share):.0f} %" for share in points],
            marker={
                "color": colour,
                "symbol": theme.MARKERS[place],
                "size": 11,
            },
            hovertemplate=say(
                "{name}, %{{text}} distorted: {score} %{{x:.3f}}, gain "
                "%{{y:+.1f}} points<extra></extra>",
                name=name,
                score=score,
            ),
        )
    _name_all(figure)
    figure.add_hline(y=0, line={"color": theme.NEUTRAL, "width": 1.5})
    title = say("{score} before training (no unit)", score=score)
    theme.dress(figure, title, say("gain over scratch (points)"), TALL)
    figure.update_layout(hovermode="closest")
    return figure


def _name_all(figure: go.Figure) -> None:
    """Write beside each mark what its trace says of it."""
    marks = [
        (float(x), float(y), name)
        for trace in figure.data
        for x, y, name in zip(trace.x, trace.y, trace.text, strict=True)
    ]
    across = _range([x for x, _, _ in marks])
    up = _range([y for _, y, _ in marks])
    points, names = [(x, y) for x, y, _ in marks], [n for _, _, n in marks]
    name_marks(figure, points, names, (across, up), TALL - EDGES)
    figure.update_xaxes(range=across)
    figure.update_yaxes(range=up)


def _range(values: Sequence[float]) -> tuple[float, float]:
    """From below the least to above the greatest, with room for names."""
    low, high = min(values), max(values)
    beyond = ROOM * (high - low) or 0.1
    return low - beyond, high + beyond
