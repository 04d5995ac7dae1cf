"""Which weights the source needs: how unevenly, where, and who else does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from tl_core.figures import theme
from tl_core.texts import say

UNIT = say("sum of F (nats per weight²)")


def lorenz_curves(
    curves: np.ndarray, names: Sequence[str], ginis: Sequence[float]
) -> go.Figure:
    """Lorenz curves (n, points), shares of the sum that the least important
    0 to 100 % of the weights hold, with the Gini coefficient of each."""
    figure = go.Figure()
    shares = np.linspace(0, 1, curves.shape[1])
    _add_all_alike(figure)
    for index, (name, gini) in enumerate(zip(names, ginis, strict=True)):
        colour, dash = theme.series(index)
        figure.add_scatter(
            x=shares,
            y=curves[index],
            name=say("{name} (Gini {gini:.2f})", name=name, gini=gini),
            mode="lines",
            line={"color": colour, "dash": dash, "width": 2},
            hovertemplate=say(
                "The least important %{{x:.0%}} of {name} hold %{{y:.1%}} of "
                "its importance<extra></extra>",
                name=name,
            ),
        )
    theme.dress(
        figure,
        say("share of the weights, least important first"),
        say("share of the importance"),
    )
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(range=[0, 1], tickformat=".0%")
    return theme.shares(figure)


def _add_all_alike(figure: go.Figure) -> None:
    """The diagonal, on which every weight is as important."""
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        name=say("all alike"),
        line={"color": theme.NEUTRAL, "dash": "dot", "width": 1},
        hoverinfo="skip",
    )


def stage_bars(
    importance: Mapping[str, float], size: Mapping[str, float]
) -> go.Figure:
    """Each stage's share of the whole importance beside its share of the
    weights."""
    figure = go.Figure()
    bars = (
        (say("importance"), importance, theme.COLOURS[0]),
        (say("weights"), size, theme.NEUTRAL),
    )
    for what, shares, colour in bars:
        figure.add_bar(
            x=list(shares),
            y=list(shares.values()),
            name=say("share of the {what}", what=what),
            marker_color=colour,
            hovertemplate=say(
                "%{{x}} has %{{y:.1%}} of the {what}<extra></extra>", what=what
            ),
        )
    theme.dress(figure, say("stage"), say("share"), 280)
    figure.update_xaxes(type="category")
    return theme.shares(figure)


def overlap_bars(overlaps: Mapping[str, float]) -> go.Figure:
    """Stage by stage, how far two tasks need the same weights: 0 no weight
    in common, 1 the same in the same proportions."""
    figure = go.Figure()
    figure.add_bar(
        x=list(overlaps),
        y=list(overlaps.values()),
        marker_color=theme.COLOURS[1],
        hovertemplate=say(
            "In %{x} the two tasks' importances overlap to "
            "%{y:.2f} of 1<extra></extra>"
        ),
    )
    theme.dress(
        figure, say("stage"), say("overlap of importances (0 to 1)"), 260
    )
    figure.update_xaxes(type="category")
    figure.update_yaxes(range=[0, 1.02])
    return figure


def channel_map(pairs: np.ndarray) -> go.Figure:
    """Importance (out, in) of a layer's connections between channels, summed
    over the kernel, on a logarithmic scale."""
    floor = max(float(pairs.max()), 1e-30) * 1e-6
    figure = go.Figure(
        go.Heatmap(
            z=np.log10(np.maximum(pairs, floor)),
            customdata=pairs,
            colorscale="Cividis",
            colorbar={"title": say("log10 F")},
            hovertemplate=say(
                "Output channel %{y} needs input channel %{x} with "
                "an importance of %{customdata:.3g}<extra></extra>"
            ),
        )
    )
    theme.dress(figure, say("input channel"), say("output channel"), 360)
    figure.update_layout(hovermode="closest")
    figure.update_yaxes(autorange="reversed")
    return figure


def traces(rows: Sequence[Mapping[str, float]]) -> go.Figure:
    """The sums of the exact and of the empirical Fisher diagonal over source
    training, both axes logarithmic."""
    figure = go.Figure()
    names = {
        "exact": (say("exact"), say("exact: y as the model says")),
        "empirical": (say("empirical"), say("empirical: y as labelled")),
    }
    for index, (key, (kind, name)) in enumerate(names.items()):
        colour, dash = theme.series(index)
        figure.add_scatter(
            x=[row["step"] for row in rows],
            y=[row[key] for row in rows],
            name=name,
            mode="lines+markers",
            line={"color": colour, "dash": dash, "width": 2},
            hovertemplate=say(
                "After %{{x}} steps the {kind} diagonal sums to "
                "%{{y:.3g}}<extra></extra>",
                kind=kind,
            ),
        )
    theme.dress(figure, say("step of source training"), UNIT, 320)
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(type="log", dtick=1)
    figure.update_yaxes(type="log", dtick=1)
    return figure


def gini(curve: np.ndarray) -> float:
    """Twice the area between a Lorenz curve and the diagonal."""
    return float(1 - 2 * np.trapezoid(curve, dx=1 / (len(curve) - 1)))
