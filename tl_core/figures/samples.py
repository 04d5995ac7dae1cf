"""Grids of sample images, and scatter plots of sample points."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from tl_core.figures import theme

GAP = 2


def image_grid(images: np.ndarray, columns: int = 8) -> np.ndarray:
    """uint8 images (n, c, h, w) side by side as one (height, width, 3)
    picture, enlarged to twice their size."""
    n, channels, height, width = images.shape
    rows = -(-n // columns)
    sheet = np.full(
        (rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, 3),
        128,
        np.uint8,
    )
    for index, image in enumerate(images):
        top = index // columns * (height + GAP)
        left = index % columns * (width + GAP)
        colour = np.broadcast_to(image, (3, height, width))
        cell = colour.transpose(1, 2, 0)
        sheet[top : top + height, left : left + width] = cell
    return sheet.repeat(2, 0).repeat(2, 1)


def point_map(samples: Mapping[str, np.ndarray]) -> go.Figure:
    """Points (n, 2) of both domains; hollow marks are the first class."""
    figure = go.Figure()
    for domain, colour in theme.DOMAINS.items():
        points, labels = samples[f"{domain}_x"], samples[f"{domain}_y"]
        marker = theme.DOMAIN_MARKER[domain]
        figure.add_scatter(
            x=points[:, 0].tolist(),
            y=points[:, 1].tolist(),
            name=domain,
            mode="markers",
            marker={
                "color": colour,
                "size": 6,
                "symbol": [marker if y else f"{marker}-open" for y in labels],
            },
        )
    theme.dress(figure, "x", "y", height=320)
    figure.update_layout(hovermode="closest")
    figure.update_yaxes(scaleanchor="x")
    return figure
