"""Filters of the first layer: are they waves, and which?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from tl_core.figures import theme
from tl_core.texts import say


def spectrum_map(log_power: np.ndarray) -> go.Figure:
    """The log10 power of one filter (s, s), frequency 0 in the middle."""
    axis = np.fft.fftshift(np.fft.fftfreq(len(log_power)))
    figure = go.Figure(
        go.Heatmap(
            x=axis,
            y=axis,
            z=log_power,
            colorscale="Cividis",
            colorbar={"title": say("log10 power")},
            hovertemplate=say(
                "A wave of %{x:.2f} cycles per pixel across and "
                "%{y:.2f} down has power 10^%{z:.2f}<extra></extra>"
            ),
        )
    )
    theme.dress(
        figure,
        say("cycles per pixel, across"),
        say("cycles per pixel, down"),
        height=300,
    )
    figure.update_layout(hovermode="closest")
    figure.update_yaxes(scaleanchor="x", autorange="reversed")
    return figure


def gabor_shares(r2: Sequence[float], null: Sequence[float]) -> go.Figure:
    """Of the filters and of random ones, the share that a Gabor function
    explains no better than R² (each a share of the sum of squares)."""
    figure = go.Figure()
    drawn = (
        (say("these filters"), r2, theme.COLOURS[0], "solid"),
        (say("random filters"), null, theme.NEUTRAL, "dot"),
    )
    for name, values, colour, dash in drawn:
        rising = np.sort(np.asarray(values, float))
        figure.add_scatter(
            x=rising,
            y=np.arange(1, len(rising) + 1) / max(1, len(rising)),
            name=name,
            mode="lines",
            line={"color": colour, "dash": dash, "shape": "hv", "width": 2},
            hovertemplate=say(
                "%{{y:.0%}} of {name} reach at most R² "
                "%{{x:.2f}}<extra></extra>",
                name=name,
            ),
        )
    theme.dress(
        figure, say("R² of the fitted Gabor function"), say("share of filters")
    )
    figure.update_xaxes(range=[0, 1])
    figure.update_layout(hovermode="closest")
    return theme.shares(figure)


def orientations(
    orientation: Sequence[float],
    frequency: Sequence[float],
    r2: Sequence[float],
) -> go.Figure:
    """Each filter's wave: its direction (degrees) and frequency (cycles per
    pixel), the stronger in colour the better it is explained."""
    figure = go.Figure()
    numbers = list(range(len(orientation)))
    figure.add_scatter(
        x=list(orientation),
        y=list(frequency),
        mode="markers",
        showlegend=False,
        customdata=np.stack([numbers, list(r2)], 1),
        marker={
            "color": list(r2),
            "cmin": 0,
            "cmax": 1,
            "colorscale": "Cividis",
            "colorbar": {"title": "R²"},
            "size": 11,
            "line": {"width": 1, "color": theme.NEUTRAL},
        },
        hovertemplate=say(
            "Filter %{customdata[0]:.0f} is a wave of %{y:.2f} "
            "cycles per pixel along %{x:.0f}°, R² %{customdata[1]:.2f}"
            "<extra></extra>"
        ),
    )
    theme.dress(
        figure, say("direction of the wave (degrees)"), say("cycles per pixel")
    )
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(range=[0, 180], dtick=45)
    figure.update_yaxes(range=[0, 0.52])
    return figure


def turned_strip(cosines: Sequence[float]) -> go.Figure:
    """How far adaptation turned each filter: cosine between before and
    after."""
    order = np.argsort(cosines)
    figure = go.Figure()
    figure.add_bar(
        x=[str(i) for i in order],
        y=[float(cosines[i]) for i in order],
        marker_color=theme.COLOURS[0],
        hovertemplate=say(
            "Filter %{x} kept its direction to a cosine of "
            "%{y:.3f}<extra></extra>"
        ),
    )
    theme.dress(
        figure,
        say("filter, most turned first"),
        say("cosine before / after"),
        240,
    )
    figure.update_xaxes(type="category")
    figure.update_yaxes(range=[min(0.0, min(cosines, default=0.0)), 1.02])
    return figure
