"""Few trained numbers: what they reach, and of what rank a change is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from tl_core.analysis.intervals import Interval
from tl_core.figures import theme
from tl_core.figures.maps import plain
from tl_core.texts import say

MOST = 32
"""Ranks that are drawn."""
PLACES = {
    "lora": "bottom right",
    "partial": "middle right",
    "prefix": "bottom right",
    "prompt": "middle left",
}
"""Where names stand beside their marks, if not above."""
BOX = 100
"""Units of the longest side of a drawn matrix."""


@dataclass(frozen=True)
class Way:
    """A way to adapt: its name, how many numbers it trains, and the accuracy
    that it reaches."""

    name: str
    strategy: str
    trained: int
    reached: Interval


def front(ways: Sequence[Way], domain: str) -> go.Figure:
    """Accuracy on a domain against the numbers trained, on a logarithmic
    axis; ways of one strategy are joined."""
    figure = go.Figure()
    groups: dict[str, list[Way]] = {}
    for way in ways:
        groups.setdefault(way.strategy, []).append(way)
    for strategy, group in groups.items():
        style = theme.style(strategy)
        figure.add_scatter(
            x=[way.trained for way in group],
            y=[way.reached.mean for way in group],
            error_y={"array": [w.reached.half for w in group], "width": 4},
            text=plain([way.name for way in group]),
            textposition=PLACES.get(strategy, "top center"),
            cliponaxis=False,
            mode="lines+markers+text",
            line={"color": style.colour, "dash": style.dash},
            marker={"symbol": style.marker, "size": 10},
            hovertemplate=say(
                "%{text} trains %{x:,} numbers and reads %{y:.1%}"
                "<extra></extra>"
            ),
        )
    title = say("{domain} accuracy (share)", domain=say(domain))
    theme.dress(figure, say("trained numbers (logarithmic)"), title, 440)
    figure.update_layout(showlegend=False, hovermode="closest")
    least, most = (f(way.trained for way in ways) for f in (min, max))
    span = [math.log10(least / 1.6), math.log10(most * 1.6)]
    figure.update_xaxes(type="log", range=span, dtick=1)
    figure.update_yaxes(tickformat=".0%")
    return figure


def ranks(layers: Sequence[Mapping[str, Any]]) -> go.Figure:
    """The share of a change's square that its best approximation of a rank
    keeps, layer by layer; dotted, that of random matrices."""
    figure = go.Figure()
    for place, layer in enumerate(layers):
        colour, dash = theme.series(place)
        (name,) = plain([str(layer["layer"])])
        d, k = layer["shape"]
        lines = {
            f"{name}, {d} × {k}": (layer["keeps"], dash, 2),
            say("{name}, by chance", name=name): (layer["chance"], "dot", 1),
        }
        for said, (shares, pattern, width) in lines.items():
            figure.add_scatter(
                x=list(range(1, min(len(shares), MOST) + 1)),
                y=list(shares[:MOST]),
                name=said,
                showlegend=width == 2,
                mode="lines",
                line={"color": colour, "dash": pattern, "width": width},
                hovertemplate=say(
                    "{said}: rank %{{x}} keeps %{{y:.0%}}<extra></extra>",
                    said=said,
                ),
            )
    theme.dress(figure, say("rank"), say("share of |ΔW|² that is kept"), 400)
    figure.update_layout(hovermode="closest")
    return theme.shares(figure)


def shapes(d: int, k: int, rank: int) -> go.Figure:
    """W0 (d, k), B (d, r) and A (r, k) as rectangles of one scale."""
    unit = BOX / max(d, k)
    wide, tall, thin = k * unit, d * unit, max(rank * unit, 0.6)
    left, gap = wide + 14, 8
    boxes = (
        (say("W₀, frozen"), f"{d:,} × {k:,}", 0, 0, wide, tall, theme.NEUTRAL),
        ("B", f"{d:,} × {rank}", left, 0, thin, tall, theme.COLOURS[0]),
        ("A", f"{rank} × {k:,}", left + thin + gap, tall - thin, wide, thin)
        + (theme.COLOURS[1],),
    )
    figure = go.Figure()
    for name, size, x, y, w, h, colour in boxes:
        figure.add_scatter(
            x=[x, x + w, x + w, x, x],
            y=[y, y, y + h, y + h, y],
            fill="toself",
            fillcolor=theme.tint(colour, 0.35),
            line={"color": colour, "width": 2},
            mode="lines",
            name=f"{name}: {size}",
            hoveron="fills",
            text=say("{name} is {size}", name=name, size=size),
            hovertemplate="%{text}<extra></extra>",
        )
    theme.dress(figure, say("columns (to scale)"), say("rows (to scale)"), 300)
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(showticklabels=False, showgrid=False)
    figure.update_yaxes(showticklabels=False, showgrid=False, scaleanchor="x")
    return figure


def switched(bars: Mapping[str, Interval], lit: str) -> go.Figure:
    """Accuracies with 95 % intervals; the bar under the name `lit` stands
    out."""
    figure = go.Figure()
    for name, span in bars.items():
        shade = 0.9 if name == lit else 0.35
        (said,) = plain([name])
        figure.add_bar(
            x=[f"{said}<br>{span.mean:.1%}"],
            y=[span.mean],
            error_y={"array": [span.half], "width": 6, "color": theme.NEUTRAL},
            name=said,
            marker_color=theme.tint(theme.SOURCE, shade),
            hovertemplate=say(
                "{said}: %{{y:.1%}} of the source<extra></extra>", said=said
            ),
        )
    theme.dress(figure, say("network"), say("source accuracy (share)"), 340)
    figure.update_layout(showlegend=False, hovermode="closest")
    return theme.shares(figure)
