"""Tasks: how often each class occurs, and which old class is which new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from tl_core.figures import theme
from tl_core.figures.maps import plain
from tl_core.texts import say

NOTHING = say("nothing fits")


def proportions(
    shares: Mapping[str, Sequence[float]], classes: Sequence[str]
) -> go.Figure:
    """The share of each class in both domains, side by side."""
    figure = go.Figure()
    for domain, values in shares.items():
        shape = "" if domain == "source" else "/"
        figure.add_bar(
            x=plain(classes),
            y=list(values),
            name=say(domain),
            marker={
                "color": theme.DOMAINS[domain],
                "pattern": {"shape": shape},
            },
            hovertemplate=say(
                "%{{y:.1%}} of the {domain} is of class %{{x}}<extra></extra>",
                domain=say(domain),
            ),
        )
    theme.dress(figure, say("class"), say("share of samples"), 240)
    figure.update_xaxes(type="category")
    return figure.update_yaxes(tickformat=".0%", rangemode="tozero")


def label_map(
    old: Sequence[str],
    new: Sequence[str],
    links: Sequence[tuple[str, str]],
) -> go.Figure:
    """The old head's classes on the left, the new one's on the right, and a
    line where an old class says which new one it is."""
    figure = go.Figure()
    left, right = _column(old), _column(new)
    x: list[float | None] = []
    y: list[float | None] = []
    for one, other in links:
        x += [0.06, 0.94, None]
        y += [left[one], right[other], None]
    figure.add_scatter(
        x=x or [None],
        y=y or [None],
        mode="lines",
        name=say("is always"),
        line={"color": theme.NEUTRAL, "width": 1.5},
        hoverinfo="skip",
    )
    _classes(figure, 0, left, "source")
    _classes(figure, 1, right, "target")
    if not links:
        figure.add_annotation(x=0.5, y=0.5, text=NOTHING, showarrow=False)
    theme.dress(figure, "", "", 330)
    figure.update_layout(hovermode="closest", showlegend=False)
    figure.update_xaxes(visible=False, range=[-0.7, 1.7])
    return figure.update_yaxes(visible=False, range=[-0.06, 1.06])


def _classes(
    figure: go.Figure, at: int, column: Mapping[str, float], domain: str
) -> None:
    """A head's classes, one above the other."""
    figure.add_scatter(
        x=[at] * len(column),
        y=list(column.values()),
        mode="markers+text",
        name=say("{domain} classes", domain=say(domain)),
        text=plain(list(column)),
        textposition="middle left" if at == 0 else "middle right",
        textfont={"size": 15},
        marker={
            "color": theme.DOMAINS[domain],
            "symbol": theme.DOMAIN_MARKER[domain],
            "size": 12,
        },
        hovertemplate=say(
            "%{{text}}, a class of the {domain}<extra></extra>",
            domain=say(domain),
        ),
    )


def _column(names: Sequence[str]) -> dict[str, float]:
    """Names from top to bottom within [0, 1]."""
    gaps = max(1, len(names) - 1)
    return {name: 1 - place / gaps for place, name in enumerate(names)}
