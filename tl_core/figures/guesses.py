"""What people expected, beside what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from tl_core.analysis.intervals import Interval
from tl_core.figures import theme
from tl_core.texts import say

MEASURED, MINE = "#008F68", "#D55E00"
BIN = 5.0
"""Points of accuracy in one bar of everybody's guesses."""


def numbers(
    everybody: Sequence[float], mine: float | None, measured: Interval
) -> go.Figure:
    """A histogram of all guesses (shares or differences of shares), one's
    own, and the measured mean with its 95 % interval, in per cent."""
    figure = go.Figure()
    figure.add_histogram(
        x=[100 * guess for guess in everybody],
        xbins={"size": BIN},
        name=say("everybody's guesses"),
        marker={"color": theme.NEUTRAL, "opacity": 0.45},
        hovertemplate=say("%{y} people guessed about %{x} %<extra></extra>"),
    )
    if measured.n > 1:
        figure.add_vrect(
            x0=100 * measured.low,
            x1=100 * measured.high,
            fillcolor=MEASURED,
            opacity=0.2,
            line_width=0,
        )
    _rule(figure, measured.mean, "measured", MEASURED, "solid", "top")
    if mine is not None:
        _rule(figure, mine, say("your guess"), MINE, "dash", "bottom")
    theme.dress(figure, say("per cent (or points)"), say("people"), 230)
    shown = [100 * x for x in (*everybody, measured.mean)]
    low, high = min(0.0, *shown), max(100.0, *shown)
    figure.update_xaxes(range=[low - 4, high + 4])
    figure.update_yaxes(dtick=1 if len(everybody) < 8 else None)
    figure.update_layout(showlegend=False, bargap=0.1)
    return figure


def _rule(
    figure: go.Figure, at: float, text: str, colour: str, dash: str, side: str
) -> None:
    figure.add_vline(
        x=100 * at,
        line={"color": colour, "width": 3, "dash": dash},
        annotation={
            "text": f"{text} {100 * at:.1f}",
            "font": {"size": 14},
        },
        annotation_position=say("{side} right", side=side)
        if at < 0.75
        else say("{side} left", side=side),
    )


def votes(
    names: Mapping[str, str],
    measured: Mapping[str, Interval],
    everybody: Mapping[str, int],
    mine: str | None,
) -> go.Figure:
    """Each strategy's measured target accuracy with its interval, best at
    the top; how many people voted for it, and one's own vote."""
    order = sorted(measured, key=lambda key: measured[key].mean)
    figure = go.Figure()
    figure.add_bar(
        x=[100 * measured[key].mean for key in order],
        y=[names[key] for key in order],
        orientation="h",
        marker={"color": [theme.style(key).colour for key in order]},
        error_x={"array": [100 * measured[key].half for key in order]},
        text=[_vote(key, everybody, mine) for key in order],
        textposition="inside",
        insidetextanchor="start",
        hovertemplate=say(
            "%{y} reaches %{x:.1f} % of the target<extra></extra>"
        ),
    )
    theme.dress(
        figure, say("target accuracy, per cent"), "", 120 + 34 * len(order)
    )
    figure.update_xaxes(range=[0, 105])
    figure.update_layout(showlegend=False)
    return figure


def _vote(key: str, everybody: Mapping[str, int], mine: str | None) -> str:
    count = everybody.get(key, 0)
    said = (
        ""
        if not count
        else say(
            "{count} vote{extra}", count=count, extra="s" if count > 1 else ""
        )
    )
    return (
        say("{said}, yours", said=said)
        if key == mine and count > 1
        else (say("your vote") if key == mine else said)
    )
