"""The loss over a plane or a line of weights, drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from tl_core.figures import theme
from tl_core.figures.maps import plain
from tl_core.texts import say

LEVELS = 12
"""Contours of a surface."""


def loss_plane(
    losses: np.ndarray,
    xs: Sequence[float],
    ys: Sequence[float],
    corners: Mapping[str, tuple[float, float]],
    ways: Mapping[str, Sequence[tuple[float, float]]] | None = None,
) -> go.Figure:
    """Mean cross-entropy (len(ys), len(xs)) over a plane of weights.

    `corners`: named networks on it; `ways`: where runs went, projected.
    Losses are drawn up to three times the highest of the corners, so that
    their surroundings are seen.
    """
    figure = go.Figure(
        go.Contour(
            x=list(xs),
            y=list(ys),
            z=losses,
            **levels(losses, corner_losses(losses, xs, ys, corners)),
            colorscale="Cividis",
            line={"width": 1},
            colorbar={
                "title": say("loss (nats)"),
                "tickformat": ".1f",
                "orientation": "h",
                "y": 1,
                "yanchor": "bottom",
                "thickness": 12,
            },
            hovertemplate=say(
                "At %{x:.2f} right and %{y:.2f} up the loss is "
                "%{z:.3f} nats<extra></extra>"
            ),
        )
    )
    _add_ways(figure, ways or {})
    _add_corners(figure, corners)
    title = say("distance between weights (weight units)")
    theme.dress(figure, title, title, 380)
    figure.update_layout(hovermode="closest", showlegend=False)
    figure.update_xaxes(constrain="domain")
    figure.update_yaxes(scaleanchor="x", constrain="domain")
    return figure


def _add_ways(
    figure: go.Figure, ways: Mapping[str, Sequence[tuple[float, float]]]
) -> None:
    for name, path in ways.items():
        (title,) = plain([name])
        figure.add_scatter(
            x=[x for x, _ in path],
            y=[y for _, y in path],
            mode="lines",
            name=title,
            line={"color": "#ffffff", "width": 2, "dash": "dot"},
            hovertemplate=say(
                "On the way to {title}<extra></extra>", title=title
            ),
        )


def _add_corners(
    figure: go.Figure, corners: Mapping[str, tuple[float, float]]
) -> None:
    figure.add_scatter(
        x=[x for x, _ in corners.values()],
        y=[y for _, y in corners.values()],
        text=plain(list(corners)),
        mode="markers+text",
        textposition="top center",
        textfont={"color": "#ffffff"},
        marker={
            "color": "#ffffff",
            "size": 11,
            "line": {"width": 2, "color": "#000000"},
        },
        hovertemplate=say("Here lies %{text}<extra></extra>"),
    )


def corner_losses(
    losses: np.ndarray,
    xs: Sequence[float],
    ys: Sequence[float],
    corners: Mapping[str, tuple[float, float]],
) -> list[float]:
    """The loss at the grid point nearest to each corner."""
    return [
        float(
            losses[
                np.abs(np.subtract(ys, y)).argmin(),
                np.abs(np.subtract(xs, x)).argmin(),
            ]
        )
        for x, y in corners.values()
    ]


def levels(losses: np.ndarray, marked: Sequence[float]) -> dict[str, object]:
    """Contours from the lowest loss to three times the highest marked one,
    evenly; what lies above has the last colour."""
    low = float(np.nanmin(losses))
    top = 3 * max(marked) if marked else float(np.nanmax(losses))
    top = max(min(top, float(np.nanmax(losses))), low + 1e-6)
    step = (top - low) / LEVELS
    return {
        "contours": {"start": low, "end": top, "size": step},
        "zmin": low,
        "zmax": top,
    }


def loss_line(
    shares: Sequence[float],
    losses: Mapping[str, Sequence[float]],
    ends: tuple[str, str],
) -> go.Figure:
    """Loss (nats) on the straight line from one network to another, by what
    it is measured on ("source", "target") or foretold by.

    `shares` run from 0 at the first of `ends` to 1 at the second.
    """
    figure = go.Figure()
    for index, (name, values) in enumerate(losses.items()):
        colour, dash = theme.series(index)
        colour = theme.DOMAINS.get(name, colour)
        (label,) = plain([name])
        figure.add_scatter(
            x=list(shares),
            y=list(values),
            name=say(label),
            mode="lines",
            line={
                "color": colour,
                "dash": theme.DOMAIN_DASH.get(name, dash),
                "width": 2,
            },
            hovertemplate=say(
                "{label}: the loss is %{{y:.3f}} nats<extra></extra>",
                label=label,
            ),
        )
    one, two = plain(ends)
    title = say("way from {one} to {two} (share)", one=one, two=two)
    theme.dress(figure, title, say("loss (nats)"))
    figure.update_xaxes(range=[0, 1], tickformat=".0%")
    figure.update_yaxes(rangemode="tozero")
    return figure
