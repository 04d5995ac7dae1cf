"""Domains and controls: rows of results with their intervals, how surely two
domains are told apart, and how two gradients lie."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from tl_core.analysis.intervals import Interval, interval
from tl_core.figures import theme
from tl_core.figures.maps import plain
from tl_core.texts import say

ROOM = 62
"""Pixels of height for a row."""
TALLEST = 22
"""Letters of a name in one line; longer ones are broken."""


@dataclass(frozen=True)
class Row:
    """Results of one kind of run: its name, the strategy whose look it has,
    and a value a seed."""

    name: str
    strategy: str
    values: Sequence[float]

    @property
    def span(self) -> Interval:
        """The mean over seeds and its interval."""
        return interval(self.values)


def accuracies(rows: Sequence[Row]) -> go.Figure:
    """Target accuracy (shares): a mean with its interval a row, and a dot
    for each seed."""
    figure = go.Figure()
    for row in reversed(rows):
        _add(figure, row, ".1%", _reads)
    _dress_rows(figure, say("target accuracy (share)"), len(rows))
    spans = [row.span for row in rows]
    every = [v for row in rows for v in row.values]
    low = min(*every, *(s.low for s in spans if s.n > 1))
    high = max(*every, *(s.high for s in spans if s.n > 1))
    room = 0.12 * (high - low)
    figure.update_xaxes(range=[max(0, low - room), high + room])
    return figure.update_xaxes(tickformat=".0%")


def steps(rows: Sequence[Row]) -> go.Figure:
    """Adaptation steps until something happened, a row for each way."""
    figure = go.Figure()
    for row in reversed(rows):
        _add(figure, row, ".0f", _needs)
    _dress_rows(figure, say("adaptation steps"), len(rows))
    return figure.update_xaxes(rangemode="tozero")


def _reads(name: str, share: str) -> str:
    return say("{name} reads {share} of the target", name=name, share=share)


def _needs(name: str, count: str) -> str:
    return say("{name} needs {count} steps", name=name, count=count)


def _add(
    figure: go.Figure, row: Row, form: str, told: Callable[[str, str], str]
) -> None:
    """A row: the mean with its interval, and each seed."""
    style, span = theme.style(row.strategy), row.span
    half = 0.0 if math.isnan(span.low) else span.half
    (name,) = plain([row.name])
    label = broken(name)
    mean = told(name, f"{span.mean:{form}} ± {half:{form}}")
    one = told(say("One seed of {name}", name=name), f"%{{x:{form}}}")
    figure.add_scatter(
        x=[span.mean],
        y=[label],
        name=say("mean"),
        error_x={"array": [half], "thickness": 3, "width": 8},
        marker={"symbol": style.marker, "size": 13, "color": style.colour},
        text=[f"{span.mean:{form}}"],
        textposition="top center",
        mode="markers+text",
        cliponaxis=False,
        hovertemplate=say(
            "{mean}, the mean of {n} seeds<extra></extra>",
            mean=mean,
            n=span.n,
        ),
    )
    figure.add_scatter(
        x=list(row.values),
        y=[label] * len(row.values),
        name=say("one seed"),
        mode="markers",
        marker={"color": style.colour, "size": 6, "opacity": 0.5},
        hovertemplate=f"{one}<extra></extra>",
    )


def broken(name: str) -> str:
    """A long name in two lines."""
    if len(name) <= TALLEST:
        return name
    cut = name.rfind(" ", 0, len(name) // 2 + 6)
    return f"{name[:cut]}<br>{name[cut + 1 :]}"


def differences(spans: Mapping[str, Interval]) -> go.Figure:
    """Differences of accuracies (shares), drawn in points about zero: what
    leaves the line clear is more than chance."""
    figure = go.Figure()
    for place, (said, span) in enumerate(list(spans.items())[::-1]):
        colour, _ = theme.series(place)
        (name,) = plain([said])
        half = 0.0 if math.isnan(span.low) else 100 * span.half
        figure.add_scatter(
            x=[100 * span.mean],
            y=[broken(name)],
            error_x={"array": [half], "thickness": 3, "width": 8},
            marker={
                "symbol": theme.MARKERS[place],
                "size": 13,
                "color": colour,
            },
            text=[f"{100 * span.mean:+.1f}"],
            textposition="top center",
            mode="markers+text",
            hovertemplate=say(
                "{name}: {mean:+.1f} ± {half:.1f} points over {n} "
                "seeds<extra></extra>",
                name=name,
                mean=100 * span.mean,
                half=half,
                n=span.n,
            ),
        )
    figure.add_vline(x=0, line={"color": theme.NEUTRAL, "width": 2})
    title = say("difference (points)")
    return _dress_rows(figure, title, len(spans))


def told_apart(spans: Mapping[str, Interval]) -> go.Figure:
    """How surely a small classifier names a sample's domain, pair by pair;
    a half is guessing."""
    figure = go.Figure()
    for said, span in list(spans.items())[::-1]:
        (name,) = plain([said])
        figure.add_scatter(
            x=[span.mean],
            y=[broken(name)],
            error_x={"array": [span.half], "thickness": 3, "width": 8},
            marker={"size": 12, "symbol": "diamond", "color": theme.TARGET},
            text=[f"{span.mean:.0%}"],
            textposition="top center",
            mode="markers+text",
            hovertemplate=say(
                "{name}: the domain of {mean:.1%} of the samples is named "
                "rightly, mean of {n} seeds<extra></extra>",
                name=name,
                mean=span.mean,
                n=span.n,
            ),
        )
    figure.add_vline(
        x=0.5,
        line={"color": theme.NEUTRAL, "dash": "dash", "width": 2},
        annotation={"text": say("guessing"), "yanchor": "bottom"},
        annotation_position="top right",
    )
    title = say("samples whose domain is named rightly (share)")
    _dress_rows(figure, title, len(spans))
    return figure.update_xaxes(range=[0.44, 1.06], tickformat=".0%")


def _dress_rows(figure: go.Figure, title: str, rows: int) -> go.Figure:
    theme.dress(figure, title, "", 90 + ROOM * rows)
    figure.update_layout(showlegend=False, hovermode="closest")
    return figure.update_yaxes(range=[-0.6, rows - 0.3])


def cosines(
    curves: Mapping[float, tuple[Sequence[int], Sequence[Interval]]],
) -> go.Figure:
    """The cosine between both risks' gradients over steps, for each weight:
    below zero they pull against each other."""
    figure = go.Figure()
    for place, (weight, (at, spans)) in enumerate(curves.items()):
        colour, dash = theme.series(place)
        figure.add_scatter(
            x=list(at),
            y=[span.mean for span in spans],
            error_y={"array": [s.half for s in spans], "width": 3},
            name=f"λ = {weight:g}",
            mode="lines+markers",
            line={"color": colour, "dash": dash, "width": 2},
            marker={"symbol": theme.MARKERS[place], "size": 8},
            hovertemplate=say(
                "With λ = {weight:g} the cosine is %{{y:.2f}}<extra></extra>",
                weight=weight,
            ),
        )
    figure.add_hline(y=0, line={"color": theme.NEUTRAL, "width": 2})
    theme.dress(
        figure, say("adaptation step"), say("cosine of the gradients"), 420
    )
    return figure.update_yaxes(range=[-1, 1])
