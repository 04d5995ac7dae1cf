"""Eight traffic signs, drawn large and shrunk, so that edges are smooth."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

SIDE, LARGER = 128, 4
"""Pixels of a face, and how many times larger it is drawn."""
RED, BLUE, YELLOW = (196, 18, 32), (10, 84, 166), (252, 190, 22)
WHITE, BLACK = (248, 248, 246), (20, 20, 22)

Point = tuple[float, float]
Colour = tuple[int, int, int]


class Pen:
    """Draws in units in which the face reaches from -1 to 1; y points down.

    The canvas is a little larger, so that a face is framed by nothing.
    """

    def __init__(self) -> None:
        side = SIDE * LARGER
        self.image = Image.new("RGBA", (side, side))
        self.draw = ImageDraw.Draw(self.image)
        self.half, self.unit = side / 2, side / 2 * 0.94

    def place(self, point: Point) -> Point:
        """Canvas pixels of a point given in units."""
        x, y = point
        return self.half + self.unit * x, self.half + self.unit * y

    def disc(
        self, radius: float, fill: Colour, centre: Point = (0, 0)
    ) -> None:
        """A filled circle."""
        x, y = self.place(centre)
        r = radius * self.unit
        self.draw.ellipse((x - r, y - r, x + r, y + r), fill=fill)

    def shape(
        self, points: Sequence[Point], fill: Colour, corner: float = 0
    ) -> None:
        """A filled polygon, grown by `corner` with round corners."""
        placed = [self.place(p) for p in points]
        self.draw.polygon(placed, fill=fill)
        if corner == 0:
            return
        width = round(2 * corner * self.unit)
        for one, two in zip(placed, placed[1:] + placed[:1], strict=True):
            self.draw.line((one, two), fill=fill, width=width)
        for point in points:
            self.disc(corner, fill, point)

    def write(self, text: str, fill: Colour, wide: float) -> None:
        """Bold text around the centre, `wide` units from side to side."""
        font = ImageFont.truetype(str(font_file("DejaVuSans-Bold")), 200)
        left, top, right, bottom = font.getbbox(text)
        size = 200 * wide * self.unit / (right - left)
        font = font.font_variant(size=round(size))
        self.draw.text((self.half, self.half), text, fill, font, anchor="mm")

    def face(self) -> Tensor:
        """(4, SIDE, SIDE) in [0, 1]: colours times cover, and cover."""
        small = self.image.resize((SIDE, SIDE), Image.Resampling.BOX)
        pixels = np.asarray(small, dtype=np.float32) / 255
        face = torch.from_numpy(pixels.copy()).permute(2, 0, 1)
        return torch.cat([face[:3] * face[3:], face[3:]])


def font_file(name: str) -> Path:
    """A font that ships inside matplotlib, which is not imported for it."""
    spec = find_spec("matplotlib")
    assert spec is not None
    assert spec.origin is not None
    root = Path(spec.origin).parent
    return root / "mpl-data" / "fonts" / "ttf" / f"{name}.ttf"


def ring(corners: int, radius: float, turn: float) -> list[Point]:
    """The corners of a regular polygon, the first `turn` degrees from up."""
    angles = [math.radians(turn + 360 * k / corners) for k in range(corners)]
    return [(radius * math.sin(a), -radius * math.cos(a)) for a in angles]


def stop(pen: Pen) -> None:
    pen.shape(ring(8, 1.0, 22.5), WHITE, 0.02)
    pen.shape(ring(8, 0.93, 22.5), RED, 0.02)
    pen.write("STOP", WHITE, 1.42)


def triangle(pen: Pen, turn: float) -> None:
    for radius, colour, corner in (
        (0.98, WHITE, 0.11),
        (0.98, RED, 0.08),
        (0.58, WHITE, 0.04),
    ):
        low = 0.12 * math.cos(math.radians(turn))
        points = [(x, y + low) for x, y in ring(3, radius, turn)]
        pen.shape(points, colour, corner)


def yields(pen: Pen) -> None:
    triangle(pen, 180)


def warning(pen: Pen) -> None:
    triangle(pen, 0)
    mark = [(-0.085, -0.28), (0.085, -0.28), (0.045, 0.2), (-0.045, 0.2)]
    pen.shape(mark, BLACK, 0.03)
    pen.disc(0.09, BLACK, (0, 0.37))


def limit(number: str) -> Callable[[Pen], None]:
    def draw(pen: Pen) -> None:
        pen.disc(1.0, WHITE)
        pen.disc(0.96, RED)
        pen.disc(0.72, WHITE)
        pen.write(number, BLACK, 1.04)

    return draw


def no_entry(pen: Pen) -> None:
    pen.disc(1.0, WHITE)
    pen.disc(0.95, RED)
    pen.shape(
        [(-0.66, -0.15), (0.66, -0.15), (0.66, 0.15), (-0.66, 0.15)],
        WHITE,
        0.02,
    )


def priority(pen: Pen) -> None:
    pen.shape(ring(4, 0.86, 0), BLACK, 0.12)
    pen.shape(ring(4, 0.86, 0), WHITE, 0.1)
    pen.shape(ring(4, 0.62, 0), BLACK, 0.03)
    pen.shape(ring(4, 0.59, 0), YELLOW, 0.03)


def turn_right(pen: Pen) -> None:
    pen.disc(1.0, WHITE)
    pen.disc(0.95, BLUE)
    stem = [(-0.42, 0.62), (-0.42, -0.06), (-0.2, -0.28), (0.2, -0.28)]
    bend = [(0.2, -0.02), (-0.1, -0.02), (-0.16, 0.04), (-0.16, 0.62)]
    pen.shape(stem + bend, WHITE)
    pen.shape([(0.16, -0.58), (0.66, -0.15), (0.16, 0.28)], WHITE, 0.02)


FACES: dict[str, Callable[[Pen], None]] = {
    "stop": stop,
    "yield": yields,
    "speed limit 30": limit("30"),
    "speed limit 70": limit("70"),
    "no entry": no_entry,
    "warning": warning,
    "priority road": priority,
    "turn right": turn_right,
}


@cache
def faces() -> Tensor:
    """Every sign in the order of `FACES`, (8, 4, SIDE, SIDE)."""
    drawn = []
    for draw in FACES.values():
        pen = Pen()
        draw(pen)
        drawn.append(pen.face())
    return torch.stack(drawn)
