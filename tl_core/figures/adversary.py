"""DANN on two moons as a film: boundaries, features and their gradients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from tl_core.figures import theme
from tl_core.texts import say

Film = Mapping[str, np.ndarray]
"""What `dann_lesson.played` returns."""
ARROWS = {
    "label": (say("label loss"), theme.COLOURS[0]),
    "sent": (say("domain loss, as sent"), theme.NEUTRAL),
    "received": (say("domain loss, as received"), theme.COLOURS[3]),
}
"""What an arrow is the way down of, and its colour."""
LENGTH, LONGEST = 0.5, 0.9
"""Features' units for a gradient of length 1, and at most."""
PAUSE = 120
"""Milliseconds between two frames."""


def film(found: Film) -> go.Figure:
    """Inputs with the label boundary on the left, features with the domain
    classifier and all gradients on the right; a slider over the steps."""
    figure = make_subplots(
        1,
        2,
        subplot_titles=(say("inputs"), say("features")),
        horizontal_spacing=0.12,
    )
    steps = [int(step) for step in found["steps"]]
    last = len(steps) - 1
    moving = _moving(found, last)
    for trace, column in [*moving, *_still(found)]:
        figure.add_trace(trace, row=1, col=column)
    places = list(range(len(moving)))
    figure.frames = [
        {"data": _moved(found, row), "traces": places, "name": str(step)}
        for row, step in enumerate(steps)
    ]
    _dress(figure, found, steps)
    return figure


def _moving(found: Film, row: int) -> list[tuple[Any, int]]:
    """Traces that change from frame to frame, each with its column."""
    label = _surface(found["axis"], found["p_label"][row], "moons")
    domain = _surface(found["z_axis"], found["p_domain"][row], "domains")
    arrows = [(_arrows(found, row, kind), 2) for kind in ARROWS]
    cut = len(found["source_y"])
    points = {"source": found["z"][row, :cut], "target": found["z"][row, cut:]}
    marks = [
        (_marks(domain, z, found[f"{domain}_y"], legend=True), 2)
        for domain, z in points.items()
    ]
    return [(label, 1), (domain, 2), *marks, *arrows]


def _moved(found: Film, row: int) -> list[dict[str, Any]]:
    """What of `_moving` is new in a frame."""
    surfaces = [
        {"type": "contour", "z": _rounded(found[f"p_{of}"][row])}
        for of in ("label", "domain")
    ]
    cut, z = len(found["source_y"]), found["z"][row]
    lines = [_line(found, row, kind) for kind in ARROWS]
    return surfaces + [
        {"type": "scatter", "x": _rounded(xy[:, 0]), "y": _rounded(xy[:, 1])}
        for xy in (z[:cut], z[cut:], *lines)
    ]


def _rounded(values: np.ndarray) -> list[Any]:
    """Two digits, a gap where there is no number."""
    short = np.round(values.astype(float), 2).astype(object)
    short[np.isnan(values)] = None
    found: list[Any] = short.tolist()
    return found


def _still(found: Film) -> list[tuple[Any, int]]:
    return [
        (_marks(name, found[f"{name}_x"], found[f"{name}_y"], False), 1)
        for name in theme.DOMAINS
    ]


def _surface(axis: np.ndarray, p: np.ndarray, of: str) -> go.Contour:
    """p (g, g) over the plane: of the lower moon, or of the target."""
    low, high, said = (
        (theme.NEUTRAL, theme.COLOURS[0], say("lower moon"))
        if of == "moons"
        else (theme.SOURCE, theme.TARGET, say("target"))
    )
    return go.Contour(
        x=_rounded(axis),
        y=_rounded(axis),
        z=_rounded(p),
        colorscale=_fading(low, high),
        contours={
            "start": 0.1,
            "end": 0.9,
            "size": 0.2,
            "coloring": "heatmap",
        },
        zmin=0,
        zmax=1,
        line={"width": 1, "color": theme.NEUTRAL},
        showscale=False,
        showlegend=False,
        name=f"p({said})",
        hovertemplate=say(
            "Here the {what} has a probability of %{{z:.0%}}<extra></extra>",
            what=said,
        ),
    )


def _fading(low: str, high: str) -> list[list[Any]]:
    """A colour scale that is clear where p is a half."""
    return [
        [0, theme.tint(low, 0.45)],
        [0.5, theme.tint(low, 0.0)],
        [1, theme.tint(high, 0.45)],
    ]


def _marks(
    domain: str, points: np.ndarray, labels: np.ndarray, legend: bool
) -> go.Scatter:
    """Points (n, 2) of a domain; hollow marks are the upper moon."""
    marker = theme.DOMAIN_MARKER[domain]
    moon = [say("lower moon") if y else say("upper moon") for y in labels]
    return go.Scatter(
        x=_rounded(points[:, 0]),
        y=_rounded(points[:, 1]),
        name=say(domain),
        legendgroup=domain,
        showlegend=legend,
        mode="markers",
        text=moon,
        marker={
            "color": theme.DOMAINS[domain],
            "symbol": [marker if y else f"{marker}-open" for y in labels],
            "size": 6,
            "opacity": 0.7,
        },
        hovertemplate=f"{say(domain)}, %{{text}}<extra></extra>",
    )


def _arrows(found: Film, row: int, kind: str) -> go.Scatter:
    said, colour = ARROWS[kind]
    line = _line(found, row, kind)
    return go.Scatter(
        x=_rounded(line[:, 0]),
        y=_rounded(line[:, 1]),
        name=said,
        mode="lines",
        line={"color": colour, "width": 2 if kind != "sent" else 1},
        visible=True if kind != "sent" else "legendonly",
        hovertemplate=say("way down of the {loss}<extra></extra>", loss=said),
    )


def _line(found: Film, row: int, kind: str) -> np.ndarray:
    """The ways down of one loss from the features they act on, a gap after
    each, (3 arrows, 2)."""
    ways, z = found[kind][row], found["z"][row]
    cut, shown = len(found["source_y"]), len(ways) // 2
    starts = np.concatenate([z[:shown], z[cut : cut + shown]])
    size = np.linalg.norm(ways, axis=1, keepdims=True)
    shorter = np.minimum(1, LONGEST / np.maximum(LENGTH * size, 1e-9))
    ends = starts + LENGTH * ways * shorter
    gap = np.full_like(starts, np.nan)
    return np.stack([starts, ends, gap], 1).reshape(-1, 2)


def _dress(figure: go.Figure, found: Film, steps: list[int]) -> None:
    theme.dress(figure, "", "", 580)
    reach, wide = float(found["axis"][-1]), 1.1 * float(found["z_axis"][-1])
    for column, end, symbol in ((1, reach, "x"), (2, wide, "z")):
        span = [-end, end]
        figure.update_xaxes(
            title=say("{symbol}, first", symbol=symbol), range=span, col=column
        )
        figure.update_yaxes(
            title=say("{symbol}, second", symbol=symbol),
            range=span,
            col=column,
        )
    figure.update_layout(
        hovermode="closest",
        legend={"y": 1.1},
        margin={"t": 70, "b": 10},
        sliders=[_slider(steps)],
        updatemenus=[_buttons()],
    )


def _slider(steps: list[int]) -> dict[str, Any]:
    now = {"frame": {"duration": 0, "redraw": True}, "mode": "immediate"}
    return {
        "active": len(steps) - 1,
        "bgcolor": theme.tint(theme.NEUTRAL, 0.3),
        "bordercolor": theme.NEUTRAL,
        "x": 0,
        "len": 1,
        "pad": {"t": 105},
        "currentvalue": {"prefix": say("step ")},
        "steps": [
            {"label": str(s), "method": "animate", "args": [[str(s)], now]}
            for s in steps
        ],
    }


def _buttons() -> dict[str, Any]:
    run = {
        "frame": {"duration": PAUSE, "redraw": True},
        "transition": {"duration": 0},
        "fromcurrent": False,
    }
    stop = {"frame": {"duration": 0, "redraw": False}, "mode": "immediate"}
    return {
        "type": "buttons",
        "showactive": False,
        "bgcolor": theme.tint(theme.NEUTRAL, 0.15),
        "direction": "left",
        "x": 0,
        "xanchor": "left",
        "y": -0.12,
        "yanchor": "top",
        "pad": {"t": 55},
        "buttons": [
            {"label": say("Play"), "method": "animate", "args": [None, run]},
            {
                "label": say("Pause"),
                "method": "animate",
                "args": [[None], stop],
            },
        ],
    }
