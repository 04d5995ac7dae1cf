"""One way to put a figure on a page."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

CONFIG = {
    "displaylogo": False,
    "modeBarButtonsToRemove": ["select2d", "lasso2d"],
    "toImageButtonOptions": {"format": "svg"},
}


def chart(figure: go.Figure, alt: str, key: str) -> None:
    """Draw a figure in the page's light or dark theme; `alt` says in words
    what it shows."""
    st.plotly_chart(figure, key=key, alt=alt, config=CONFIG)
