"""One way to put a figure on a page."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from tl_core.figures import svg

CONFIG = {
    "displaylogo": False,
    "modeBarButtonsToRemove": ["select2d", "lasso2d"],
    "toImageButtonOptions": {"format": "svg"},
}


def chart(figure: go.Figure, alt: str, key: str) -> None:
    """Draw a figure in the page's light or dark theme; `alt` says in words
    what it shows."""
    st.plotly_chart(figure, key=key, alt=alt, config=CONFIG)


SIZES = {"wide": (560, 420), "narrow": (400, 380)}
"""Units are about pixels: a chart's letters keep the page's size."""
BY_WIDTH = (
    "<style>.tl-narrow{display:none}@media(max-width:640px)"
    "{.tl-wide{display:none}.tl-narrow{display:block}}</style>"
)


def still(figure: go.Figure, alt: str, key: str) -> None:
    """Draw a figure of lines or dots at once, without Plotly's code, which
    takes a browser seconds to load; one size for desks, one for phones."""
    with st.container(key=key):
        st.html(BY_WIDTH)
        st.markdown(drawings(figure, alt), unsafe_allow_html=True)


def drawings(figure: go.Figure, alt: str) -> str:
    """A figure of lines or dots as HTML, once for desks, once for phones."""
    return "".join(
        f'<div class="tl-{name}">{svg.draw(figure, *size, alt)}</div>'
        for name, size in SIZES.items()
    )
