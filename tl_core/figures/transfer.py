"""The transfer curve: what transplanted stages are worth on another task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from tl_core.analysis.intervals import Interval
from tl_core.figures import theme
from tl_core.texts import say

LINES = {
    "BnB": (say("same classes, frozen"), theme.SOURCE, "solid", "circle"),
    "BnB+": (say("same classes, tuned"), theme.SOURCE, "dash", "circle-open"),
    "AnB": (say("other classes, frozen"), theme.TARGET, "solid", "diamond"),
    "AnB+": (
        say("other classes, tuned"),
        theme.TARGET,
        "dash",
        "diamond-open",
    ),
}
"""What each of Yosinski's names means, and how it is drawn."""
APART = 0.05
"""How far the curves' marks stand beside each other, in stages."""


def transfer_curves(
    curves: Mapping[str, Sequence[Interval]], stages: Sequence[str]
) -> go.Figure:
    """Target accuracy (shares) by the number of transplanted stages: under
    each of the names of LINES one interval for 0, 1, ... `stages`."""
    figure = go.Figure()
    for place, (name, spans) in enumerate(curves.items()):
        said, colour, dash, symbol = LINES[name]
        beside = APART * (place - (len(curves) - 1) / 2)
        figure.add_scatter(
            x=[kept + beside for kept in range(len(spans))],
            y=[span.mean for span in spans],
            error_y={"array": [span.half for span in spans], "width": 4},
            name=f"{name}: {said}",
            mode="lines+markers",
            line={"color": colour, "dash": dash},
            marker={"symbol": symbol, "size": 9},
            customdata=[[kept, 100 * s.half] for kept, s in enumerate(spans)],
            hovertemplate=_hover(name),
        )
    theme.dress(
        figure,
        say("transplanted stages"),
        say("target accuracy (share)"),
        height=400,
    )
    ticks = _ticks(stages)
    figure.update_xaxes(tickvals=list(range(len(ticks))), ticktext=ticks)
    figure.update_layout(hovermode="closest")
    theme.shares(figure)
    # The curves lie close together, and all far above zero.
    least = min(
        span.mean - span.half for row in curves.values() for span in row
    )
    return figure.update_yaxes(range=[least - 0.01, 1.005])


def _ticks(stages: Sequence[str]) -> list[str]:
    """How far the stages are transplanted, from none to all."""
    return [say("none"), *(say("to {stage}", stage=s) for s in stages)]


def _hover(name: str) -> str:
    return say(
        "{name} with %{{customdata[0]}} stages reads %{{y:.1%}} ± "
        "%{{customdata[1]:.1f}} points<extra></extra>",
        name=name,
    )
