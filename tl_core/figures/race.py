"""Several strategies side by side, over seeds."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from tl_core import sentences
from tl_core.analysis.intervals import Interval, interval
from tl_core.figures import theme
from tl_core.history import History
from tl_core.texts import say


def by_strategy(
    histories: Sequence[History],
) -> dict[str, list[History]]:
    """The runs of each strategy, in the order given."""
    groups: dict[str, list[History]] = {}
    for history in histories:
        groups.setdefault(history.spec.strategy, []).append(history)
    return groups


def mean_curve(
    histories: Sequence[History], domain: str
) -> tuple[list[int], list[Interval]]:
    """Accuracy over steps, as a mean with its interval over the runs."""
    curves = [history.accuracy(domain) for history in histories]
    steps = curves[0][0]
    columns = zip(*(shares for _, shares in curves), strict=False)
    spans = [interval(column) for column in columns]
    return steps[: len(spans)], spans


def race_curves(
    histories: Sequence[History], upto: int | None = None
) -> go.Figure:
    """Target accuracy over steps: the mean of each strategy's seeds and a
    band of 95 % confidence, drawn up to step `upto`."""
    figure = go.Figure()
    for strategy, runs in by_strategy(histories).items():
        steps, spans = mean_curve(runs, "target")
        shown = sum(upto is None or step <= upto for step in steps)
        _add_band(figure, strategy, steps[:shown], spans[:shown])
        _add_mean(figure, strategy, steps[:shown], spans[:shown])
    last = max((h.spec.steps for h in histories), default=1)
    figure.update_xaxes(range=[0, last * 1.02])
    theme.dress(
        figure,
        say("adaptation step"),
        say("target accuracy (share)"),
        height=400,
    )
    return theme.shares(figure)


def _add_mean(
    figure: go.Figure, strategy: str, steps: list[int], spans: list[Interval]
) -> None:
    style = theme.style(strategy)
    name = sentences.title(strategy)
    figure.add_scatter(
        x=steps,
        y=[span.mean for span in spans],
        name=name,
        legendgroup=strategy,
        mode="lines+markers",
        line={"color": style.colour, "dash": style.dash, "width": 2.5},
        marker={"symbol": style.marker, "size": 8},
        hovertemplate=say(
            "{name} reads %{{y:.1%}} of the target<extra></extra>", name=name
        ),
    )


def _add_band(
    figure: go.Figure, strategy: str, steps: list[int], spans: list[Interval]
) -> None:
    if not spans or math.isnan(spans[0].low):
        return
    low = [max(0.0, span.low) for span in spans]
    high = [min(1.0, span.high) for span in spans]
    figure.add_scatter(
        x=steps + steps[::-1],
        y=high + low[::-1],
        fill="toself",
        mode="lines",  # few points would get marks
        fillcolor=theme.tint(theme.style(strategy).colour, 0.15),
        line={"width": 0},
        name=say(
            "{sentences}, 95 % band", sentences=sentences.title(strategy)
        ),
        legendgroup=strategy,
        showlegend=False,
        hoverinfo="skip",
    )


def race_bars(histories: Sequence[History]) -> go.Figure:
    """Accuracy on all test samples: one dot a run, a bar for the 95 %
    interval of the mean, the best mean on top."""
    figure = go.Figure()
    groups = by_strategy([h for h in histories if h.finished])
    spans = {
        strategy: interval([target_accuracy(h) for h in runs])
        for strategy, runs in groups.items()
    }
    for strategy in sorted(spans, key=lambda key: spans[key].mean):
        results = [target_accuracy(h) for h in groups[strategy]]
        _add_result(figure, strategy, spans[strategy], results)
    title = say("target accuracy (share of all test samples)")
    theme.dress(figure, title, "", height=400)
    figure.update_layout(showlegend=False, hovermode="closest")
    figure.update_xaxes(range=[0, 1.12], tickformat=".0%", dtick=0.25)
    return figure


def _add_result(
    figure: go.Figure, strategy: str, span: Interval, results: list[float]
) -> None:
    """A row: the mean with its interval, and a dot for each seed."""
    style, name = theme.style(strategy), sentences.title(strategy)
    half = 0.0 if math.isnan(span.low) else span.half
    figure.add_scatter(
        x=[span.mean],
        y=[name],
        name=say("mean of {n} seeds", n=span.n),
        error_x={"array": [half], "thickness": 3, "width": 8},
        marker={"symbol": style.marker, "size": 13},
        line={"color": style.colour},
        text=[f"{span.mean:.1%}"],
        textposition="top center",
        mode="markers+text",
        hovertemplate=say(
            "{name} reads {mean:.1%} ± {half:.1%} of the target, the mean of "
            "{n} seeds<extra></extra>",
            name=name,
            mean=span.mean,
            half=half,
            n=span.n,
        ),
    )
    _add_seeds(figure, name, style.colour, results)


def _add_seeds(
    figure: go.Figure, name: str, colour: str, results: list[float]
) -> None:
    figure.add_scatter(
        x=results,
        y=[name] * len(results),
        name=say("one seed"),
        mode="markers",
        marker={"color": colour, "size": 6, "opacity": 0.5},
        hovertemplate=say(
            "One seed of {name} reads %{{x:.1%}}<extra></extra>", name=name
        ),
    )


def target_accuracy(history: History) -> float:
    """Final target accuracy of a finished run.

    Raises:
        ValueError: the run is not finished.
    """
    if history.finished is None:
        raise ValueError(
            say("The run {id} is not finished.", id=history.spec.id)
        )
    return history.finished.accuracy["target"]
