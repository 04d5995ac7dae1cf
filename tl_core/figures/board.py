"""Runs of a class in their order, beside what people expected of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from tl_core.figures import theme
from tl_core.figures.maps import plain
from tl_core.texts import say

TALL = 30
"""Pixels of a row."""


@dataclass(frozen=True)
class Line:
    """A run: what it is called, its target accuracy, and the guesses about
    it by whoever made them (shares)."""

    label: str
    accuracy: float
    guesses: Mapping[str, float]


def ranked(lines: Sequence[Line], mine: str) -> go.Figure:
    """A row a run, the best on top: what it reached, and each guess; those
    of the guest called `mine` stand out."""
    figure = go.Figure()
    names = plain([line.label for line in lines])
    figure.add_bar(
        x=[line.accuracy for line in lines],
        y=names,
        orientation="h",
        name=say("measured"),
        marker={"color": theme.tint(theme.TARGET, 0.55)},
        hovertemplate=say("%{y} reads %{x:.1%} of the target<extra></extra>"),
    )
    for name, line in zip(names, lines, strict=True):  # beside every guess
        figure.add_annotation(
            x=1.02,
            y=name,
            text=f"{line.accuracy:.1%}",
            xanchor="left",
            showarrow=False,
        )
    _add_guesses(figure, lines, mine)
    theme.dress(
        figure, say("target accuracy (share)"), "", 110 + TALL * len(lines)
    )
    figure.update_layout(hovermode="closest", bargap=0.35)
    figure.update_xaxes(range=[0, 1.15], tickformat=".0%")
    figure.update_yaxes(autorange="reversed", type="category")
    return figure


def _add_guesses(figure: go.Figure, lines: Sequence[Line], mine: str) -> None:
    names = plain([line.label for line in lines])
    guesses = [
        (name, guest, guess)
        for name, line in zip(names, lines, strict=True)
        for guest, guess in line.guesses.items()
    ]
    others = [row for row in guesses if row[1] != mine]
    own = [row for row in guesses if row[1] == mine]
    _add(figure, others, "guesses", theme.NEUTRAL, "circle")
    _add(figure, own, say("your guess"), theme.SOURCE, "diamond")


def _add(
    figure: go.Figure,
    rows: Sequence[tuple[str, str, float]],
    name: str,
    colour: str,
    symbol: str,
) -> None:
    if not rows:
        return
    figure.add_scatter(
        x=[guess for _, _, guess in rows],
        y=[label for label, _, _ in rows],
        name=name,
        mode="markers",
        marker={
            "color": colour,
            "symbol": symbol,
            "size": 10,
            "line": {"width": 1, "color": "white"},
        },
        text=plain([guest for _, guest, _ in rows]),
        hovertemplate=say("%{text} expected %{x:.0%} of %{y}<extra></extra>"),
    )
