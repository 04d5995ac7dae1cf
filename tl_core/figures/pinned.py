"""Single runs in one chart: what they reached, step by step."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from tl_core.figures import theme
from tl_core.figures.curves import UNIT, thin
from tl_core.figures.maps import plain
from tl_core.history import History
from tl_core.texts import say

Curve = tuple[list[int], list[float]]
"""Steps and values."""


def accuracy(runs: Mapping[str, History]) -> go.Figure:
    """Held-out accuracy of several runs over their adaptation steps: lines
    for the target, dots for the source."""
    figure = go.Figure()
    for number, (name, history) in enumerate(runs.items()):
        _add(figure, number, name, history.accuracy("target"), "target")
        if history.accuracy("source")[0]:
            _add(figure, number, name, history.accuracy("source"), "source")
    theme.dress(
        figure,
        say("adaptation step"),
        say("held-out accuracy (share)"),
        height=400,
    )
    return theme.shares(figure)


def _add(
    figure: go.Figure, number: int, name: str, curve: Curve, domain: str
) -> None:
    colour, dash = theme.series(number)
    target = domain == "target"
    figure.add_scatter(
        x=curve[0],
        y=curve[1],
        name=plain([f"{name}, {say(domain)}"])[0],
        legendgroup=str(number),
        showlegend=target,
        mode="lines+markers" if target else "lines",
        opacity=1 if target else 0.6,
        line={"color": colour, "dash": dash if target else "dot"},
        marker={"symbol": theme.MARKERS[number % 6], "size": 7},
        hovertemplate=say(
            "%{{y:.1%}} of the {domain} are read rightly by "
            "%{{fullData.name}}<extra></extra>",
            domain=say(domain),
        ),
    )


def terms(history: History) -> dict[str, Curve]:
    """What else a run has over its adaptation steps, by name: the distance
    of the domains by stage, and the terms of its objective."""
    found = {say("MMD² of {s}", s=s): history.mmd(s) for s in history.stages}
    losses = history.losses("adapt").items()
    return found | {
        say("loss: {term}", term=term): thin(*curve) for term, curve in losses
    }


def one_term(runs: Mapping[str, History], term: str) -> go.Figure:
    """One of `terms` of every run that has it."""
    figure = go.Figure()
    for number, (name, history) in enumerate(runs.items()):
        steps, values = terms(history).get(term, ([], []))
        if not steps:
            continue
        colour, dash = theme.series(number)
        figure.add_scatter(
            x=steps,
            y=values,
            name=plain([name])[0],
            mode="lines",
            line={"color": colour, "dash": dash},
            hovertemplate="%{y:.4f} in %{fullData.name}<extra></extra>",
        )
    figure.update_yaxes(rangemode="tozero")
    unit = (
        say("{term} (no unit)", term=term) if term.startswith("MMD") else UNIT
    )
    theme.dress(figure, say("adaptation step"), plain([unit])[0], height=400)
    figure.update_layout(showlegend=True)
    return figure
