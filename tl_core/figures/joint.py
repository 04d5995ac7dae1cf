"""Two risks at once: the plane under a slider over lambda, the front, and
how both risks' gradients lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from tl_core.figures import theme
from tl_core.figures.maps import add_marks
from tl_core.texts import say

Recorded = Mapping[str, np.ndarray]
"""A scene as `joint_lesson.swept` returns it."""
WITHIN = 0.7
"""Share of the figure's height that the plane takes."""
DECIMALS = 2
MOONS = (say("upper moon"), say("lower moon"))
LEAST = 1e-4
"""Losses below are drawn here: the axis is logarithmic."""


def said(weights: Sequence[float]) -> list[str]:
    """The weights as an axis of names shows them."""
    return [f"{weight:g}" for weight in weights]


def plane(found: Recorded, weights: Sequence[float], start: int) -> go.Figure:
    """The boundary over the plane with both domains' training points above,
    the losses on them below, and a slider that moves both; `start` is the
    place of the weight shown first."""
    figure = make_subplots(
        2, 1, row_heights=[WITHIN, 1 - WITHIN], vertical_spacing=0.13
    )
    moving = [_surface(found, start), *_edges(found, start)]
    figure.add_traces(moving, rows=[1] * 3, cols=[1] * 3)
    for domain in theme.DOMAINS:
        _points(figure, found, domain)
    _losses(figure, found, weights)
    figure.add_trace(_cursor(weights, start), row=2, col=1)
    places = [0, 1, 2, len(figure.data) - 1]
    figure.frames = [
        {"data": _frame(found, weights, row), "traces": places, "name": name}
        for row, name in enumerate(said(weights))
    ]
    return _dress(figure, weights, start)


def _probabilities(found: Recorded, domain: str, row: int) -> np.ndarray:
    p = found[f"p_{domain}"][row].astype(float)
    return np.asarray(p / 250)


def _surface(found: Recorded, row: int) -> go.Heatmap:
    """p(lower moon) as the target's reader has it."""
    axis = np.round(found["axis"].astype(float), 3).tolist()
    return go.Heatmap(
        x=axis,
        y=axis,
        z=_rounded(_probabilities(found, "target", row)),
        zsmooth="best",
        colorscale=[
            [0, theme.tint(theme.NEUTRAL, 0.3)],
            [0.5, theme.tint(theme.NEUTRAL, 0.0)],
            [1, theme.tint(theme.COLOURS[0], 0.35)],
        ],
        zmin=0,
        zmax=1,
        showscale=False,
        name=say("p(lower moon)"),
        hovertemplate=say(
            "Here a target point is of the lower moon with p = "
            "%{z:.2f}<extra></extra>"
        ),
    )


def _edges(found: Recorded, row: int) -> list[go.Contour]:
    """Where each domain's reader changes its mind."""
    axis = np.round(found["axis"].astype(float), 3).tolist()
    return [
        go.Contour(
            x=axis,
            y=axis,
            z=_rounded(_probabilities(found, domain, row)),
            contours={
                "type": "constraint",
                "operation": "=",
                "value": 0.5,
            },
            line={
                "color": theme.DOMAINS[domain],
                "width": 3,
                "dash": theme.DOMAIN_DASH[domain],
            },
            name=say("boundary for the {domain}", domain=say(domain)),
            showlegend=True,
            hoverinfo="skip",
        )
        for domain in theme.DOMAINS
    ]


def _rounded(values: np.ndarray) -> list[Any]:
    found: list[Any] = np.round(values, DECIMALS).tolist()
    return found


def _points(figure: go.Figure, found: Recorded, domain: str) -> None:
    """Training points; hollow marks are the upper moon."""
    labels = found[f"{domain}_y"]
    hover = [
        say("{domain} point of the {y}", domain=say(domain), y=MOONS[int(y)])
        for y in labels
    ]
    points = np.round(found[f"{domain}_x"].astype(float), 3)
    add_marks(figure, domain, points, labels > 0, hover)
    large = domain == "target"
    figure.data[-1].marker.size = 13 if large else 6
    figure.data[-1].marker.opacity = 1.0 if large else 0.85
    figure.data[-1].name = say(
        "{labels} {domain} points", labels=len(labels), domain=say(domain)
    )


def _losses(
    figure: go.Figure, found: Recorded, weights: Sequence[float]
) -> None:
    for domain, colour in theme.DOMAINS.items():
        mean = found[f"loss_{domain}"].mean(1)
        figure.add_scatter(
            x=said(weights),
            y=np.maximum(mean, LEAST).tolist(),
            name=say("loss on the {domain}", domain=say(domain)),
            showlegend=False,
            mode="lines+markers",
            line={
                "color": colour,
                "dash": theme.DOMAIN_DASH[domain],
                "width": 2,
            },
            marker={"symbol": theme.DOMAIN_MARKER[domain], "size": 8},
            hovertemplate=say(
                "With λ = %{{x}} the {domain}'s loss is "
                "%{{y:.3g}}<extra></extra>",
                domain=say(domain),
            ),
            row=2,
            col=1,
        )


def _cursor(weights: Sequence[float], row: int) -> go.Scatter:
    name = said(weights)[row]
    return go.Scatter(
        x=[name, name],
        y=[LEAST, 10],
        mode="lines",
        line={"color": theme.NEUTRAL, "width": 6},
        opacity=0.4,
        showlegend=False,
        name="λ",
        hoverinfo="skip",
    )


def _frame(
    found: Recorded, weights: Sequence[float], row: int
) -> list[dict[str, Any]]:
    """What is new with another weight: surface, two edges, cursor."""
    target, source = (
        _rounded(_probabilities(found, domain, row))
        for domain in ("target", "source")
    )
    name = said(weights)[row]
    return [
        {"type": "heatmap", "z": target},
        {"type": "contour", "z": source},
        {"type": "contour", "z": target},
        {"type": "scatter", "x": [name, name]},
    ]


def _dress(
    figure: go.Figure, weights: Sequence[float], start: int
) -> go.Figure:
    theme.dress(figure, "", "", 820)
    figure.update_xaxes(title=say("x (no unit)"), range=[-2, 2], row=1)
    figure.update_yaxes(
        title=say("y (no unit)"), range=[-1.8, 1.8], row=1, scaleanchor="x"
    )
    figure.update_xaxes(
        title=say("weight λ of the source's risk"),
        type="category",
        categoryorder="array",
        categoryarray=said(weights),
        showticklabels=False,  # the slider beneath names the weights
        row=2,
    )
    figure.update_yaxes(
        title=say("loss (nats)"),
        type="log",
        range=[np.log10(LEAST), 1],
        dtick=1,
        exponentformat="power",
        row=2,
    )
    sliders = [_slider(weights, start)]
    return figure.update_layout(hovermode="closest", sliders=sliders)


def _slider(weights: Sequence[float], start: int) -> dict[str, Any]:
    """Moves through the frames in the browser, without a question asked."""
    now = {"frame": {"duration": 0, "redraw": True}, "mode": "immediate"}
    return {
        "active": start,
        "bgcolor": theme.tint(theme.NEUTRAL, 0.3),
        "bordercolor": theme.NEUTRAL,
        "x": 0,
        "len": 1,
        "pad": {"t": 34},
        "currentvalue": {"prefix": "λ = ", "font": {"size": 18}},
        "steps": [
            {"label": s, "method": "animate", "args": [[s], now]}
            for s in said(weights)
        ],
    }
