"""A figure as still SVG: no charting code has to reach the browser first.

It draws what our line and dot charts are made of: scatter traces with lines,
bands, markers, horizontal error bars and text, on axes of numbers or of
names. Text and grid take the colour of the page, light or dark.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import plotly.graph_objects as go

from tl_core.figures.marks import mark

DASHES = {
    "solid": "",
    "dash": "9 5",
    "dot": "2 4",
    "dashdot": "9 4 2 4",
    "longdash": "15 5",
}
NAMESPACE = "http://www.w3.org/2000/svg"
TOP, BOTTOM, LETTER = 28, 46, 7.2
"""Pixels above and below the plot; width of an average letter."""


@dataclass(frozen=True)
class Frame:
    """Where the plot lies, and the ranges of its axes."""

    left: float
    right: float
    top: float
    bottom: float
    x: tuple[float, float]
    y: tuple[float, float]

    def px(self, value: float) -> float:
        """Pixels from the left for a value on the x axis."""
        low, high = self.x
        share = (value - low) / (high - low)
        return round(self.left + share * (self.right - self.left), 1)

    def py(self, value: float) -> float:
        """Pixels from the top for a value on the y axis."""
        low, high = self.y
        share = (value - low) / (high - low)
        return round(self.bottom - share * (self.bottom - self.top), 1)


def draw(figure: go.Figure, width: int, height: int, alt: str) -> str:
    """The figure as an <svg> of `width` x `height` units that scales with
    its place; `alt` says in words what it shows."""
    traces, layout = figure.data, figure.layout
    rows = _rows(traces)
    labels = {} if rows else _ends(traces)
    longest = max((len(name) for name in labels), default=0)
    left = 12 + LETTER * max((len(name) for name in rows), default=5)
    right = width - 16 - LETTER * longest
    span = (-0.6, len(rows) - 0.4) if rows else tuple(layout.yaxis.range)
    frame = Frame(
        left, right, TOP, height - BOTTOM, tuple(layout.xaxis.range), span
    )
    parts = [*_axes(frame, layout, rows)]
    for trace in traces:
        parts += _trace(frame, trace, rows)
    parts += _labels(frame, labels)
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(alt, quote=True)}" fill="currentColor" '
        'style="width:100%;height:auto;font-size:14px;display:block">'
        f"{''.join(parts)}</svg>"
    )


def document(figure: go.Figure, width: int, height: int, alt: str) -> str:
    """The same as a file of its own: dark letters on white."""
    drawn = draw(figure, width, height, alt)
    look = "background:#ffffff;color:#1f2933;font-family:sans-serif;"
    return drawn.replace(
        "<svg ", f'<svg xmlns="{NAMESPACE}" width="{width}" ', 1
    ).replace('style="', f'style="{look}', 1)


def _rows(traces: Sequence[Any]) -> list[str]:
    """The names on a y axis of names, bottom to top; [] for numbers."""
    found: list[str] = []
    for trace in traces:
        for value in trace.y:
            if isinstance(value, str) and value not in found:
                found.append(value)
    return found


def _ends(traces: Sequence[Any]) -> dict[str, tuple[float, float, str]]:
    """Each named line's last point and colour."""
    return {
        trace.name: (trace.x[-1], trace.y[-1], trace.line.color)
        for trace in traces
        if trace.name and trace.fill is None and len(trace.x)
    }


def _axes(frame: Frame, layout: Any, rows: list[str]) -> list[str]:
    parts = []
    for value in ticks(*frame.x):
        x, text = frame.px(value), number(value, layout.xaxis.tickformat)
        parts.append(_line(x, frame.top, x, frame.bottom, ' opacity=".14"'))
        parts.append(_text(x, frame.bottom + 19, text, "middle"))
    places: list[tuple[float, str]] = list(enumerate(rows)) or [
        (value, number(value, layout.yaxis.tickformat))
        for value in ticks(*frame.y)
    ]
    for value, text in places:
        y = frame.py(value)
        parts.append(_line(frame.left, y, frame.right, y, ' opacity=".14"'))
        parts.append(_text(frame.left - 8, y + 5, str(text), "end"))
    middle = (frame.left + frame.right) / 2
    title = layout.xaxis.title.text or ""
    parts.append(_text(middle, frame.bottom + 40, title, "middle"))
    parts.append(_text(4, 14, layout.yaxis.title.text or "", "start"))
    return parts


def ticks(low: float, high: float) -> list[float]:
    """Four to eight round numbers within [low, high]."""
    size = 10.0 ** math.floor(math.log10(high - low))
    # Of 1, 2 and 5 times a power of ten, the largest that gives four.
    step = next(
        s * size for s in (1, 0.5, 0.2, 0.1) if (high - low) // (s * size) >= 3
    )
    first, last = math.ceil(low / step), math.floor(high / step)
    return [step * k for k in range(first, last + 1)]


def number(value: float, form: str | None) -> str:
    """A tick's text: a percentage or a plain number."""
    return f"{value:.0%}" if form and "%" in form else f"{value:g}"


def _trace(frame: Frame, trace: Any, rows: list[str]) -> list[str]:
    ys = [rows.index(y) if rows else y for y in trace.y]
    points = [
        (frame.px(x), frame.py(y)) for x, y in zip(trace.x, ys, strict=True)
    ]
    colour = trace.line.color or trace.marker.color or "currentColor"
    if trace.fill:
        shape = " ".join(f"{x},{y}" for x, y in points)
        return [f'<polygon points="{shape}" fill="{trace.fillcolor}"/>']
    parts, mode = [], trace.mode or "lines"
    if "lines" in mode:
        shape = " ".join(f"{x},{y}" for x, y in points)
        dash = DASHES[trace.line.dash or "solid"]
        parts.append(
            f'<polyline points="{shape}" fill="none" stroke="{colour}" '
            f'stroke-width="2.5" stroke-dasharray="{dash}"/>'
        )
    if trace.error_x.array is not None:
        parts += _errors(frame, trace, points, colour)
    if "markers" in mode:
        parts += _dots(trace, points, colour)
    if "text" in mode:
        for (x, y), text in zip(points, trace.text, strict=True):
            parts.append(_text(x, y - 13, text, "middle"))
    return parts


def _errors(
    frame: Frame,
    trace: Any,
    points: list[tuple[float, float]],
    colour: str,
) -> list[str]:
    look = f' style="stroke:{colour};stroke-width:3"'
    parts = []
    for (_, y), x, half in zip(
        points, trace.x, trace.error_x.array, strict=True
    ):
        low, high = frame.px(x - half), frame.px(x + half)
        parts.append(_line(low, y, high, y, look))
        parts += [_line(end, y - 5, end, y + 5, look) for end in (low, high)]
    return parts


def _dots(
    trace: Any, points: list[tuple[float, float]], colour: str
) -> list[str]:
    radius = (trace.marker.size or 6) / 2
    opacity = trace.marker.opacity or 1
    # On a crowded line a mark at every point would hide it.
    every = max(1, len(points) // 8) if "lines" in (trace.mode or "") else 1
    form = trace.marker.symbol or "circle"
    hints = _hints(trace, len(points))
    return [
        f'<g opacity="{opacity}" fill="{colour}">'
        f"<title>{escape(hints[k])}</title>{mark(form, *points[k], radius)}"
        "</g>"
        for k in range(0, len(points), every)
    ]


def _hints(trace: Any, n: int) -> list[str]:
    name = f"{trace.name}: " if trace.name else ""
    across = isinstance(trace.y[0], str)
    values = trace.x if across else trace.y
    return [f"{name}{values[k]:.1%}" for k in range(n)]


def _labels(
    frame: Frame, ends: dict[str, tuple[float, float, str]]
) -> list[str]:
    """Names beside the ends of their lines, moved apart where they touch."""
    parts, lowest = [], frame.bottom + 4
    ordered = sorted(ends.items(), key=lambda item: item[1][1])
    room = 17.0
    for place, (name, (x, y, colour)) in enumerate(ordered):
        lowest = min(lowest - (room if place else 0), frame.py(y) + 5)
        parts.append(
            f'<g style="fill:{colour};font-weight:600">'
            f"{_text(frame.px(x) + 8, lowest, name, 'start')}</g>"
        )
    return parts


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
        f"{escape(text)}</text>"
    )


def _line(x1: float, y1: float, x2: float, y2: float, look: str) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="currentColor"{look}/>'
    )
