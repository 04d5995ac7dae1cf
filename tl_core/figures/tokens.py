"""Who reads learnt keys and tokens in a transformer, and how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from tl_core.analysis.intervals import Interval
from tl_core.figures import theme
from tl_core.figures.tiles import DIVERGING
from tl_core.texts import say

APART = 1.5
"""Columns between the learnt keys and the tokens of the picture."""
READING = say("%{text} with %{z:.1%} of its attention<extra></extra>")
"""What the pointer says of who reads what."""
ZEROS = {
    "mass": (say("attention on zeros"), theme.COLOURS[1], "dot", "square"),
    "changed": (
        say("source read otherwise"),
        theme.COLOURS[2],
        "dash",
        "cross",
    ),
    "source": (say("source accuracy"), theme.SOURCE, "dash", "circle"),
    "target": (say("target accuracy"), theme.TARGET, "solid", "diamond"),
}
"""What zeros do: its name and how it is drawn."""


def attention_map(found: np.ndarray, learnt: int, most: float) -> go.Figure:
    """Who reads what, (t, n + t) with n `learnt` columns first: colours from
    -`most` to `most`, since a gate below zero takes a reading away."""
    tokens = found.shape[0]
    names = [
        say("class"),
        *(say("patch {n}", n=n + 1) for n in range(tokens - 1)),
    ]
    keys = [say("learnt {n}", n=n + 1) for n in range(learnt)]
    own = [learnt + APART * bool(learnt) + n for n in range(tokens)]
    figure = go.Figure()
    parts = {
        say("learnt"): (list(range(learnt)), keys, found[:, :learnt]),
        say("own"): (own, names, found[:, learnt:]),
    }
    shown = {name: part for name, part in parts.items() if part[1]}
    for name, (places, said, values) in shown.items():
        figure.add_heatmap(
            x=places,
            y=list(range(tokens)),
            z=values.astype(float),
            text=_readings(names, said),
            name=name,
            zmin=-most,
            zmax=most,
            colorscale=DIVERGING,
            showscale=places is own,
            colorbar={"tickformat": ".0%", "title": say("attention")},
            hovertemplate=READING,
        )
    return _named(figure, learnt, tokens)


def _readings(readers: list[str], read: list[str]) -> list[list[str]]:
    """What the pointer says of each cell: who reads what."""
    return [
        [say("{reader} reads {key}", reader=r, key=c) for c in read]
        for r in readers
    ]


def _named(figure: go.Figure, learnt: int, tokens: int) -> go.Figure:
    """Few names: the class token, the patches and what is learnt."""
    theme.dress(figure, say("what is read"), say("who reads"), 400)
    figure.update_layout(hovermode="closest")
    first, middle = learnt + APART * bool(learnt), tokens / 2
    ticks: dict[float, str] = {
        first: say("class"),
        first + middle: say("patches"),
    }
    if learnt:
        ticks[(learnt - 1) / 2] = say("learnt")
    figure.update_xaxes(
        tickvals=list(ticks), ticktext=list(ticks.values()), tickangle=0
    )
    return figure.update_yaxes(
        tickvals=[0, middle],
        ticktext=[say("class"), say("patches")],
        autorange="reversed",
    )


def mass_map(start: np.ndarray, end: np.ndarray) -> go.Figure:
    """The mean attention (L, H) on learnt keys, by block and head, at the
    start and at the end."""
    layers, heads = start.shape
    most = max(float(np.abs([start, end]).max()), 0.01)
    figure = go.Figure()
    for name, values, left in (
        (say("start"), start, 0.0),
        (say("end"), end, heads + 0.5),
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
            hovertemplate=say(
                "At the {name} the tokens give %{{z:.1%}} of their attention "
                "to learnt keys<extra></extra>",
                name=name,
            ),
        )
    return _moments(figure, layers, heads)


def _moments(figure: go.Figure, layers: int, heads: int) -> go.Figure:
    """Heads and blocks by their numbers, and above them the moments."""
    theme.dress(figure, say("head"), say("block"), 320)
    lefts = {say("start"): 0.0, say("end"): heads + 0.5}
    for name, left in lefts.items():
        figure.add_annotation(
            x=left + (heads - 1) / 2,
            y=1.02,
            yref="paper",
            yanchor="bottom",
            text=say("at the {name}", name=name),
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
            hovertemplate=say(
                "With %{{x}} zeros: {said} %{{y:.1%}}<extra></extra>",
                said=said,
            ),
        )
    theme.dress(
        figure,
        say("zero keys and values in each attention"),
        say("share"),
        380,
    )
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(type="category")
    return theme.shares(figure)
