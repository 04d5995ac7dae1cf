"""What a learner has done, and how well they know what they know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from tl_core.calibration import COIN, Bin
from tl_core.figures import theme
from tl_core.figures.claims import wrapped
from tl_core.mastery import WAYS, Done, Expectation
from tl_core.syllabus import CHAPTERS, ROWS, Row
from tl_core.texts import say

LOOKS = {
    0: (say("nothing yet"), theme.NEUTRAL, 0.0),
    1: (say("one of three"), "#A6761D", 0.08),
    2: (say("two of three"), "#17899B", 0.12),
    3: (say("predicted, run and explained"), "#008F68", 0.18),
}
"""Name, colour and how full the colour is, by ways done."""
DONE, OPEN = "●", "○"
SIZE, ROW = 44, 84
"""Pixels of an idea's square, and of a chapter's line: six squares have to
fit on a phone."""


def dots(done: Done) -> str:
    """Predicted, run, explained: a full dot for each that was done."""
    return "".join(DONE if getattr(done, w) else OPEN for w in WAYS)


def told(row: Row, done: Done) -> str:
    """An idea with its counts."""
    counts = ", ".join(
        say("{way} {count} times", way=way, count=getattr(done, way))
        for way in WAYS
    )
    return f"{row.id} {row.title}: {counts}"


def syllabus(done: Mapping[str, Done]) -> go.Figure:
    """A square for each idea, a line for each chapter; in it the idea's
    number and a dot for predicted, run and explained."""
    figure = go.Figure()
    chapters = list(CHAPTERS)
    for ways, (name, colour, full) in LOOKS.items():
        mine = [row for row in ROWS if done[row.id].ways == ways]
        figure.add_scatter(
            x=[_place(row) for row in mine],
            y=[chapters.index(row.chapter) + 0.08 for row in mine],
            mode="markers+text",
            name=name,
            text=[f"<b>{row.id}</b><br>{dots(done[row.id])}" for row in mine],
            customdata=[told(row, done[row.id]) for row in mine],
            textfont={"size": 14},
            marker={
                "symbol": "square",
                "size": SIZE,
                "color": theme.tint(colour, full),
                "line": {"color": colour, "width": 1 + ways},
            },
            hovertemplate=say("Idea %{customdata}<extra></extra>"),
        )
    _titles(figure)
    theme.dress(figure, "", "", 90 + ROW * len(chapters))
    figure.update_xaxes(visible=False, range=[0.5, 6.5], fixedrange=True)
    figure.update_yaxes(
        visible=False,
        range=[len(chapters) - 0.5, -0.6],
        fixedrange=True,
    )
    figure.update_layout(hovermode="closest")
    return figure


def _titles(figure: go.Figure) -> None:
    """Each chapter's name above its ideas."""
    for number, (key, title) in enumerate(CHAPTERS.items()):
        figure.add_annotation(
            x=0.58,
            y=number - 0.4,
            text=f"{key} {title}",
            showarrow=False,
            xanchor="left",
            font={"size": 14},
        )


def _place(row: Row) -> int:
    _, _, number = row.id.partition(".")
    return int(number or 1)


def reliability(bins: Sequence[Bin]) -> go.Figure:
    """The share that was right at each stated confidence; the line is where
    the two agree."""
    figure = go.Figure()
    ends = [50, 100]
    _add_yardstick(figure, ends, ends, say("as sure as right"))
    figure.add_scatter(
        x=[100 * found.sure for found in bins],
        y=[100 * found.share for found in bins],
        mode="markers",
        name=say("your answers"),
        text=[say("{n} answers", n=found.n) for found in bins],
        cliponaxis=False,
        marker={
            "color": theme.SOURCE,
            "size": [10 + 3 * min(found.n, 8) for found in bins],
            "opacity": 0.8,
        },
        hovertemplate=say(
            "At %{x:.0f} % sure, %{y:.0f} % of %{text} were "
            "right<extra></extra>"
        ),
    )
    theme.dress(figure, say("how sure, per cent"), say("right, per cent"), 340)
    figure.update_xaxes(range=[46, 104])
    figure.update_yaxes(range=[-4, 104])
    figure.update_layout(hovermode="closest")
    return figure


def _add_yardstick(
    figure: go.Figure, x: list[int], y: Sequence[float], name: str
) -> None:
    """A line to compare marks with."""
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        name=name,
        line={"color": theme.NEUTRAL, "dash": "dash"},
        hoverinfo="skip",
    )


def brier(scores: Sequence[float]) -> go.Figure:
    """The Brier score after each answer, and that of always saying 50 %."""
    figure = go.Figure()
    count = list(range(1, len(scores) + 1))
    ends = [1, max(2, len(scores))]
    _add_yardstick(figure, ends, [COIN, COIN], say("always saying 50 %"))
    figure.add_scatter(
        x=count,
        y=list(scores),
        mode="lines+markers",
        name=say("your answers so far"),
        line={"color": theme.SOURCE},
        hovertemplate=say(
            "After %{x} answers the score is %{y:.3f}<extra></extra>"
        ),
    )
    theme.dress(figure, say("answers"), say("Brier score (0 is best)"), 340)
    figure.update_yaxes(rangemode="tozero")
    figure.update_xaxes(dtick=1 if len(scores) < 12 else None)
    return figure


def errors(guesses: Sequence[Expectation]) -> go.Figure:
    """What was expected beside what was measured, in the order of the
    guesses, in per cent or points."""
    figure = go.Figure()
    count = list(range(1, len(guesses) + 1))
    for place, guess in zip(count, guesses, strict=True):
        figure.add_scatter(
            x=[place, place],
            y=[100 * guess.expected, 100 * guess.measured],
            mode="lines",
            line={"color": theme.NEUTRAL},
            showlegend=False,
            hoverinfo="skip",
        )
    for field, name, colour, symbol in (
        ("expected", say("expected"), theme.TARGET, "diamond-open"),
        ("measured", say("measured"), "#008F68", "circle"),
    ):
        figure.add_scatter(
            x=count,
            y=[100 * getattr(guess, field) for guess in guesses],
            mode="markers",
            name=name,
            text=[wrapped(guess.what) for guess in guesses],
            marker={"color": colour, "symbol": symbol, "size": 11},
            hovertemplate=f"%{{text}}<br>{name}: %{{y:.1f}}<extra></extra>",
        )
    theme.dress(
        figure, say("guesses, oldest first"), say("per cent or points"), 340
    )
    figure.update_xaxes(dtick=1 if len(guesses) < 16 else None)
    figure.update_layout(hovermode="closest")
    return figure


def due(days: Sequence[int]) -> go.Figure:
    """How many cards come back today, tomorrow, and on the days after."""
    figure = go.Figure()
    figure.add_bar(
        x=list(range(len(days))),
        y=list(days),
        name=say("cards"),
        marker={"color": theme.SOURCE},
        hovertemplate=say("In %{x} days %{y} cards come back<extra></extra>"),
    )
    theme.dress(figure, say("days from today"), say("cards to repeat"), 220)
    figure.update_xaxes(dtick=1)
    figure.update_yaxes(dtick=1 if max(days) < 9 else None)
    figure.update_layout(showlegend=False, bargap=0.2)
    return figure
