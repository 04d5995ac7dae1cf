"""What a still SVG is made of: a frame, lines and text."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape


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


def text(x: float, y: float, said: str, anchor: str) -> str:
    """Words at a place, from it, before it or about it."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
        f"{escape(said)}</text>"
    )


def line(x1: float, y1: float, x2: float, y2: float, look: str) -> str:
    """A straight line; `look` are more attributes."""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="currentColor"{look}/>'
    )
