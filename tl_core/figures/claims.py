"""Claims beside what was measured."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from tl_core.claim import Claim, Verdict
from tl_core.figures import theme
from tl_core.texts import say

LOOKS = {
    "holds": ("#008F68", "circle"),
    "does not hold": ("#B5562B", "x"),
    "not clear": (theme.NEUTRAL, "diamond-open"),
}
"""Colour and marker of a badge."""
LINE, BETWEEN = 16, 14
"""Pixels of a line of words, and between two rows."""
WIDEST = 30
"""Letters of a line: a phone has to have room for the plot as well."""


def forest(judged: Sequence[tuple[Claim, Verdict]]) -> go.Figure:
    """One row a claim: the mean difference of its arms in points, or in
    hundredths where they are no shares, with its 95 % interval, and grey
    ticks where the claim's bounds are."""
    figure = go.Figure()
    rows = list(range(len(judged)))
    for badge, (colour, symbol) in LOOKS.items():
        mine = [row for row in rows if judged[row][1].badge == badge]
        effects = [judged[row][1].effect for row in mine]
        figure.add_scatter(
            x=[100 * effect.mean for effect in effects],
            y=mine,
            error_x={"array": [100 * e.half for e in effects], "width": 5},
            mode="markers",
            name=badge,
            marker={"color": colour, "symbol": symbol, "size": 11},
            text=[judged[row][0].statement for row in mine],
            customdata=[judged[row][0].unit for row in mine],
            hovertemplate=say(
                "%{text}<br>The difference is %{x:+.1f} "
                "%{customdata}<extra></extra>"
            ),
        )
    _bounds(figure, judged)
    return _named(figure, [claim for claim, _ in judged])


def _named(figure: go.Figure, claims: Sequence[Claim]) -> go.Figure:
    """Each row with its statement, and room for the longest."""
    names = [wrapped(claim.statement, WIDEST) for claim in claims]
    lines = max((name.count("<br>") + 1 for name in names), default=1)
    height = 110 + (BETWEEN + LINE * lines) * len(names)
    units = say(" or ").join(sorted({c.unit for c in claims}, reverse=True))
    title = wrapped(say("difference in {units}", units=units), WIDEST)
    theme.dress(figure, title, "", height)
    figure.update_xaxes(zeroline=True, zerolinewidth=1)
    figure.update_yaxes(
        tickvals=list(range(len(names))),
        ticktext=names,
        range=[len(names) - 0.5, -0.5],
        showgrid=False,
    )
    return figure.update_layout(hovermode="closest")


def _bounds(
    figure: go.Figure, judged: Sequence[tuple[Claim, Verdict]]
) -> None:
    ticks = [
        (100 * bound, row)
        for row, (claim, _) in enumerate(judged)
        for bound in {claim.low, claim.high}
        if math.isfinite(bound)
    ]
    figure.add_scatter(
        x=[x for x, _ in ticks],
        y=[row for _, row in ticks],
        mode="markers",
        name=say("the claim's bounds"),
        marker={
            "symbol": "line-ns-open",
            "size": 22,
            "color": theme.NEUTRAL,
            "line": {"width": 2},
        },
        hovertemplate=say("The claim ends at %{x:.0f}<extra></extra>"),
    )


def wrapped(text: str, width: int = 44) -> str:
    """Text in lines of at most `width` letters, for an axis."""
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] += f"{word} "
    return "<br>".join(line.strip() for line in lines)
