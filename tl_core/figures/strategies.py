"""What freezing spares, what each strategy costs the source, and what a
learning rate for each stage trades."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from tl_core.analysis.intervals import Interval
from tl_core.figures import theme
from tl_core.figures.domains import broken
from tl_core.figures.maps import plain
from tl_core.figures.memory import MIB, SHADES
from tl_core.memory import PARTS
from tl_core.texts import say

PALE = 0.35
"""Opacity of what was not chosen."""


@dataclass(frozen=True)
class Reached:
    """Accuracies over seeds of one way to train; `kept` is the source as the
    head of source training reads it, None where that is the same head."""

    name: str
    source: Interval
    target: Interval
    kept: Interval | None = None


def half(span: Interval) -> float:
    """Half an interval's width; 0 where it is not known."""
    return 0.0 if math.isnan(span.low) else span.half


def memory(rows: Mapping[str, Mapping[str, int]], lit: str) -> go.Figure:
    """Bytes of one step by part, a stacked bar for each number of frozen
    stages; the bar under the name `lit` stands out."""
    figure = go.Figure()
    names = list(rows)
    for part, (colour, pattern) in SHADES.items():
        figure.add_bar(
            y=names,
            x=[rows[name][part] / MIB for name in names],
            name=PARTS[part],
            orientation="h",
            marker={
                "color": colour,
                "pattern": {"shape": pattern},
                "opacity": [1 if name == lit else PALE for name in names],
            },
            hovertemplate=say(
                "%{{y}}: %{{x:.2f}} MiB of {part}<extra></extra>",
                part=PARTS[part],
            ),
        )
    theme.dress(figure, say("MiB of one step"), "", 130 + 38 * len(names))
    figure.update_layout(
        barmode="stack", hovermode="closest", legend={"traceorder": "normal"}
    )
    figure.update_xaxes(rangemode="tozero")
    return figure.update_yaxes(autorange="reversed")


def both(rows: Sequence[Reached], lit: str) -> go.Figure:
    """Source and target accuracy of each way to train, joined by a line; the
    row under the name `lit` stands out."""
    figure = go.Figure()
    for row in rows:
        figure.add_scatter(
            x=[row.source.mean, row.target.mean],
            y=[label(row, lit)] * 2,
            mode="lines",
            line={"color": theme.NEUTRAL, "width": 5 if on(row, lit) else 2},
            opacity=0.5,
            hoverinfo="skip",
            showlegend=False,
        )
    _marks(figure, rows, lit, "source")
    _marks(figure, rows, lit, "target")
    _marks(figure, [row for row in rows if row.kept], lit, "kept")
    theme.dress(figure, say("accuracy (share)"), "", 110 + 48 * len(rows))
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(range=[0, 1.03], tickformat=".0%")
    return figure.update_yaxes(autorange="reversed")


LOOKS = {
    "source": (say("source"), "circle", theme.SOURCE),
    "target": (say("target"), "diamond", theme.TARGET),
    "kept": (say("source, by its old head"), "circle-open", theme.SOURCE),
}
"""Name, marker and colour of each accuracy."""


def _marks(
    figure: go.Figure, rows: Sequence[Reached], lit: str, kind: str
) -> None:
    name, symbol, colour = LOOKS[kind]
    spans = [getattr(row, kind) for row in rows]
    figure.add_scatter(
        x=[span.mean for span in spans],
        y=[label(row, lit) for row in rows],
        error_x={"array": [half(span) for span in spans], "width": 5},
        name=name,
        mode="markers",
        marker={
            "symbol": symbol,
            "size": [15 if on(row, lit) else 10 for row in rows],
            "color": colour,
            "line": {"width": 2, "color": colour},
        },
        customdata=[100 * half(span) for span in spans],
        hovertemplate=say(
            "%{{y}}: %{{x:.1%}} ± %{{customdata:.1f}} points of the "
            "{accuracy}<extra></extra>",
            accuracy=name,
        ),
    )


def on(row: Reached, lit: str) -> bool:
    """Whether a row is the chosen one."""
    return row.name == lit


def label(row: Reached, lit: str) -> str:
    """A row's name; that of the chosen one in bold."""
    (name,) = plain([row.name])
    name = broken(name)
    return f"<b>{name}</b>" if on(row, lit) else name


def rates(names: Sequence[str], values: Sequence[float]) -> go.Figure:
    """The learning rate of each stage and of the head, on a logarithmic
    axis."""
    figure = go.Figure()
    colour = theme.style("discriminative_lr").colour
    figure.add_bar(
        x=plain(names),
        y=list(values),
        marker={"color": colour},
        text=[f"{value:.1e}" for value in values],
        textposition="outside",
        cliponaxis=False,
        hovertemplate=say("%{x} learns at a rate of %{y:.2e}<extra></extra>"),
    )
    theme.dress(
        figure, say("stage"), say("learning rate η (logarithmic)"), 340
    )
    top = math.log10(max(values))
    figure.update_yaxes(
        type="log",
        range=[top - 6.6, top + 0.5],
        dtick=1,
        exponentformat="power",
    )
    return figure.update_layout(hovermode="closest", showlegend=False)


def traded(
    points: Mapping[float, tuple[Interval, Interval]], chosen: float
) -> go.Figure:
    """Source and target accuracy (means with 95 % intervals) against the
    scale s of the first stage's rate; a rule at the chosen s."""
    figure = go.Figure()
    for place, domain in enumerate(("source", "target")):
        spans = [pair[place] for pair in points.values()]
        figure.add_scatter(
            x=list(points),
            y=[span.mean for span in spans],
            error_y={"array": [half(span) for span in spans], "width": 5},
            name=say(domain),
            mode="lines+markers",
            line={
                "color": theme.DOMAINS[domain],
                "dash": theme.DOMAIN_DASH[domain],
                "width": 2.5,
            },
            marker={"symbol": theme.DOMAIN_MARKER[domain], "size": 10},
            hovertemplate=say(
                "With s = %{{x:.0e}} it reads %{{y:.1%}} of the "
                "{domain}<extra></extra>",
                domain=say(domain),
            ),
        )
    _rule(figure, chosen)
    title = say("s, first stage's rate / head's")
    theme.dress(figure, title, say("accuracy (share)"), 340)
    figure.update_xaxes(
        type="log", range=[-6.3, 0.3], dtick=1, exponentformat="power"
    )
    return figure.update_yaxes(range=[0.5, 1.02], tickformat=".0%")


def _rule(figure: go.Figure, chosen: float) -> None:
    """A rule at the chosen scale, on a logarithmic axis."""
    figure.add_vline(
        x=chosen, line={"color": theme.NEUTRAL, "width": 2, "dash": "dot"}
    )
    # On a logarithmic axis a shape lies at its value, a note at its power.
    figure.add_annotation(
        x=math.log10(chosen),
        y=0.03,
        yref="paper",
        text=say("your s"),
        font={"size": 14},
        showarrow=False,
        xanchor="left" if chosen < 1e-2 else "right",
        xshift=6 if chosen < 1e-2 else -6,
    )


def schedule(names: Sequence[str], starts: Sequence[float]) -> go.Figure:
    """When each stage and the head learn: a bar from where a part is thawed
    (a share of the steps; 1 is never) to the end."""
    figure = go.Figure()
    rows, hot = plain(names), theme.style("full").colour
    cold, count = theme.style("linear_probe").colour, len(rows)
    for state, colour, begins, ends, pattern in (
        (say("frozen"), cold, [0.0] * count, starts, "/"),
        (say("trained"), hot, starts, [1.0] * count, ""),
    ):
        figure.add_bar(
            y=rows,
            x=[b - a for a, b in zip(begins, ends, strict=True)],
            base=list(begins),
            orientation="h",
            name=state,
            marker={
                "color": theme.tint(colour, 0.35 if pattern else 1),
                "pattern": {"shape": pattern, "fgcolor": colour},
            },
            customdata=[[a, b] for a, b in zip(begins, ends, strict=True)],
            hovertemplate=say(
                "%{{y}} is {state} from %{{customdata[0]:.0%}} to "
                "%{{customdata[1]:.0%}} of the steps<extra></extra>",
                state=state,
            ),
        )
    theme.dress(figure, say("share of the steps"), "", 110 + 38 * len(rows))
    figure.update_layout(
        barmode="overlay", hovermode="closest", legend_traceorder="normal"
    )
    figure.update_xaxes(range=[0, 1.03], tickformat=".0%")
    return figure.update_yaxes(autorange="reversed")
