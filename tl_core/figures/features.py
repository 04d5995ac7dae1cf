"""Features of stages: who agrees with whom, and where a network looked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from tl_core.figures import theme
from tl_core.figures.maps import plain
from tl_core.texts import say

LOOKED = [[0, "rgba(213,94,0,0)"], [1, "rgba(213,94,0,0.8)"]]
"""Grad-CAM over an image: nothing to the target's orange."""
CLASSES = (
    "#E46666",
    "#A7571D",
    "#AD891F",
    "#4E7715",
    "#1DA43F",
    "#157A69",
    "#2597D0",
    "#3A63DC",
    "#AD74E6",
    "#C5238F",
)
"""Around the wheel, light and dark in turn; all stand out on white and on
near-black."""


def cka_map(
    values: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    names: tuple[str, str] = (
        say("before adaptation"),
        say("after adaptation"),
    ),
) -> go.Figure:
    """CKA (rows, columns) of the stages of two networks, named `names`."""
    one, two = names
    figure = go.Figure(
        go.Heatmap(
            x=list(columns),
            y=list(rows),
            z=values,
            zmin=0,
            zmax=1,
            colorscale="Cividis",
            colorbar={"title": say("CKA")},
            texttemplate="%{z:.2f}",
            hovertemplate=say(
                "%{{y}} {one} and %{{x}} {two} agree to %{{z:.2f}}; 1 is the "
                "same but for a turn<extra></extra>",
                one=one,
                two=two,
            ),
        )
    )
    theme.dress(
        figure, say("stage, {two}", two=two), say("stage, {one}", one=one), 340
    )
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(type="category")
    figure.update_yaxes(type="category", autorange="reversed")
    return figure


def class_colour(index: int) -> str:
    """A class's colour; ten differ, then they come again."""
    return CLASSES[index % len(CLASSES)]


def looked_at(image: np.ndarray, heat: np.ndarray, said: str) -> go.Figure:
    """A Grad-CAM map `heat` (h, w) in [0, 1] over its uint8 image (c, h, w);
    `said` is the class the map speaks for."""
    colour = np.broadcast_to(image, (3, *image.shape[1:]))
    figure = go.Figure(go.Image(z=colour.transpose(1, 2, 0), hoverinfo="skip"))
    (name,) = plain([said])
    figure.add_heatmap(
        z=heat,
        zmin=0,
        zmax=1,
        colorscale=LOOKED,
        colorbar={"title": say("evidence"), "tickformat": ".0%"},
        hovertemplate=say(
            "This place speaks for {name} with %{{z:.0%}} of the strongest "
            "place<extra></extra>",
            name=name,
        ),
    )
    theme.dress(figure, "", "", 320)
    figure.update_layout(hovermode="closest", margin={"t": 10})
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, autorange="reversed", scaleanchor="x")
    return figure
