"""The forms of the theme's markers, as SVG."""

from __future__ import annotations

CORNERS: dict[str, tuple[tuple[float, float], ...]] = {
    "diamond": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
    "triangle-up": ((0, -1.2), (1.2, 1), (-1.2, 1)),
    "pentagon": ((0, -1.2), (1.2, -0.3), (0.7, 1), (-0.7, 1), (-1.2, -0.3)),
    "star": (
        (0, -1.5),
        (0.4, -0.4),
        (1.5, -0.4),
        (0.6, 0.3),
        (0.9, 1.4),
        (0, 0.7),
        (-0.9, 1.4),
        (-0.6, 0.3),
        (-1.5, -0.4),
        (-0.4, -0.4),
    ),
}


def mark(form: str, x: float, y: float, r: float) -> str:
    """A marker of one of the theme's forms at (x, y), about 2 r wide."""
    if form in CORNERS:
        shape = " ".join(
            f"{x + r * dx:.1f},{y + r * dy:.1f}" for dx, dy in CORNERS[form]
        )
        return f'<polygon points="{shape}"/>'
    side = 2 * r
    if form == "square":
        return (
            f'<rect x="{x - r}" y="{y - r}" width="{side}" height="{side}"/>'
        )
    if form in ("x", "cross"):
        turned = f' transform="rotate(45 {x} {y})"' if form == "x" else ""
        return (
            f'<path d="M{x - r} {y - 1.5}h{side}v3h-{side}z'
            f'M{x - 1.5} {y - r}h3v{side}h-3z"{turned}/>'
        )
    return f'<circle cx="{x}" cy="{y}" r="{r}"/>'
