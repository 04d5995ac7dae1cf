"""Pictures of a run's inside: features, boundary, confusion."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from tl_core.figures import theme
from tl_core.texts import say

Arrays = Mapping[str, np.ndarray]


def feature_map(arrays: Arrays, classes: Sequence[str]) -> go.Figure:
    """Features of both domains on two principal axes, one mark a sample.

    `arrays`: source_points, target_points (n, 2) and their *_y, *_right.
    Colour and shape say the domain; a hollow mark is a wrong prediction.
    """
    figure = go.Figure()
    names = plain(classes)
    for domain in theme.DOMAINS:
        if f"{domain}_points" not in arrays:
            continue  # a source of which there is only the trained network
        right = arrays[f"{domain}_right"].astype(bool)
        labels = [names[int(i)] for i in arrays[f"{domain}_y"]]
        hover = [
            say(
                "{domain} sample of class {label}, ",
                domain=say(domain),
                label=label,
            )
            + (say("read correctly") if ok else say("read wrongly"))
            for label, ok in zip(labels, right, strict=True)
        ]
        add_marks(figure, domain, arrays[f"{domain}_points"], right, hover)
    one, two = say("first principal axis"), say("second principal axis")
    theme.dress(
        figure,
        say("{one} (no unit)", one=one),
        say("{two} (no unit)", two=two),
        height=360,
    )
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(showticklabels=False)
    figure.update_yaxes(showticklabels=False)
    return figure


def plain(names: Sequence[str]) -> list[str]:
    """Names that Plotly, which reads a little HTML, shows as they stand."""
    return [html.escape(name, quote=False) for name in names]


def add_marks(
    figure: go.Figure,
    domain: str,
    points: np.ndarray,
    filled: np.ndarray,
    hover: Sequence[str],
) -> None:
    """Points (n, 2) of one domain in its colour and shape; hollow where
    `filled` (n,) is false."""
    marker = theme.DOMAIN_MARKER[domain]
    figure.add_scatter(
        x=points[:, 0].tolist(),
        y=points[:, 1].tolist(),
        name=say(domain),
        mode="markers",
        marker={
            "color": theme.DOMAINS[domain],
            "symbol": [marker if f else f"{marker}-open" for f in filled],
            "size": 7,
            "opacity": 0.75,
        },
        text=list(hover),
        hovertemplate="%{text}<extra></extra>",
    )


def add_samples(figure: go.Figure, samples: Arrays) -> None:
    """Labelled points in the plane; hollow marks are the first class."""
    for domain in theme.DOMAINS:
        labels = samples[f"{domain}_y"]
        hover = [
            say(
                "{domain} point of class {label}",
                domain=say(domain),
                label=label,
            )
            for label in labels
        ]
        add_marks(figure, domain, samples[f"{domain}_x"], labels > 0, hover)


def point_map(samples: Arrays) -> go.Figure:
    """Points (n, 2) of both domains; hollow marks are the first class."""
    figure = go.Figure()
    add_samples(figure, samples)
    theme.dress(figure, say("x (no unit)"), say("y (no unit)"), height=360)
    figure.update_layout(hovermode="closest")
    figure.update_yaxes(scaleanchor="x")
    return figure


LINES = {
    "start": 0.25,
    "end": 0.75,
    "size": 0.25,
    "showlabels": True,
    "labelformat": ".0%",
    "labelfont": {"size": 12},
}
"""The lines of a boundary: at 25, 50 and 75 %, and labelled so."""


def boundary_map(boundary: Arrays, samples: Arrays) -> go.Figure:
    """p(last class) over the plane, with samples of both domains.

    `boundary`: axis (g,) and p (g, g), row y. `samples`: source_x, target_x
    (n, 2) and their labels *_y.
    """
    axis = boundary["axis"].tolist()
    figure = go.Figure(
        go.Contour(
            x=axis,
            y=axis,
            z=boundary["p"].tolist(),
            colorscale=[
                [0, "rgba(128,128,128,0.45)"],
                [0.5, "rgba(128,128,128,0.0)"],
                [1, "rgba(0,143,104,0.45)"],
            ],
            contours=LINES,
            line={"width": 1.5, "color": theme.NEUTRAL},
            showscale=False,  # its lines are labelled, and need the room
            hovertemplate=say(
                "Here a point is of the lower moon with p = "
                "%{z:.2f}<extra></extra>"
            ),
        )
    )
    add_samples(figure, samples)
    theme.dress(figure, say("x (no unit)"), say("y (no unit)"), height=400)
    figure.update_layout(hovermode="closest")
    figure.update_yaxes(scaleanchor="x", range=[-2, 2], constrain="domain")
    figure.update_xaxes(range=[-2, 2], constrain="domain")
    return figure


def confusion_map(counts: np.ndarray, classes: Sequence[str]) -> go.Figure:
    """Counts (classes, classes): row the label, column the prediction."""
    totals = counts.sum(1, keepdims=True)
    share = counts / np.maximum(1, totals)
    figure = go.Figure(
        go.Heatmap(
            x=plain(classes),
            y=plain(classes),
            z=share.tolist(),
            customdata=counts.tolist(),
            zmin=0,
            zmax=1,
            colorscale="Cividis",
            colorbar={"tickformat": ".0%", "title": say("share of row")},
            hovertemplate=say(
                "%{customdata} samples of class %{y}, %{z:.0%} of "
                "it, are read as %{x}<extra></extra>"
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
