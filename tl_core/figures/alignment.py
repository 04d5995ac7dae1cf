"""Domains brought together: who gains, and how far apart they were."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from tl_core.analysis.intervals import Interval
from tl_core.figures import theme
from tl_core.figures.maps import Arrays, add_samples, plain
from tl_core.texts import say

ROW, APART = 62, 0.13
"""Pixels of a pair, and rows between two strategies of it."""


def over_pairs(
    found: Mapping[str, Mapping[str, Interval]], titles: Mapping[str, str]
) -> go.Figure:
    """Target accuracy (means with 95 % intervals) of strategies, by pair:
    one row a pair, a mark a strategy."""
    figure = go.Figure()
    keys = dict.fromkeys(key for row in found.values() for key in row)
    for place, key in enumerate(keys):
        rows = [n for n, row in enumerate(found.values()) if key in row]
        spans = [row[key] for row in found.values() if key in row]
        style, (title,) = theme.style(key), plain([titles.get(key, key)])
        beside = APART * (place - (len(keys) - 1) / 2)
        figure.add_scatter(
            x=[span.mean for span in spans],
            y=[row + beside for row in rows],
            error_x={"array": [s.half for s in spans], "width": 3},
            mode="markers",
            name=title,
            marker={"color": style.colour, "symbol": style.marker, "size": 9},
            hovertemplate=say(
                "{title} reads %{{x:.1%}} of the target<extra></extra>",
                title=title,
            ),
        )
    height = 120 + ROW * len(found)
    theme.dress(figure, say("target accuracy (share)"), "", height)
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(range=[0, 1.02], tickformat=".0%")
    figure.update_yaxes(
        tickvals=list(range(len(found))),
        ticktext=plain(list(found)),
        range=[len(found) - 0.4, -0.6],
        showgrid=False,
    )
    return figure


def laws(
    z: np.ndarray,
    densities: Mapping[str, np.ndarray],
    witness: np.ndarray,
) -> go.Figure:
    """Densities of source and target over z (g,), and the witness (g,) on an
    axis of its own."""
    figure = go.Figure()
    for domain, density in densities.items():
        figure.add_scatter(
            x=z,
            y=density,
            name=say(domain),
            fill="tozeroy",
            fillcolor=theme.tint(theme.DOMAINS[domain], 0.15),
            line={
                "color": theme.DOMAINS[domain],
                "dash": theme.DOMAIN_DASH[domain],
            },
            hovertemplate=say(
                "{domain}: a density of %{{y:.2f}}<extra></extra>",
                domain=say(domain),
            ),
        )
    figure.add_scatter(
        x=z,
        y=witness,
        name=say("witness f"),
        line={"color": theme.COLOURS[0], "width": 3},
        hovertemplate=say("Here f is %{y:+.3f}<extra></extra>"),
    )
    theme.dress(figure, "z", say("density, and f"), 340)
    return figure


def estimates(
    found: Mapping[str, np.ndarray], truth: float, titles: Mapping[str, str]
) -> go.Figure:
    """Repeated estimates (draws,) under a name each, and the true value."""
    figure = go.Figure()
    for place, (name, values) in enumerate(found.items()):
        colour, _ = theme.series(place)
        figure.add_box(
            x=values,
            name=titles.get(name, name),
            marker_color=colour,
            boxmean=True,
            boxpoints=False,
            hoverinfo="x",
        )
    figure.add_vline(
        x=truth,
        line={"color": theme.NEUTRAL, "dash": "dash"},
        annotation_text=say("truth"),
    )
    theme.dress(figure, say("estimate of MMD²"), "", 280)
    figure.update_layout(showlegend=False)
    return figure


def witness_map(
    axis: np.ndarray, f: np.ndarray, samples: Mapping[str, np.ndarray]
) -> go.Figure:
    """The witness f (g, g), row y, over the plane, with samples (n, 2)."""
    most = float(np.abs(f).max()) or 1.0
    figure = go.Figure(
        go.Contour(
            x=axis,
            y=axis,
            z=f,
            zmin=-most,
            zmax=most,
            colorscale=[
                [0, theme.tint(theme.TARGET, 0.6)],
                [0.5, "rgba(128,128,128,0)"],
                [1, theme.tint(theme.SOURCE, 0.6)],
            ],
            contours={"coloring": "heatmap"},
            line={"width": 0.5, "color": theme.NEUTRAL},
            colorbar={"title": "f(z)"},
            hovertemplate=say("Here f is %{z:+.3f}<extra></extra>"),
        )
    )
    add_samples(figure, dict(samples))
    theme.dress(figure, "x", "y", height=440)
    figure.update_layout(hovermode="closest")
    figure.update_yaxes(scaleanchor="x", range=[-2, 2])
    figure.update_xaxes(range=[-2, 2])
    return figure


def by_kernel(arrays: Arrays) -> go.Figure:
    """MMD^2 under each kernel alone, before and after adaptation; dotted,
    what 95 % of random relabellings of the domains stay below."""
    figure = go.Figure()
    x = [f"{width:g}" for width in arrays["widths"]]
    for place, when in enumerate(("before", "after")):
        colour, dash = theme.series(place)
        title = say(when)
        shown = {
            title: (arrays[when], {"color": colour, "dash": dash}),
            say("{when}, by chance", when=title): (
                arrays[f"{when}_null"],
                {"color": colour, "dash": "dot", "width": 1},
            ),
        }
        for name, (values, line) in shown.items():
            figure.add_scatter(
                x=x,
                y=[float(value) for value in values],
                name=name,
                showlegend=name == title,
                mode="lines+markers" if name == title else "lines",
                line=line,
                marker={"symbol": theme.MARKERS[place], "size": 8},
                hovertemplate=say(
                    "{name}, this kernel finds an MMD² of "
                    "%{{y:.4f}}<extra></extra>",
                    name=name,
                ),
            )
    across = say("bandwidth² / median distance²")
    theme.dress(figure, across, say("MMD² of features (no unit)"), 280)
    return figure.update_xaxes(type="category")
