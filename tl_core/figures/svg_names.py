"""The names of lines in a still SVG, beside their ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tl_core.figures.svg_parts import Frame, text

Ends = Mapping[str, tuple[float, float, str]]
"""Each line's last point and colour, by its name."""
APART = 17.0
"""Pixels from one name to the next."""


def ends(traces: Sequence[Any]) -> Ends:
    """Where each named line ends."""
    return {
        trace.name: (trace.x[-1], trace.y[-1], trace.line.color)
        for trace in traces
        if trace.name and trace.fill is None and len(trace.x)
    }


def longest(names: Ends, across: Sequence[float]) -> int:
    """Letters of the longest name that stands right of the plot."""
    stand = [len(n) for n, (x, *_) in names.items() if _reaches(x, across)]
    return max(stand, default=0)


def beside(frame: Frame, names: Ends) -> list[str]:
    """Names beside the ends of their lines, moved apart where they touch;
    where a line ends early, below it."""
    parts, lowest = [], frame.bottom + 4 + APART
    for name, (x, y, colour) in sorted(names.items(), key=_height):
        if _reaches(x, frame.x):
            lowest = min(lowest - APART, frame.py(y) + 5)
            said = text(frame.px(x) + 8, lowest, name, "start")
        else:
            said = text(frame.px(x) - 4, frame.py(y) + 20, name, "end")
        # Nearer to the page's letters: lines may be dimmer than words.
        ink = f"color-mix(in srgb, {colour} 60%, currentColor)"
        parts.append(f'<g style="fill:{ink};font-weight:600">{said}</g>')
    return parts


def _height(item: tuple[str, tuple[float, float, str]]) -> float:
    return item[1][1]


def _reaches(x: float, across: Sequence[float]) -> bool:
    """Whether a line goes on nearly to the end of the x axis."""
    first, last = across
    return x > last - 0.1 * (last - first)
