"""Domains brought together: who gains, and how far apart they were."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from tl_core.analysis.intervals import Interval
from tl_core.figures import theme
from tl_core.figures.maps import Arrays, add_samples, plain

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
            hovertemplate=f"{title} reads %{{x:.1%}} of the target"
            "<extra></extra>",
        )
    height = 120 + ROW * len(found)
    theme.dress(figure, "target accuracy (share)", "", height)
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
            name=domain,
            fill="tozeroy",
            fillcolor=theme.tint(theme.DOMAINS[domain], 0.15),
            line={
                "color": theme.DOMAINS[domain],
                "dash": theme.DOMAIN_DASH[domain],
            },
            hovertemplate=f"{domain}: a density of %{{y:.2f}}<extra></extra>",
        )
    figure.add_scatter(
        x=z,
        y=witness,
        name="witness f",
        line={"color": theme.COLOURS[0], "width": 3},
        hovertemplate="Here f is %{y:+.3f}<extra></extra>",
    )
    theme.dress(figure, "z", "density, and f", 340)
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
        annotation_text="truth",
    )
    theme.dress(figure, "estimate of MMD²", "", 280)
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
            hovertemplate="Here f is %{z:+.3f}<extra></extra>",
        )
    )
    add_samples(figure, dict(samples))
    theme.dress(figure, "x", "y", height=440)
    figure.update_layout(hovermode="closest")
    figure.update_yaxes(scaleanchor="x", range=[-2, 2])
    figure.update_xaxes(range=[-2, 2])
    return figure


def ramp() -> go.Figure:
    """Ganin's lambda(p) = 2 / (1 + exp(-10 p)) - 1."""
    p = np.linspace(0, 1, 101)
    figure = go.Figure()
    figure.add_scatter(
        x=p,
        y=2 / (1 + np.exp(-10 * p)) - 1,
        line={"color": theme.style("dann").colour},
        hovertemplate="At %{x:.0%} of the steps λ is %{y:.2f}<extra></extra>",
    )
    theme.dress(figure, "share of the steps", "λ, as a share of its end", 260)
    figure.update_xaxes(tickformat=".0%")
    return figure


def confusion_loss(steps: Sequence[int], values: Sequence[float]) -> go.Figure:
    """The domain classifier's loss (nats) over steps, beside ln 2."""
    figure = go.Figure()
    figure.add_scatter(
        x=list(steps),
        y=list(values),
        line={"color": theme.style("dann").colour},
        hovertemplate="A loss of %{y:.3f} nats<extra></extra>",
    )
    figure.add_hline(
        y=math.log(2),
        line={"color": theme.NEUTRAL, "dash": "dash"},
        annotation_text="ln 2: guessing",
    )
    return theme.dress(figure, "adaptation step", "domain loss (nats)", 260)


def fresh(steps: Sequence[int], values: Sequence[float]) -> go.Figure:
    """The proxy A-distance in [0, 2] of the last stage over steps, by a
    classifier that is fitted afresh each time."""
    figure = go.Figure()
    figure.add_scatter(
        x=list(steps),
        y=list(values),
        mode="lines+markers",
        line={"color": theme.style("dann").colour},
        hovertemplate="A fresh classifier puts them %{y:.2f} of 2 apart"
        "<extra></extra>",
    )
    theme.dress(figure, "adaptation step", "A-distance (0 to 2)", 260)
    figure.update_yaxes(range=[-0.05, 2.05])
    return figure


def who_tells(found: Arrays) -> go.Figure:
    """Over the steps: how many labels are read rightly, and how many domains
    are told, by the domain classifier and by fresh nearest neighbours."""
    figure = go.Figure()
    lines = {
        "source": ("source labels", theme.SOURCE, "dash"),
        "target": ("target labels", theme.TARGET, "solid"),
        "classifier": ("domains, by the classifier", theme.NEUTRAL, "dot"),
        "fresh": ("domains, by fresh neighbours", theme.COLOURS[3], "dashdot"),
    }
    for key, (said, colour, dash) in lines.items():
        figure.add_scatter(
            x=found["steps"].tolist(),
            y=[round(float(v), 4) for v in found[key]],
            name=said,
            mode="lines",
            line={"color": colour, "dash": dash},
            hovertemplate=f"{said}: %{{y:.1%}}<extra></extra>",
        )
    figure.add_hline(y=0.5, line={"color": theme.NEUTRAL, "width": 1})
    theme.dress(figure, "step", "share of test points", 280)
    figure.update_yaxes(range=[0.4, 1.02], tickformat=".0%")
    return figure


def by_kernel(arrays: Arrays) -> go.Figure:
    """MMD^2 under each kernel alone, before and after adaptation; dotted,
    what 95 % of random relabellings of the domains stay below."""
    figure = go.Figure()
    x = [f"{width:g}" for width in arrays["widths"]]
    for place, when in enumerate(("before", "after")):
        colour, dash = theme.series(place)
        shown = {
            when: (arrays[when], {"color": colour, "dash": dash}),
            f"{when}, by chance": (
                arrays[f"{when}_null"],
                {"color": colour, "dash": "dot", "width": 1},
            ),
        }
        for name, (values, line) in shown.items():
            figure.add_scatter(
                x=x,
                y=[float(value) for value in values],
                name=name,
                showlegend=name == when,
                mode="lines+markers" if name == when else "lines",
                line=line,
                marker={"symbol": theme.MARKERS[place], "size": 8},
                hovertemplate=f"{name}, this kernel finds an MMD² of "
                "%{y:.4f}<extra></extra>",
            )
    title = "bandwidth² / median distance²"
    theme.dress(figure, title, "MMD² of features (no unit)", 280)
    return figure.update_xaxes(type="category")
