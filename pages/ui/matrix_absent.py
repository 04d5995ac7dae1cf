"""The strategies that have no row in the measured table, and why."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui import registry, url
from tl_core import catalog, sentences
from tl_core.lesson_studies import MATRIX
from tl_core.matrix import ALL, Row
from tl_core.texts import say

INSTRUMENT = "transplant"
WHY = say(
    "Transplanted stages have no row: they are an instrument, which cuts a "
    "source network at each depth to ask how general its stages are. As a way "
    "to adapt, throwing the others away has nothing to offer."
)


def show(rows: Sequence[Row]) -> None:
    """Why the instrument has no row; the others can be run."""
    st.caption(WHY)
    st.page_link(
        registry.path_of("features"),
        label=say("What transplanted stages are worth"),
        icon=":material/content_cut:",
        query_params={"view": say("Transfer by depth")},
    )
    for strategy in missing(rows):
        spec = MATRIX[ALL].spec(strategy, 0)
        st.page_link(
            registry.path_of("run"),
            label=say(
                "Not measured yet: {sentences}. Run it as the others were",
                sentences=sentences.title(strategy),
            ),
            icon=":material/play_arrow:",
            query_params={
                name: url.as_text(value)
                for name, value in spec.changes().items()
            },
        )


def missing(rows: Sequence[Row]) -> list[str]:
    """The strategies that nobody has recorded, in the catalog's order."""
    there = {INSTRUMENT, *(row.strategy for row in rows)}
    return [key for key in catalog.keys("strategies") if key not in there]
