"""What stages know, from shallow to deep."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from tl_core.figures import theme
from tl_core.texts import say

READ = {
    "source": say("source, by a probe of its own"),
    "target": say("target, by a probe of its own"),
    "across": say("target, by the source's probe"),
}
"""Which probe reads whom."""


def probe_curves(
    found: Mapping[str, Mapping[str, float]], chance: float | None = None
) -> go.Figure:
    """Accuracy of linear probes (shares) by stage; `chance` is that of one
    who knows no sample, where it is known."""
    figure = go.Figure()
    if chance is not None:
        figure.add_hline(
            y=chance,
            line={"width": 1, "dash": "dot", "color": theme.NEUTRAL},
            annotation_text=say("chance"),
        )
    for key, name in READ.items():
        rows = {s: row[key] for s, row in found.items() if key in row}
        if not rows:
            continue
        domain = "source" if key == "source" else "target"
        dash = "dot" if key == "across" else theme.DOMAIN_DASH[domain]
        figure.add_scatter(
            x=list(rows),
            y=list(rows.values()),
            name=name,
            mode="lines+markers",
            line={"color": theme.DOMAINS[domain], "dash": dash},
            marker={"symbol": theme.DOMAIN_MARKER[domain], "size": 8},
            hovertemplate=say(
                "From %{{x}}, {name}: %{{y:.1%}} read rightly<extra></extra>",
                name=name,
            ),
        )
    theme.dress(figure, say("stage, shallow to deep"), say("accuracy (share)"))
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(type="category")
    return theme.shares(figure)


def domain_bars(found: Mapping[str, Mapping[str, float]]) -> go.Figure:
    """The proxy A-distance of the domains by stage: 2 where a line tells them
    apart, 0 where none does."""
    figure = go.Figure()
    figure.add_bar(
        x=list(found),
        y=[row["a_distance"] for row in found.values()],
        marker_color=theme.TARGET,
        hovertemplate=say(
            "At %{x} the domains are %{y:.2f} apart, of at most 2"
            "<extra></extra>"
        ),
    )
    theme.dress(
        figure, say("stage, shallow to deep"), say("A-distance (0 to 2)"), 240
    )
    figure.update_xaxes(type="category")
    figure.update_yaxes(range=[0, 2.05])
    return figure
