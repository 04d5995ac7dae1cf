"""BatchNorm's inputs and outputs in two domains, channel by channel."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from tl_core.figures import theme
from tl_core.figures.maps import plain
from tl_core.texts import say

Layers = Mapping[str, np.ndarray]
"""By layer: a number for each channel."""
WHOSE = {
    "running": say("the source's, as remembered"),
    "joint": say("of one batch of both"),
    "separate": say("of each domain by itself"),
}
"""Whose statistics normalise."""


def gaps(outputs: Mapping[str, Layers]) -> go.Figure:
    """How far the domains' mean outputs lie apart, one dot a channel, layer
    by layer, for each choice of statistics."""
    figure = go.Figure()
    for place, (whose, layers) in enumerate(outputs.items()):
        colour, _ = theme.series(place)
        said = WHOSE[whose]
        names = plain(list(layers))
        pairs = list(zip(names, layers.values(), strict=True))
        figure.add_box(
            x=[name for name, gap in pairs for _ in gap],
            y=[float(value) for _, gap in pairs for value in gap],
            name=said,
            marker={"color": colour, "size": 4},
            boxpoints="all",
            jitter=0.5,
            pointpos=0,
            line={"width": 1},
            fillcolor=theme.tint(colour, 0.15),
            hovertemplate=say(
                "with statistics {said}, a channel of %{{x}} gives "
                "%{{y:+.2f}} more on the target<extra></extra>",
                said=said,
            ),
        )
    title = say("mean output, target minus source")
    theme.dress(figure, say("BatchNorm layer"), title, 420)
    figure.update_layout(boxmode="group", hovermode="closest")
    return figure
