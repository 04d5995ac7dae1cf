"""Many small maps as one heat map: filters, spectra, activations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from tl_core.figures import theme
from tl_core.texts import say

DIVERGING = [[0.0, theme.TARGET], [0.5, "#F2F2F2"], [1.0, theme.SOURCE]]
"""Below zero, zero, above zero."""
LARGEST = 220
"""Screen pixels that one map is wide at most."""


def tile(maps: np.ndarray, columns: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Maps (n, h, w) side by side with one empty pixel between them: values
    (height, width), nan between, and whose map a pixel is of, -1 between."""
    n, h, w = maps.shape
    columns = min(columns, n)
    rows = -(-n // columns)
    shape = rows * (h + 1) - 1, columns * (w + 1) - 1
    values, owner = np.full(shape, np.nan), np.full(shape, -1)
    for index, one in enumerate(maps):
        top = index // columns * (h + 1)
        left = index % columns * (w + 1)
        values[top : top + h, left : left + w] = one
        owner[top : top + h, left : left + w] = index
    return values, owner


def signed_maps(
    maps: np.ndarray, texts: Sequence[str], columns: int = 8
) -> go.Figure:
    """Maps (n, h, w) of values of both signs, such as filters, each divided
    by its largest size; `texts` says what each one is."""
    size = np.abs(maps).max((1, 2), keepdims=True)
    figure = _sheet(maps / np.maximum(size, 1e-12), texts, columns)
    return figure.update_traces(
        colorscale=DIVERGING, zmin=-1, zmax=1, selector={"type": "heatmap"}
    )


def positive_maps(
    maps: np.ndarray, texts: Sequence[str], columns: int = 8
) -> go.Figure:
    """Maps (n, h, w) on one common scale, such as activations or log
    spectra; `texts` says what each one is."""
    figure = _sheet(maps, texts, columns)
    return figure.update_traces(
        colorscale="Cividis", showscale=True, selector={"type": "heatmap"}
    )


def _sheet(maps: np.ndarray, texts: Sequence[str], columns: int) -> go.Figure:
    values, owner = tile(maps, columns)
    named = np.array([*texts, ""], dtype=object)  # -1 is the last, empty one
    figure = go.Figure(
        go.Heatmap(
            z=values,
            text=named[owner],
            showscale=False,
            hoverongaps=False,
            hovertemplate=say("Here %{text} is %{z:.3g}<extra></extra>"),
        )
    )
    width = min(620, LARGEST * min(columns, len(texts)))
    height = 40 + round(width * values.shape[0] / values.shape[1])
    theme.dress(figure, "", "", height=min(max(height, 120), 900))
    figure.update_layout(hovermode="closest", margin={"t": 10})
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, autorange="reversed", scaleanchor="x")
    return figure
