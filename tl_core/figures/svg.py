"""A figure as still SVG: no charting code has to reach the browser first.

It draws what our line and dot charts are made of: scatter traces with lines,
bands, markers, horizontal error bars and text, on axes of numbers or of
names. Text and grid take the colour of the page, light or dark.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go

from tl_core.figures import svg_names as names
from tl_core.figures.marks import mark
from tl_core.figures.svg_parts import Frame, line, text

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


def draw(figure: go.Figure, width: int, height: int, alt: str) -> str:
    """The figure as an <svg> of `width` x `height` units that scales with
    its place; `alt` says in words what it shows."""
    traces, layout = figure.data, figure.layout
    rows = _rows(traces)
    labels = {} if rows else names.ends(traces)
    longest = names.longest(labels, layout.xaxis.range)
    left = 12 + LETTER * max((len(name) for name in rows), default=5)
    right = width - 16 - LETTER * longest
    span = (-0.6, len(rows) - 0.4) if rows else tuple(layout.yaxis.range)
    frame = Frame(
        left, right, TOP, height - BOTTOM, tuple(layout.xaxis.range), span
    )
    parts = [*_axes(frame, layout, rows)]
    for trace in traces:
        parts += _trace(frame, trace, rows)
    parts += names.beside(frame, labels)
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


def _axes(frame: Frame, layout: Any, rows: list[str]) -> list[str]:
    parts = []
    for value in ticks(*frame.x):
        x, said = frame.px(value), number(value, layout.xaxis.tickformat)
        parts.append(line(x, frame.top, x, frame.bottom, ' opacity=".14"'))
        parts.append(text(x, frame.bottom + 19, said, "middle"))
    places: list[tuple[float, str]] = list(enumerate(rows)) or [
        (value, number(value, layout.yaxis.tickformat))
        for value in ticks(*frame.y)
    ]
    for value, said in places:
        y = frame.py(value)
        parts.append(line(frame.left, y, frame.right, y, ' opacity=".14"'))
        parts.append(text(frame.left - 8, y + 5, str(said), "end"))
    middle = (frame.left + frame.right) / 2
    title = layout.xaxis.title.text or ""
    parts.append(text(middle, frame.bottom + 40, title, "middle"))
    parts.append(text(4, 14, layout.yaxis.title.text or "", "start"))
    for shape in layout.shapes:
        if shape.x0 == shape.x1:
            x = frame.px(shape.x0)
            parts.append(line(x, frame.top, x, frame.bottom, ' opacity=".6"'))
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
        for (x, y), said in zip(points, trace.text, strict=True):
            parts.append(text(x, y - 13, said, "middle"))
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
        parts.append(line(low, y, high, y, look))
        parts += [line(end, y - 5, end, y + 5, look) for end in (low, high)]
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
