"""What one step of training holds in memory, as stacked bars."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from tl_core.figures import theme

MIB = 2**20
PARTS = {
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
    for part, (colour, pattern) in PARTS.items():
        figure.add_bar(
            y=names,
            x=[measured[name][part] / MIB for name in names],
            name=part,
            orientation="h",
            marker={"color": colour, "pattern": {"shape": pattern}},
            hovertemplate=f"%{{y}} holds %{{x:.2f}} MiB of {part}"
            "<extra></extra>",
        )
    figure.add_scatter(
        y=names,
        x=[sum(predicted[name][p] for p in PARTS) / MIB for name in names],
        name="by formula",
        mode="markers",
        marker={"symbol": "diamond-open", "size": 12, "color": theme.TARGET},
        marker_line_width=2,
        hovertemplate="The formula says %{x:.2f} MiB for %{y}<extra></extra>",
    )
    theme.dress(figure, "MiB of one step", "", 340)
    figure.update_layout(
        barmode="stack", hovermode="closest", legend={"traceorder": "normal"}
    )
    figure.update_xaxes(rangemode="tozero")
    return figure.update_yaxes(autorange="reversed")
