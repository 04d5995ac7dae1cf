"""Where names go beside their marks, so that none covers another.

The longest names are placed first, each at the nearest spot that is free. A
chart is as wide as its page, but distances in pixels stay as they are: a spot
counts as free only if it is so at every width of WIDTHS.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import hypot

import plotly.graph_objects as go

from tl_core.figures import theme
from tl_core.figures.maps import plain

FONT = 12
"""Size of the names."""
WIDTHS = (280, 600, 1000)
"""Pixels of a plot on a phone, a tablet and a desk."""
LETTER, LINE = 6.2, 15.0
"""Pixels of a letter, on average, and of a line, at that size."""
MARK = 8.0
"""Pixels from a mark's middle that stay free."""
BESIDE = 14
"""Pixels between a mark's middle and a name beside it."""
ROWS = range(-120, 121, 8)
COLUMNS = (BESIDE, 26, 42, 66, 98)
"""Pixels that a name may stand off, down and across."""
Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in pixels."""


@dataclass(frozen=True)
class Place:
    """A name's offset from its mark, in pixels right and down, and the side
    of the name that stands there, "left" or "right"."""

    dx: int
    dy: int
    anchor: str


@cache
def _spots() -> tuple[Place, ...]:
    """Every spot for a name, the nearest first; none right above or below
    a mark, where its interval is drawn."""
    spots = [
        place
        for dy in ROWS
        for dx in COLUMNS
        for place in (Place(dx, dy, "left"), Place(-dx, dy, "right"))
    ]
    return tuple(sorted(spots, key=lambda p: hypot(p.dx, p.dy)))


def box(at: Point, place: Place, name: str) -> Box:
    """What a name covers if its mark is at `at`, in pixels."""
    wide = LETTER * len(name)
    shift = wide if place.anchor == "right" else 0.0
    left, middle = at[0] + place.dx - shift, at[1] + place.dy
    return left, middle - LINE / 2, left + wide, middle + LINE / 2


def overlap(one: Box, other: Box) -> float:
    """The area that two boxes share, in square pixels."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    tall = min(one[3], other[3]) - max(one[1], other[1])
    return wide * tall if wide > 0 and tall > 0 else 0.0


def places(
    shares: Sequence[Point], names: Sequence[str], height: float
) -> list[Place]:
    """A place for every name. `shares` are the marks' places as shares of
    the plot from its left and its top; the plot is `height` pixels tall."""
    found: dict[int, Place] = {}
    for index in sorted(range(len(names)), key=lambda i: -len(names[i])):
        found[index] = _best(index, shares, names, height, found)
    return [found[index] for index in range(len(names))]


def _best(
    index: int,
    shares: Sequence[Point],
    names: Sequence[str],
    height: float,
    found: dict[int, Place],
) -> Place:
    """The nearest free spot; where none is, the one that covers least."""
    taken = {w: list(_taken(w, shares, names, height, found)) for w in WIDTHS}
    best, least = _spots()[0], float("inf")
    for place in _spots():
        covered = 0.0
        for width, boxes in taken.items():
            at = (shares[index][0] * width, shares[index][1] * height)
            mine = box(at, place, names[index])
            covered += _outside(mine, width, height)
            covered += sum(overlap(mine, other) for other in boxes)
        if covered < least:
            best, least = place, covered
        if covered == 0:
            break
    return best


def _taken(
    width: float,
    shares: Sequence[Point],
    names: Sequence[str],
    height: float,
    found: dict[int, Place],
) -> Iterator[Box]:
    """What marks and names cover already, at a width."""
    for index, (x, y) in enumerate(shares):
        at = (x * width, y * height)
        yield at[0] - MARK, at[1] - MARK, at[0] + MARK, at[1] + MARK
        if index in found:
            yield box(at, found[index], names[index])


def _outside(mine: Box, width: float, height: float) -> float:
    """How much of a box lies off the plot, in square pixels."""
    left, top, right, bottom = mine
    whole = (right - left) * (bottom - top)
    return whole - overlap(mine, (0.0, 0.0, width, height))


def name_marks(
    figure: go.Figure,
    points: Sequence[Point],
    names: Sequence[str],
    ranges: tuple[Sequence[float], Sequence[float]],
    height: float,
) -> None:
    """Write each name beside its mark, with a line to it where it stands
    off. `points` and the `ranges` of both axes are in the axes' own units,
    which for a logarithmic axis are powers of ten."""
    (left, right), (low, high) = ranges
    shares = [
        ((x - left) / (right - left), (high - y) / (high - low))
        for x, y in points
    ]
    found = places(shares, names, height)
    for (x, y), name, place in zip(points, plain(names), found, strict=True):
        figure.add_annotation(
            x=x,
            y=y,
            text=name,
            ax=place.dx,
            ay=place.dy,
            xanchor=place.anchor,
            showarrow=True,
            arrowhead=0,
            arrowwidth=1,
            arrowcolor=theme.NEUTRAL if place.dy else "rgba(0,0,0,0)",
            standoff=6,
            borderpad=0,
            font={"size": FONT},
        )
