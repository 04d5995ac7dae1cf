"""Two risks at once: what each weight gains on one domain and loses on the
other."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from tl_core.analysis.intervals import Interval
from tl_core.figures import theme
from tl_core.texts import say


def front(
    points: Mapping[float, tuple[Interval, Interval]], colour: str
) -> go.Figure:
    """Source against target accuracy, (source, target) intervals for each
    weight, joined in the weights' order, each point with its weight."""
    spans = list(points.values())
    figure = go.Figure()
    figure.add_scatter(
        x=[source.mean for source, _ in spans],
        y=[target.mean for _, target in spans],
        error_x={"array": [s.half for s, _ in spans], "width": 3},
        error_y={"array": [t.half for _, t in spans], "width": 3},
        text=[f"λ = {value:g}" for value in points],
        mode="lines+markers+text",
        textposition=["top right"] + ["bottom left"] * (len(points) - 1),
        cliponaxis=False,
        line={"color": colour, "width": 2},
        marker={"size": 11, "symbol": "square"},
        hovertemplate=say(
            "With %{text} it reads %{x:.1%} of the source and "
            "%{y:.1%} of the target<extra></extra>"
        ),
    )
    title = say("source accuracy (share)")
    theme.dress(figure, title, say("target accuracy (share)"), 420)
    figure.update_layout(hovermode="closest", showlegend=False)
    figure.update_xaxes(tickformat=".0%")
    return figure.update_yaxes(tickformat=".0%")
