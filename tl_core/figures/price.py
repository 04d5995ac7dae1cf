"""What remembering costs: both domains while adapting, and the sweep of a
spring's stiffness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from tl_core.analysis.intervals import Interval
from tl_core.figures import theme
from tl_core.figures.maps import plain
from tl_core.texts import say

DRAWN = 600
"""Weights of a cloud that are drawn."""
SIDES = ("bottom left", "top left")
"""Where names stand in turn, for neighbours lie close."""
Curve = tuple[Sequence[int], Sequence[float]]


def both_domains(
    curves: Mapping[str, Mapping[str, Curve]], titles: Mapping[str, str]
) -> go.Figure:
    """Accuracies (steps, shares) on source and target, under the name of
    each strategy: source dashed, target solid."""
    figure = go.Figure()
    for key, found in curves.items():
        style = theme.style(key)
        (title,) = plain([titles.get(key, key)])
        for domain, (steps, shares) in found.items():
            figure.add_scatter(
                x=list(steps),
                y=list(shares),
                name=f"{title}, {say(domain)}",
                legendgroup=key,
                mode="lines",
                line={
                    "color": style.colour,
                    "dash": theme.DOMAIN_DASH[domain],
                    "width": 2,
                },
                hovertemplate=say(
                    "{title} reads %{{y:.1%}} of the {domain}<extra></extra>",
                    title=title,
                    domain=say(domain),
                ),
            )
    theme.dress(
        figure, say("adaptation step"), say("accuracy (share)"), height=400
    )
    return theme.shares(figure)


def sweep(
    points: Mapping[float, tuple[Interval, Interval]], symbol: str
) -> go.Figure:
    """Source against target accuracy (means with 95 % intervals) for each
    value of a knob, joined in its order; values that none beats on both are
    filled."""
    figure = go.Figure()
    spans = list(points.values())
    best = pareto([(source.mean, target.mean) for source, target in spans])
    symbols = ["circle" if unbeaten else "circle-open" for unbeaten in best]
    figure.add_scatter(
        x=[source.mean for source, _ in spans],
        y=[target.mean for _, target in spans],
        error_x={"array": [source.half for source, _ in spans], "width": 3},
        error_y={"array": [target.half for _, target in spans], "width": 3},
        text=[f"{symbol} = {value:g}" for value in points],
        mode="lines+markers+text",
        textposition=[SIDES[place % 2] for place in range(len(points))],
        line={"color": theme.style("ewc").colour, "width": 2},
        marker={"size": 11, "symbol": symbols},
        hovertemplate=say(
            "With %{text} it reads %{x:.1%} of the source and "
            "%{y:.1%} of the target<extra></extra>"
        ),
    )
    theme.dress(
        figure,
        say("source accuracy (share)"),
        say("target accuracy (share)"),
        height=420,
    )
    figure.update_layout(hovermode="closest", showlegend=False)
    figure.update_xaxes(tickformat=".0%")
    figure.update_yaxes(tickformat=".0%")
    return figure


def pareto(points: Sequence[tuple[float, float]]) -> list[bool]:
    """Whether no other point is better in one and as good in the other."""
    return [
        not any(x >= a and y >= b and (x > a or y > b) for x, y in points)
        for a, b in points
    ]


def moved_by_importance(
    clouds: Mapping[str, tuple[np.ndarray, np.ndarray]],
    titles: Mapping[str, str],
) -> go.Figure:
    """How far weights moved, |theta_i - theta*_i|, against F_i, both on
    logarithmic axes, for each strategy; every few weights are drawn."""
    figure = go.Figure()
    for key, (fisher, moved) in clouds.items():
        (title,) = plain([titles.get(key, key)])
        figure.add_trace(_cloud(fisher, moved, theme.style(key), title))
    title = say("importance F (largest = 1)")
    theme.dress(
        figure, title, say("distance moved (weight units)"), height=400
    )
    figure.update_layout(hovermode="closest")
    ticks = {"type": "log", "exponentformat": "power", "dtick": 1}
    figure.update_xaxes(**ticks)
    figure.update_yaxes(**ticks)
    return figure


def _cloud(
    fisher: np.ndarray, moved: np.ndarray, style: theme.Style, title: str
) -> go.Scatter:
    """Every few of a strategy's weights (n,), those that have logarithms."""
    seen = np.flatnonzero((fisher > 0) & (moved > 0))
    seen = seen[:: max(1, -(-len(seen) // DRAWN))]  # rounded up
    return go.Scatter(
        x=fisher[seen],
        y=moved[seen],
        name=title,
        mode="markers",
        marker={
            "color": style.colour,
            "symbol": style.marker,
            "size": 6,
            "opacity": 0.8,
        },
        hovertemplate=say(
            "{title}: a weight of importance %{{x:.2g}} moved by "
            "%{{y:.2g}}<extra></extra>",
            title=title,
        ),
    )
