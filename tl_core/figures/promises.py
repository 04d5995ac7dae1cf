"""What scores foretold of source models, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from tl_core.analysis.intervals import Interval, interval
from tl_core.figures import theme
from tl_core.figures.maps import plain
from tl_core.texts import say

APART = 0.16
"""How far two strategies of one score stand apart, in rows."""


Models = Mapping[str, tuple[Sequence[float], Sequence[float]]]
"""By model: scores before, and accuracies after, a number a seed each."""


def foretold(groups: Mapping[str, Models], score: str) -> go.Figure:
    """A mark for every source model, by backbone: what `score` said of it,
    and the target accuracy that adaptation reached."""
    figure = go.Figure()
    for place, (backbone, models) in enumerate(groups.items()):
        figure.add_trace(_marks(place, backbone, models, score))
    title = say("{score} before training (no unit)", score=score)
    theme.dress(figure, title, say("target accuracy (share)"), 420)
    figure.update_layout(hovermode="closest")
    figure.update_yaxes(tickformat=".0%")
    return figure


def _marks(
    place: int, backbone: str, models: Models, score: str
) -> go.Scatter:
    colour, _ = theme.series(place)
    xs = [interval(before) for before, _ in models.values()]
    ys = [interval(after) for _, after in models.values()]
    return go.Scatter(
        x=[span.mean for span in xs],
        y=[span.mean for span in ys],
        error_x={"array": [span.half for span in xs], "width": 2},
        error_y={"array": [span.half for span in ys], "width": 2},
        text=plain(list(models)),
        name=backbone,
        mode="markers+text",
        textposition="bottom right",
        marker={
            "color": colour,
            "symbol": theme.MARKERS[place % 6],
            "size": 10,
        },
        hovertemplate=say(
            "{backbone}, %{{text}} steps: {score} %{{x:.3f}} before "
            "training, %{{y:.1%}} of the target after it<extra></extra>",
            backbone=backbone,
            score=score,
        ),
    )


def agreements(
    found: Mapping[str, Mapping[str, Interval]], titles: Mapping[str, str]
) -> go.Figure:
    """Rank correlation in [-1, 1] with a 95 % interval: a row a score, a
    mark a strategy."""
    figure = go.Figure()
    strategies = list(next(iter(found.values())))
    for place, key in enumerate(strategies):
        spans = [row[key] for row in found.values()]
        style, (title,) = theme.style(key), plain([titles.get(key, key)])
        beside = APART * (place - (len(strategies) - 1) / 2)
        figure.add_scatter(
            x=[span.mean for span in spans],
            y=[row + beside for row in range(len(spans))],
            error_x={"array": [span.half for span in spans], "width": 3},
            mode="markers",
            name=title,
            marker={"color": style.colour, "symbol": style.marker, "size": 10},
            hovertemplate=say(
                "{title}: ranks agree by %{{x:.2f}}<extra></extra>",
                title=title,
            ),
        )
    figure.add_vline(x=0, line={"color": theme.NEUTRAL, "width": 1})
    theme.dress(
        figure, say("rank correlation (Spearman, 1: same order)"), "", 420
    )
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(range=[-1.05, 1.05])
    return _with_rows(figure, list(found))


def _with_rows(figure: go.Figure, names: Sequence[str]) -> go.Figure:
    """A named row for each score, the first one above."""
    return figure.update_yaxes(
        tickvals=list(range(len(names))),
        ticktext=plain(names),
        range=[len(names) - 0.5, -0.5],
        showgrid=False,
    )
