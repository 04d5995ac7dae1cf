"""What one step of training holds in memory, as stacked bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from tl_core.figures import theme
from tl_core.memory import PARTS
from tl_core.texts import say

MIB = 2**20
SHADES = {
    "weights": (theme.NEUTRAL, ""),
    "gradients": (theme.COLOURS[2], "/"),
    "optimiser": (theme.COLOURS[1], "x"),
    "activations": (theme.COLOURS[0], ""),
}
"""Colour and pattern of each part of a bar, from the left."""


def bars(
    measured: Mapping[str, Mapping[str, int]],
    predicted: Mapping[str, Mapping[str, int]],
) -> go.Figure:
    """Measured bytes by the names of strategies and of PARTS, stacked; a
    mark where the formula says that a bar ends."""
    figure = go.Figure()
    names = list(measured)
    for part, (colour, pattern) in SHADES.items():
        figure.add_bar(
            y=names,
            x=[measured[name][part] / MIB for name in names],
            name=PARTS[part],
            orientation="h",
            marker={"color": colour, "pattern": {"shape": pattern}},
            hovertemplate=say(
                "%{{y}} holds %{{x:.2f}} MiB of {part}<extra></extra>",
                part=PARTS[part],
            ),
        )
    sums = [sum(predicted[name][part] for part in PARTS) for name in names]
    _add_formula(figure, names, sums)
    theme.dress(figure, say("MiB of one step"), "", 340)
    figure.update_layout(
        barmode="stack", hovermode="closest", legend={"traceorder": "normal"}
    )
    figure.update_xaxes(rangemode="tozero")
    return figure.update_yaxes(autorange="reversed")


def _add_formula(
    figure: go.Figure, names: Sequence[str], sums: Sequence[int]
) -> None:
    """A mark a bar, at the bytes that the formula says."""
    figure.add_scatter(
        y=names,
        x=[size / MIB for size in sums],
        name=say("by formula"),
        mode="markers",
        marker={"symbol": "diamond-open", "size": 12, "color": theme.TARGET},
        marker_line_width=2,
        hovertemplate=say(
            "The formula says %{x:.2f} MiB for %{y}<extra></extra>"
        ),
    )
