"""Confusion whose cells can be clicked on, and what two runs confuse
differently."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from tl_core.figures import theme
from tl_core.figures.maps import confusion_map, plain
from tl_core.figures.tiles import DIVERGING
from tl_core.texts import say

SIDE = 270
"""About the pixels that a whole confusion is high."""


def cells(counts: np.ndarray, classes: Sequence[str]) -> go.Figure:
    """A confusion map of counts (classes, classes) whose cells fill it, so
    that `handles` lie on them."""
    figure = confusion_map(counts, classes)
    figure.update_xaxes(range=[-0.5, len(classes) - 0.5])
    figure.update_yaxes(range=[len(classes) - 0.5, -0.5], autorange=False)
    return figure


def handles(counts: np.ndarray, classes: Sequence[str]) -> go.Scatter:
    """A mark over each cell of counts (classes, classes), unseen until it is
    chosen; a heat map by itself cannot be clicked on."""
    names, n = plain(classes), len(classes)
    return go.Scatter(
        x=names * n,
        y=[name for name in names for _ in range(n)],
        mode="markers",
        showlegend=False,
        marker={
            "symbol": "square-open",
            "size": max(8, SIDE // n),
            "color": theme.TARGET,
            "line": {"width": 3},
            "opacity": 0,
        },
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 0}},
        text=[
            say(
                "{count} samples of class {label} are read as {guess}",
                count=count,
                label=label,
                guess=guess,
            )
            + say(": click to see them") * bool(count)
            for label, row in zip(names, counts.tolist(), strict=True)
            for guess, count in zip(names, row, strict=True)
        ],
        hovertemplate="%{text}<extra></extra>",
    )


def difference(
    one: np.ndarray, two: np.ndarray, classes: Sequence[str]
) -> go.Figure:
    """Counts (classes, classes) of two runs: how many points more of each
    row the second one has in a cell."""
    first, second = (
        100 * counts / np.maximum(1, counts.sum(1, keepdims=True))
        for counts in (one, two)
    )
    gap = second - first
    reach = max(1.0, float(np.abs(gap).max()))
    figure = go.Figure(
        go.Heatmap(
            x=plain(classes),
            y=plain(classes),
            z=gap.tolist(),
            zmin=-reach,
            zmax=reach,
            colorscale=DIVERGING,
            colorbar={"title": say("points of row")},
            hovertemplate=say(
                "%{z:+.1f} points of class %{y} are read as %{x}"
                "<extra></extra>"
            ),
        )
    )
    theme.dress(
        figure, say("predicted class"), say("labelled class"), height=360
    )
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(type="category")
    figure.update_yaxes(type="category", autorange="reversed")
    return figure
