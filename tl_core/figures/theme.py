"""One look for every chart: colours, dashes, axes.

Colours are chosen to stand out on white and on near-black alike (contrast of
at least 3 to 1 with both) and to stay apart for colour-blind readers; a dash
or a marker always says the same thing again. Text and grid follow the
page's light or dark theme.
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import plotly.graph_objects as go

SOURCE = "#0072B2"
TARGET = "#D55E00"
DOMAINS = {"source": SOURCE, "target": TARGET}
DOMAIN_DASH = {"source": "dash", "target": "solid"}
DOMAIN_MARKER = {"source": "circle", "target": "diamond"}
NEUTRAL = "#808080"
MARGIN = {"l": 10, "r": 14, "t": 36, "b": 10}
LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}


@dataclass(frozen=True)
class Style:
    """How a strategy is drawn, the same on every page."""

    colour: str
    dash: str
    marker: str


STRATEGIES = {
    "source_only": Style("#808080", "dot", "x"),
    "adabn": Style("#A6761D", "dash", "square"),
    "mmd": Style("#008F68", "solid", "circle"),
    "dann": Style("#7B68C8", "solid", "diamond"),
    "oracle": Style("#C0619A", "dashdot", "star"),
    "scratch": Style("#808080", "longdash", "cross"),
    "linear_probe": Style("#17899B", "dash", "triangle-up"),
    "full": Style("#B5562B", "solid", "pentagon"),
    "partial": Style("#B5562B", "dash", "triangle-down"),
    "transplant": Style("#17899B", "longdash", "pentagon"),
    "discriminative_lr": Style("#B5562B", "dot", "triangle-left"),
    "lp_ft": Style("#B5562B", "dashdot", "triangle-right"),
    "gradual": Style("#B5562B", "longdash", "hexagon"),
    "bitfit": Style("#17899B", "dot", "square"),
    "lora": Style("#17899B", "solid", "diamond"),
    "prefix": Style("#17899B", "dashdot", "circle"),
    "prompt": Style("#17899B", "longdash", "star"),
    "l2sp": Style("#A6761D", "dot", "triangle-up"),
    "ewc": Style("#A6761D", "solid", "circle"),
    "joint": Style("#C0619A", "solid", "square"),
    "coral": Style("#008F68", "dash", "cross"),
    "cdan": Style("#7B68C8", "dash", "pentagon"),
}
COLOURS = ("#008F68", "#7B68C8", "#A6761D", "#C0619A", "#17899B", "#B5562B")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
MARKERS = ("circle", "square", "diamond", "triangle-up", "cross", "star")


def style(strategy: str) -> Style:
    """A strategy's style; one not listed gets one from its name."""
    if strategy in STRATEGIES:
        return STRATEGIES[strategy]
    number = crc32(strategy.encode())
    return Style(
        COLOURS[number % len(COLOURS)],
        DASHES[number // 7 % len(DASHES)],
        MARKERS[number // 49 % len(MARKERS)],
    )


def series(index: int) -> tuple[str, str]:
    """Colour and dash of the index-th unnamed line of a chart."""
    return COLOURS[index % len(COLOURS)], DASHES[index % len(DASHES)]


def tint(colour: str, opacity: float) -> str:
    """A colour "#rrggbb" made transparent."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def dress(figure: go.Figure, x: str, y: str, height: int = 320) -> go.Figure:
    """Titles with units on the axes, a legend above, quiet margins.

    `uirevision` keeps a reader's zoom while a live chart grows.
    """
    layout = figure.layout
    # One by one: `update_layout` takes three times as long, on every chart.
    layout.height, layout.hovermode = height, "x unified"
    layout.uirevision, layout.transition.duration = "keep", 0
    for part, values in ((layout.margin, MARGIN), (layout.legend, LEGEND)):
        for name, value in values.items():
            part[name] = value
    for axes, title in (
        (figure.select_xaxes(), x),
        (figure.select_yaxes(), y),
    ):
        for axis in axes:
            axis.title.text, axis.zeroline = title, False
            axis.automargin = True
    return figure


def shares(figure: go.Figure) -> go.Figure:
    """A y axis of shares from 0 to 100 %."""
    figure.update_yaxes(range=[0, 1.02], tickformat=".0%")
    return figure
