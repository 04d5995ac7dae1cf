"""Every domain pair as a card: what moves, and how it looks."""

from __future__ import annotations

import streamlit as st

from pages.ui import registry
from tl_core import catalog, gallery
from tl_core.fit import default_choice

WORDS = {
    "P(X)": "the inputs' law",
    "P(Y)": "the classes' proportions",
    "P(Y|X)": "what an input means",
    "X": "the input space",
    "Y": "the classes",
}


def show() -> None:
    """All pairs, two beside each other; those that need a download last."""
    keys = sorted(
        catalog.keys("datasets"),
        key=lambda key: catalog.entry("datasets", key).card.online,
    )
    for start in range(0, len(keys), 2):
        for column, key in zip(
            st.columns(2, gap="medium"), keys[start : start + 2], strict=False
        ):
            with column.container(border=True):
                card(key)


def card(key: str) -> None:
    """One pair: title, what moves, pictures, and the way to a run."""
    about = catalog.entry("datasets", key).card
    st.markdown(f"**{about.title}**  \n{about.summary}")
    moves = ", ".join(f"{m} ({WORDS[m]})" for m in about.moves)
    strength = f" Set by: {', '.join(about.severity)}." * bool(about.severity)
    st.caption(f"Moves: {moves}.{strength}")
    for domain in ("source", "target"):
        path = gallery.picture(key, domain)
        if path is not None:
            st.image(
                path,
                caption=f"{domain.capitalize()}: {getattr(about, domain)}",
                width="stretch",
                alt=f"Some samples of the {domain}: {getattr(about, domain)}",
            )
    if about.online:
        st.caption(":material/cloud_download: Downloaded on request.")
    st.page_link(
        registry.path_of("run"),
        label="Run on this pair",
        icon=":material/play_arrow:",
        query_params=default_choice(key),
    )
