"""One way to put a figure on a page, with its numbers at hand."""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from pages.ui import classroom
from tl_core import plain_text
from tl_core.figures import svg
from tl_core.texts import say

LARGE = 19
"""Pixels of letters for a lecture hall."""
WIDE, TALL = 480, 280
"""Pixels of a table; the rest of it scrolls."""
DIGITS = "%.8g"
"""How numbers are written in files."""
RECENT: deque[go.Figure] = deque(maxlen=64)
"""The latest figures, whoever looks at them: their numbers are at hand."""
CONFIG = {
    "displaylogo": False,
    "modeBarButtonsToRemove": ["select2d", "lasso2d"],
}


def chart(figure: go.Figure, alt: str, key: str) -> None:
    """Draw a figure in the page's light or dark theme, its data beneath;
    `alt` says in words what it shows."""
    with st.container(key=f"{key}.figure", gap=None):
        _plot(figure, alt, key)
        _data(figure, key, None)


def moving(figure: go.Figure, alt: str, key: str) -> None:
    """A chart of a run that goes on: its data can be had when it is done,
    for a table would be another one each second."""
    with st.container(key=f"{key}.figure", gap=None):
        _plot(figure, alt, key)


def choosing(
    figure: go.Figure,
    handles: go.Scatter,
    alt: str,
    key: str,
    act: Callable[[], None],
) -> None:
    """A chart with marks to click on, `handles`, which are no data of its
    own: `act` is called then, and `chosen(key)` says where."""
    live = go.Figure(figure).add_trace(handles)
    live.update_traces(hoverinfo="skip", selector={"type": "heatmap"})
    live.update_layout(hoverdistance=-1)  # the nearest, however wide a cell
    if classroom.presenting():
        live.update_layout(font={"size": LARGE})
    with st.container(key=f"{key}.figure", gap=None):
        st.plotly_chart(
            live,
            key=key,
            alt=alt,
            config=_config(key),
            on_select=act,
            selection_mode="points",
        )
        _data(figure, key, None)


def chosen(key: str) -> int | None:
    """Which mark was clicked on; None where a click took the choice away."""
    points = st.session_state[key].selection.points
    return int(points[0]["point_index"]) if points else None


def _plot(figure: go.Figure, alt: str, key: str) -> None:
    if classroom.presenting():
        figure.update_layout(font={"size": LARGE})
    st.plotly_chart(figure, key=key, alt=alt, config=_config(key))


def _config(key: str) -> dict[str, Any]:
    camera = {"format": "svg", "filename": file_name(key)}
    return {**CONFIG, "toImageButtonOptions": camera}


SIZES = {"wide": (560, 420), "narrow": (400, 380)}
"""Units are about pixels: a chart's letters keep the page's size."""


def still(figure: go.Figure, alt: str, key: str) -> None:
    """Draw a figure of lines or dots at once, without Plotly's code, which
    takes a browser seconds to load; one size for desks, one for phones, of
    which `html_head` shows one."""
    with st.container(key=f"{key}.figure", gap=None):
        with st.container(key=key):
            st.markdown(drawings(figure, alt), unsafe_allow_html=True)
        _data(figure, key, alt)


def preview(figure: go.Figure, alt: str, key: str) -> None:
    """The first chart of a page: still, so that it is there at once; in a
    lecture hall one with larger letters."""
    draw = chart if classroom.presenting() else still
    draw(figure, alt, key)


def numbers(figure: go.Figure, alt: str, key: str) -> None:
    """The data of what a component of our own draws, to stand beneath it."""
    _data(figure, key, alt)


def drawings(figure: go.Figure, alt: str) -> str:
    """A figure of lines or dots as HTML, once for desks, once for phones."""
    return "".join(
        f'<div class="tl-{name}">{svg.draw(figure, *size, alt)}</div>'
        for name, size in SIZES.items()
    )


def file_name(key: str) -> str:
    """What files of a chart are called, without their ending."""
    return key.replace(".", "-").replace(" ", "-")


def _data(figure: go.Figure, key: str, still_alt: str | None) -> None:
    RECENT.append(figure)
    _offer(weakref.ref(figure), key, still_alt)


@st.fragment
def _offer(
    held: Callable[[], go.Figure | None], key: str, still_alt: str | None
) -> None:
    """A quiet way to a chart's numbers. The table is made when it is opened,
    and opening runs nothing else of the page, unless the figure has been
    forgotten: a session does not hold it, for those of thirty readers and of
    the tabs that they closed a minute ago were twenty megabytes."""
    with st.container(horizontal=True, horizontal_alignment="right"):
        offered = st.popover(
            say(":gray[:small[:material/table_view: Data]]"),
            type="tertiary",
            key=f"{key}.data",
            on_change="rerun",
        )
    if offered.open:
        figure = held()
        if figure is None:
            st.rerun()  # the page, which makes it again
        with offered:
            _table(figure, key, still_alt)


def _table(figure: go.Figure, key: str, still_alt: str | None) -> None:
    """The numbers to read, and files of them and of a still picture."""
    # pandas takes a third of a second to load: not before it is needed.
    from tl_core.figures import data

    table, name = data.as_table(figure), file_name(key)
    st.dataframe(table, width=WIDE, height=TALL, hide_index=True)
    with st.container(horizontal=True):
        _file(
            "CSV",
            table.map(plain_text.cell).to_csv(
                index=False, float_format=DIGITS
            ),
            f"{name}.csv",
            "text/csv",
        )
        if still_alt is not None:
            drawn = svg.document(figure, *SIZES["wide"], still_alt)
            _file("SVG", drawn, f"{name}.svg", "image/svg+xml")
    rows = table.attrs.get("cut", f"{len(table):,} rows.")
    camera = say(" The camera above the chart saves it as SVG.")
    st.caption(rows + camera * (still_alt is None))


def _file(label: str, text: str, name: str, mime: str) -> None:
    st.download_button(
        label,
        text.encode(),
        file_name=name,
        mime=mime,
        key=f"{name}.file",
        icon=":material/download:",
        on_click="ignore",
    )
