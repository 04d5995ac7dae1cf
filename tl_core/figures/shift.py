"""How far two domains lie apart, drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from tl_core.card_words import word
from tl_core.figures import theme
from tl_core.texts import say


def histogram(data: Mapping[str, Any], x: str) -> go.Figure:
    """Shares of source and target values in common bins; `x` titles them."""
    figure = go.Figure()
    edges = data["edges"]
    middles = (edges[:-1] + edges[1:]) / 2
    for name, colour in theme.DOMAINS.items():
        figure.add_scatter(
            x=middles,
            y=data[name],
            name=say(name),
            mode="lines",
            line={
                "color": colour,
                "dash": theme.DOMAIN_DASH[name],
                "shape": "hvh",
                "width": 2,
            },
            fill="tozeroy",
            fillcolor=theme.tint(colour, 0.15),
            hovertemplate=say(
                "%{{y:.1%}} of the {name}'s values lie here<extra></extra>",
                name=say(name),
            ),
        )
    theme.dress(figure, x, say("share of values"), height=240)
    figure.update_yaxes(tickformat=".0%", rangemode="tozero")
    return figure


def distances(mmd: Mapping[str, Mapping[str, float]]) -> go.Figure:
    """Unbiased MMD^2 by stage, with what 95 % of random relabellings stay
    below: a bar beyond its mark is a difference that chance does not make."""
    figure = go.Figure()
    stages = list(mmd)
    figure.add_bar(
        x=stages,
        y=[mmd[stage]["value"] for stage in stages],
        marker_color=theme.TARGET,
        name=say("MMD²"),
        hovertemplate=say(
            "In %{x} the domains lie an MMD² of %{y:.4f} apart<extra></extra>"
        ),
    )
    figure.add_scatter(
        x=stages,
        y=[mmd[stage]["null"] for stage in stages],
        mode="markers",
        name=say("95 % of relabellings"),
        marker={
            "symbol": "line-ew-open",
            "size": 34,
            "color": theme.NEUTRAL,
            "line": {"width": 3},
        },
        hovertemplate=say(
            "Chance stays below %{y:.4f} in 95 % of relabellings"
            "<extra></extra>"
        ),
    )
    return theme.dress(
        figure, say("stage of the source model"), say("MMD² (no unit)"), 240
    )


def named(knob: str) -> str:
    """A knob of the shift by its name; of none, that there is no shift."""
    return word(knob) if knob else say("no shift")


def accuracy_against_mmd(
    points: Sequence[Mapping[str, Any]],
    now: tuple[float, float] | None = None,
) -> go.Figure:
    """Each shift as a dot: how far the features moved, and how much of the
    target the source model still reads; `now` (MMD², accuracy) stands out."""
    figure = go.Figure()
    knobs = dict.fromkeys(point["knob"] for point in points)
    for index, knob in enumerate(knobs):
        mine = [point for point in points if point["knob"] == knob]
        figure.add_scatter(
            x=[point["mmd"] for point in mine],
            y=[point["accuracy"] for point in mine],
            name=named(knob),
            mode="markers",
            marker={
                "color": theme.COLOURS[index % len(theme.COLOURS)],
                "symbol": theme.MARKERS[index // 2 % len(theme.MARKERS)],
                "size": 9,
            },
            text=[f"{named(knob)} {p['value']:g}" for p in mine],
            hovertemplate=say(
                "With %{text} it reads %{y:.1%} of the target, at "
                "an MMD² of %{x:.3f}<extra></extra>"
            ),
        )
    if now is not None:
        _ring(figure, *now)
    title = say("MMD² of the deepest features (no unit)")
    theme.dress(figure, title, say("target accuracy (share)"), 380)
    figure.update_layout(hovermode="closest")
    return theme.shares(figure)


def _ring(figure: go.Figure, mmd: float, accuracy: float) -> None:
    figure.add_scatter(
        x=[mmd],
        y=[accuracy],
        name=say("your shift"),
        mode="markers",
        marker={
            "symbol": "circle-open",
            "size": 20,
            "color": theme.TARGET,
            "line": {"width": 4},
        },
        hovertemplate=say(
            "With your shift it reads %{y:.1%} of the target, at "
            "an MMD² of %{x:.3f}<extra></extra>"
        ),
    )
