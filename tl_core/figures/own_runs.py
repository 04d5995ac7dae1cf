"""What a learner's own runs reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from tl_core.figures import theme
from tl_core.figures.claims import wrapped
from tl_core.texts import say


@dataclass(frozen=True)
class Own:
    """A run of the learner's: its name, and by domain the accuracy before
    and after adaptation, shares."""

    name: str
    reached: Mapping[str, tuple[float, float]]


Mark = tuple[float, float, float, str]
"""Where on the y axis, the accuracy before and after, and the run's name."""
MOMENTS = {"before": "-open", "after": ""}
"""Hollow before adaptation, full after it."""


def own_runs(runs: Sequence[Own]) -> go.Figure:
    """From before (hollow) to after adaptation, both domains, one row a
    run, newest at the top."""
    figure = go.Figure()
    for shift, domain in ((-0.13, "target"), (0.13, "source")):
        mine = [
            (row + shift, *run.reached[domain], run.name)
            for row, run in enumerate(runs)
            if domain in run.reached
        ]
        for moment in MOMENTS:
            _marks(figure, mine, domain, moment)
        _ways(figure, mine, theme.DOMAINS[domain])
    theme.dress(figure, say("accuracy, per cent"), "", 110 + 54 * len(runs))
    figure.update_xaxes(range=[-2, 102])
    figure.update_yaxes(
        tickvals=list(range(len(runs))),
        ticktext=[wrapped(run.name, 26) for run in runs],
        range=[len(runs) - 0.5, -0.5],
    )
    figure.update_layout(hovermode="closest")
    return figure


def _marks(
    figure: go.Figure, rows: Sequence[Mark], domain: str, moment: str
) -> None:
    """A mark a run, for one domain before or after."""
    figure.add_scatter(
        x=[100 * row[1 if moment == "before" else 2] for row in rows],
        y=[row[0] for row in rows],
        mode="markers",
        name=f"{say(domain)}, {say(moment)}",
        text=[row[3] for row in rows],
        marker={
            "color": theme.DOMAINS[domain],
            "symbol": theme.DOMAIN_MARKER[domain] + MOMENTS[moment],
            "size": 11,
        },
        hovertemplate=f"%{{text}}: {say(domain)} {say(moment)} %{{x:.1f}} %"
        "<extra></extra>",
    )


def _ways(figure: go.Figure, rows: Sequence[Mark], colour: str) -> None:
    """A line from before to after."""
    for y, before, after, _ in rows:
        figure.add_scatter(
            x=[100 * before, 100 * after],
            y=[y, y],
            mode="lines",
            line={"color": colour, "width": 2},
            showlegend=False,
            hoverinfo="skip",
        )
