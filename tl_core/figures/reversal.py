"""Gradient reversal: its ramp, the domain classifier and who else can tell."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from tl_core.figures import theme
from tl_core.figures.maps import Arrays
from tl_core.texts import say


def ramp() -> go.Figure:
    """Ganin's lambda(p) = 2 / (1 + exp(-10 p)) - 1."""
    p = np.linspace(0, 1, 101)
    figure = go.Figure()
    figure.add_scatter(
        x=p,
        y=2 / (1 + np.exp(-10 * p)) - 1,
        line={"color": theme.style("dann").colour},
        hovertemplate=say(
            "At %{x:.0%} of the steps λ is %{y:.2f}<extra></extra>"
        ),
    )
    theme.dress(
        figure, say("share of the steps"), say("λ, as a share of its end"), 260
    )
    figure.update_xaxes(tickformat=".0%")
    return figure


def confusion_loss(steps: Sequence[int], values: Sequence[float]) -> go.Figure:
    """The domain classifier's loss (nats) over steps, beside ln 2."""
    figure = go.Figure()
    figure.add_scatter(
        x=list(steps),
        y=list(values),
        line={"color": theme.style("dann").colour},
        hovertemplate=say("A loss of %{y:.3f} nats<extra></extra>"),
    )
    figure.add_hline(
        y=math.log(2),
        line={"color": theme.NEUTRAL, "dash": "dash"},
        annotation_text=say("ln 2: guessing"),
    )
    return theme.dress(
        figure, say("adaptation step"), say("domain loss (nats)"), 260
    )


def fresh(steps: Sequence[int], values: Sequence[float]) -> go.Figure:
    """The proxy A-distance in [0, 2] of the last stage over steps, by a
    classifier that is fitted afresh each time."""
    figure = go.Figure()
    figure.add_scatter(
        x=list(steps),
        y=list(values),
        mode="lines+markers",
        line={"color": theme.style("dann").colour},
        hovertemplate=say(
            "A fresh classifier puts them %{y:.2f} of 2 apart<extra></extra>"
        ),
    )
    theme.dress(
        figure, say("adaptation step"), say("A-distance (0 to 2)"), 260
    )
    figure.update_yaxes(range=[-0.05, 2.05])
    return figure


def who_tells(found: Arrays) -> go.Figure:
    """Over the steps: how many labels are read rightly, and how many domains
    are told, by the domain classifier and by fresh nearest neighbours."""
    figure = go.Figure()
    lines = {
        "source": (say("source labels"), theme.SOURCE, "dash"),
        "target": (say("target labels"), theme.TARGET, "solid"),
        "classifier": (
            say("domains, by the classifier"),
            theme.NEUTRAL,
            "dot",
        ),
        "fresh": (
            say("domains, by fresh neighbours"),
            theme.COLOURS[3],
            "dashdot",
        ),
    }
    for key, (said, colour, dash) in lines.items():
        figure.add_scatter(
            x=found["steps"].tolist(),
            y=[round(float(v), 4) for v in found[key]],
            name=said,
            mode="lines",
            line={"color": colour, "dash": dash},
            hovertemplate=f"{said}: %{{y:.1%}}<extra></extra>",
        )
    figure.add_hline(y=0.5, line={"color": theme.NEUTRAL, "width": 1})
    theme.dress(figure, say("step"), say("share of test points"), 280)
    figure.update_yaxes(range=[0.4, 1.02], tickformat=".0%")
    return figure
