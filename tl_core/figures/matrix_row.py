"""One strategy of the matrix: what it reaches over labels and over steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from tl_core.analysis.intervals import Interval
from tl_core.figures import theme
from tl_core.figures.maps import plain
from tl_core.figures.matrix import half
from tl_core.texts import say

FAINT = 0.3
_READ = say("target accuracy (share)")
Curve = tuple[Sequence[int], Sequence[Interval]]


def over_labels(
    points: Mapping[int, Interval],
    strategy: str,
    others: Mapping[str, Mapping[int, Interval]],
) -> go.Figure:
    """Target accuracy against the number of labels, a logarithmic axis: one
    strategy with its intervals, the others faint."""
    figure = go.Figure()
    for name, theirs in others.items():
        figure.add_trace(_faint(name, theirs))
    style = theme.style(strategy)
    figure.add_scatter(
        x=list(points),
        y=[span.mean for span in points.values()],
        error_y={"array": [half(s) for s in points.values()], "width": 5},
        text=[f"{span.mean:.1%}" for span in points.values()],
        textposition="top left",
        cliponaxis=False,
        mode="lines+markers+text",
        line={"color": style.colour, "dash": style.dash, "width": 3},
        marker={"symbol": style.marker, "size": 11},
        name=strategy,
        hovertemplate=say(
            "With %{x:,} labels it reads %{y:.1%}<extra></extra>"
        ),
    )
    theme.dress(figure, say("labelled target samples"), _READ, 360)
    figure.update_layout(showlegend=False, hovermode="closest")
    figure.update_xaxes(type="log", tickvals=list(points))
    figure.update_xaxes(ticktext=[f"{n:,}" for n in points])
    return theme.shares(figure)


def _faint(name: str, points: Mapping[int, Interval]) -> go.Scatter:
    """Another strategy, to compare with."""
    (said,) = plain([name])
    return go.Scatter(
        x=list(points),
        y=[span.mean for span in points.values()],
        mode="lines",
        line={"color": theme.NEUTRAL, "width": 1},
        opacity=FAINT,
        name=said,
        hovertemplate=say("{said} reads %{{y:.1%}}<extra></extra>", said=said),
    )


def over_steps(curves: Mapping[str, Curve]) -> go.Figure:
    """Target accuracy over steps, a line with a band for each name."""
    figure = go.Figure()
    for place, (name, (steps, spans)) in enumerate(curves.items()):
        colour, dash = theme.series(place)
        low, high = ([getattr(s, e) for s in spans] for e in ("low", "high"))
        figure.add_scatter(
            x=[*steps, *reversed(steps)],
            y=[*high, *reversed(low)],
            mode="lines",
            fill="toself",
            fillcolor=theme.tint(colour, 0.15),
            line={"width": 0},
            name=say("{name}, 95 % band", name=name),
            showlegend=False,
            hoverinfo="skip",
        )
        figure.add_scatter(
            x=list(steps),
            y=[span.mean for span in spans],
            mode="lines",
            line={"color": colour, "dash": dash, "width": 2.5},
            name=name,
            hovertemplate=say(
                "{name}: %{{y:.1%}} of the target<extra></extra>", name=name
            ),
        )
    theme.dress(figure, say("adaptation step"), _READ, 360)
    return theme.shares(figure)
