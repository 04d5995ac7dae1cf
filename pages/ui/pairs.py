"""Every domain pair as a card: what moves, and how it looks."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.ui import registry
from tl_core import catalog, gallery
from tl_core.card import DatasetCard
from tl_core.card_words import DOMAINS
from tl_core.figures.samples import image_grid
from tl_core.fit import default_choice
from tl_core.jobs import engine
from tl_core.texts import say

LAST = 50
"""Runs among which one of a pair is sought."""
WORDS = {
    "P(X)": say("the inputs' law"),
    "P(Y)": say("the classes' proportions"),
    "P(Y|X)": say("what an input means"),
    "X": say("the input space"),
    "Y": say("the classes"),
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
    st.caption(_moves(about))
    for domain, image in pictures(key).items():
        st.image(
            image,
            caption=f"{DOMAINS[domain]}: {getattr(about, domain)}",
            width="stretch",
            alt=say(
                "Some samples of the {domain}: {what}",
                domain=say(domain),
                what=getattr(about, domain),
            ),
        )
    if about.online:
        st.caption(
            say(
                ":material/cloud_download: Downloaded on request; its first "
                "run brings the pictures."
            )
        )
    st.page_link(
        registry.path_of("run"),
        label=say("Run on this pair"),
        icon=":material/play_arrow:",
        query_params=default_choice(key),
    )


def _moves(about: DatasetCard) -> str:
    """What moves between the domains, and the knobs that say how far."""
    moves = ", ".join(f"{m} ({WORDS[m]})" for m in about.moves)
    if not about.severity:
        return say("Moves: {moves}.", moves=moves)
    return say(
        "Moves: {moves}. Set by: {knobs}.",
        moves=moves,
        knobs=", ".join(about.severity),
    )


def pictures(key: str) -> dict[str, Any]:
    """Samples of each domain: those that ship, else of the last run here."""
    shipped = {d: gallery.picture(key, d) for d in ("source", "target")}
    found = {domain: path for domain, path in shipped.items() if path}
    if found or not catalog.entry("datasets", key).card.online:
        return found
    store = engine.current().store
    run = next((r for r in store.recent(LAST) if r.spec.dataset == key), None)
    history = store.history(run.id) if run else None
    arrays = history.arrays("samples") if history else {}
    return {
        name.removesuffix("_x"): image_grid(x[:24], columns=12)
        for name, x in arrays.items()
        if name.endswith("_x")
    }
