"""What old tasks keep while new ones are learned, drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from tl_core.figures import theme
from tl_core.figures.maps import plain
from tl_core.texts import say


def task_table(r: np.ndarray, tasks: Sequence[str]) -> go.Figure:
    """Accuracies (tasks, tasks), shares: row the last task trained on, column
    the task tested."""
    names = plain(tasks)
    figure = go.Figure(
        go.Heatmap(
            x=names,
            y=names,
            z=r,
            zmin=0,
            zmax=1,
            colorscale="Cividis",
            colorbar={"title": say("accuracy"), "tickformat": ".0%"},
            texttemplate="%{z:.0%}",
            hovertemplate=say(
                "After training on %{y}, accuracy on %{x} is "
                "%{z:.1%}<extra></extra>"
            ),
        )
    )
    theme.dress(figure, say("tested on"), say("after training on"), 340)
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(type="category")
    figure.update_yaxes(type="category", autorange="reversed")
    return figure


def retention(
    curves: Mapping[str, tuple[Sequence[int], Sequence[float]]],
    titles: Mapping[str, str],
) -> go.Figure:
    """Source accuracy over adaptation (steps, shares) by strategy; `titles`
    names them, and a mark stands where each was best."""
    figure = go.Figure()
    for key, (steps, shares) in curves.items():
        if not steps:
            continue
        style = theme.style(key)
        (title,) = plain([titles.get(key, key)])
        figure.add_scatter(
            x=list(steps),
            y=list(shares),
            name=title,
            legendgroup=key,
            mode="lines",
            line={"color": style.colour, "dash": style.dash, "width": 2},
            hovertemplate=say(
                "{title} still reads %{{y:.1%}} of the source<extra></extra>",
                title=title,
            ),
        )
        best = int(np.argmax(shares))
        _add_best(figure, key, title, (steps[best], shares[best]))
    theme.dress(figure, say("adaptation step"), say("source accuracy (share)"))
    return theme.shares(figure)


def _add_best(
    figure: go.Figure, key: str, title: str, best: tuple[int, float]
) -> None:
    """A mark at the step and the share where a strategy was best."""
    style = theme.style(key)
    step, share = best
    figure.add_scatter(
        x=[step],
        y=[share],
        legendgroup=key,
        showlegend=False,
        mode="markers",
        marker={"color": style.colour, "symbol": style.marker, "size": 9},
        hovertemplate=say(
            "{title} was best here, at %{{y:.1%}}; Chaudhry's forgetting "
            "counts from it<extra></extra>",
            title=title,
        ),
    )


def trade(
    points: Mapping[str, tuple[float, float]], titles: Mapping[str, str]
) -> go.Figure:
    """Forgetting against target accuracy, both shares, by strategy: the best
    stand at the upper left."""
    figure = go.Figure()
    for key, (lost, gained) in points.items():
        style = theme.style(key)
        (title,) = plain([titles.get(key, key)])
        figure.add_scatter(
            x=[lost],
            y=[gained],
            text=[title],
            mode="markers+text",
            textposition="middle right",
            cliponaxis=False,
            marker={"color": style.colour, "symbol": style.marker, "size": 12},
            hovertemplate=say(
                "{title} reads %{{y:.1%}} of the target and lost %{{x:.1%}} "
                "of the source<extra></extra>",
                title=title,
            ),
        )
    title = say("source accuracy lost (share)")
    theme.dress(figure, title, say("target accuracy (share)"), 400)
    figure.update_layout(hovermode="closest", showlegend=False)
    most = max((lost for lost, _ in points.values()), default=0.0)
    # Names stand to the right of their marks.
    figure.update_xaxes(tickformat=".0%", range=[-0.02, 1.6 * most + 0.02])
    figure.update_yaxes(tickformat=".0%")
    return figure
