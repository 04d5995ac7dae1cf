"""Who reads learnt keys and tokens in a transformer, and how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from tl_core.analysis.intervals import Interval
from tl_core.figures import theme
from tl_core.figures.tiles import DIVERGING

APART = 1.5
"""Columns between the learnt keys and the tokens of the picture."""
ZEROS = {
    "mass": ("attention on zeros", theme.COLOURS[1], "dot", "square"),
    "changed": ("source read otherwise", theme.COLOURS[2], "dash", "cross"),
    "source": ("source accuracy", theme.SOURCE, "dash", "circle"),
    "target": ("target accuracy", theme.TARGET, "solid", "diamond"),
}
"""What zeros do: its name and how it is drawn."""


def attention_map(found: np.ndarray, learnt: int, most: float) -> go.Figure:
    """Who reads what, (t, n + t) with n `learnt` columns first: colours from
    -`most` to `most`, since a gate below zero takes a reading away."""
    tokens = found.shape[0]
    names = ["class", *(f"patch {n + 1}" for n in range(tokens - 1))]
    keys = [f"learnt {n + 1}" for n in range(learnt)]
    figure = go.Figure()
    parts = {
        "learnt": (list(range(learnt)), keys, found[:, :learnt]),
        "own": (
            [learnt + APART * bool(learnt) + n for n in range(tokens)],
            names,
            found[:, learnt:],
        ),
    }
    for name, (places, said, values) in parts.items():
        if not said:
            continue
        figure.add_heatmap(
            x=places,
            y=list(range(tokens)),
            z=values.astype(float),
            text=[[f"{r} reads {c}" for c in said] for r in names],
            name=name,
            zmin=-most,
            zmax=most,
            colorscale=DIVERGING,
            showscale=name == "own",
            colorbar={"tickformat": ".0%", "title": "attention"},
            hovertemplate="%{text} with %{z:.1%} of its attention"
            "<extra></extra>",
        )
    return _named(figure, learnt, tokens)


def _named(figure: go.Figure, learnt: int, tokens: int) -> go.Figure:
    """Few names: the class token, the patches and what is learnt."""
    theme.dress(figure, "what is read", "who reads", 400)
    figure.update_layout(hovermode="closest")
    first, middle = learnt + APART * bool(learnt), tokens / 2
    ticks: dict[float, str] = {first: "class", first + middle: "patches"}
    if learnt:
        ticks[(learnt - 1) / 2] = "learnt"
    figure.update_xaxes(
        tickvals=list(ticks), ticktext=list(ticks.values()), tickangle=0
    )
    return figure.update_yaxes(
        tickvals=[0, middle],
        ticktext=["class", "patches"],
        autorange="reversed",
    )


def mass_map(start: np.ndarray, end: np.ndarray) -> go.Figure:
    """The mean attention (L, H) on learnt keys, by block and head, at the
    start and at the end."""
    layers, heads = start.shape
    most = max(float(np.abs([start, end]).max()), 0.01)
    figure = go.Figure()
    for name, values, left in (
        ("start", start, 0.0),
        ("end", end, heads + 0.5),
    ):
        figure.add_heatmap(
            x=[left + head for head in range(heads)],
            y=list(range(layers)),
            z=values.astype(float),
            name=name,
            zmin=-most,
            zmax=most,
            colorscale=DIVERGING,
            showscale=False,
            texttemplate="%{z:.0%}",
            textfont={"size": 15, "color": "#111111"},
            xgap=2,
            ygap=2,
            hovertemplate=f"At the {name} the tokens give %{{z:.1%}} of "
            "their attention to learnt keys<extra></extra>",
        )
    return _moments(figure, layers, heads)


def _moments(figure: go.Figure, layers: int, heads: int) -> go.Figure:
    """Heads and blocks by their numbers, and above them the moments."""
    theme.dress(figure, "head", "block", 320)
    lefts = {"start": 0.0, "end": heads + 0.5}
    for name, left in lefts.items():
        figure.add_annotation(
            x=left + (heads - 1) / 2,
            y=1.02,
            yref="paper",
            yanchor="bottom",
            text=f"at the {name}",
            showarrow=False,
            font={"size": 14},
        )
    places = [left + h for left in lefts.values() for h in range(heads)]
    figure.update_xaxes(
        tickvals=places, ticktext=[str(n + 1) for n in range(heads)] * 2
    )
    figure.update_yaxes(
        tickvals=list(range(layers)),
        ticktext=[str(n + 1) for n in range(layers)],
        autorange="reversed",
    )
    return figure.update_layout(hovermode="closest")


def zero_curves(
    lengths: Sequence[int], curves: Mapping[str, Sequence[Interval]]
) -> go.Figure:
    """What n keys and values of zeros do, under the names of ZEROS."""
    figure = go.Figure()
    for name, spans in curves.items():
        said, colour, dash, symbol = ZEROS[name]
        figure.add_scatter(
            x=[str(n) for n in lengths],
            y=[span.mean for span in spans],
            error_y={"array": [span.half for span in spans], "width": 5},
            name=said,
            mode="lines+markers",
            line={"color": colour, "dash": dash},
            marker={"symbol": symbol, "size": 9},
            hovertemplate=f"With %{{x}} zeros: {said} %{{y:.1%}}"
            "<extra></extra>",
        )
    theme.dress(figure, "zero keys and values in each attention", "share", 380)
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(type="category")
    return theme.shares(figure)
