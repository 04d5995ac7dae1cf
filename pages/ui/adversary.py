"""The view that plays DANN on two moons."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.ui import asking
from pages.ui.charts import chart
from tl_core import films, sentences
from tl_core.figures import adversary as figures
from tl_core.figures.alignment import who_tells

DIRECTIONS = {
    "reversed": "reversed: the extractor hides the domain",
    "watching": "cut off: the classifier only watches",
    "not reversed": "not reversed: a sign error",
}


def show() -> None:
    """The film of a small DANN, recorded or trained just now."""
    st.markdown(
        "**Three networks, one step.** The label classifier pulls features "
        "of the two moons apart; the domain classifier says how source and "
        "target could be told apart, and the **reversal layer** turns that "
        "gradient round. Features are points of a plane here, so that every "
        "gradient is an arrow."
    )
    direction, settings = _chosen()
    same = films.recorded(settings, direction)
    found = same or asking.answer("played", settings, {"direction": direction})
    if not found:
        return
    words = said(found)
    st.markdown(f"**{words}**")
    chart(figures.film(found), words, "adversary.film")
    chart(who_tells(found), words, "adversary.scores")
    st.caption(
        "Hollow marks are the upper moon. Arrows point down a sample's loss, "
        "half a unit for a gradient of 1; λ grows along Ganin's ramp, so what "
        f"is received is 0 at first. {int(found['steps'][-1])} steps of Adam "
        "with all points of both domains; shares are of test points. "
        + _when(found)
    )


def _chosen() -> tuple[str, dict[str, Any]]:
    left, middle, right, last = st.columns([2, 1, 1, 1])
    direction: str = left.selectbox(
        "The domain gradient is",
        list(DIRECTIONS),
        format_func=DIRECTIONS.__getitem__,
        key="adversary.direction",
    )
    strength = middle.slider(
        "λ at the end", 0.1, 3.0, 1.0, 0.1, key="adversary.reversal"
    )
    angle = right.slider(
        "Turned by (degrees)", 0, 90, 35, 5, key="adversary.rotation"
    )
    seed = last.number_input("Seed", 0, 99, 0, key="adversary.seed")
    return direction, {
        **films.SETTINGS,
        "strategy.reversal": strength,
        "dataset.rotation": float(angle),
        "seed": int(seed),
    }


def said(found: films.Film) -> str:
    """What the film comes to, in a sentence."""
    ends = {
        key: sentences.percent(float(found[key][-1]))
        for key in ("source", "target", "fresh")
    }
    first = sentences.percent(float(found["fresh"][0]))
    return (
        f"At the end {ends['target']} of the target and {ends['source']} of "
        f"the source are read rightly; neighbours tell {ends['fresh']} of "
        f"the domains, at the start {first}, and 50 % would be guessing"
    )


def _when(found: films.Film) -> str:
    if "recorded" not in found:
        return "Trained just now, for this page."
    return f"{found['device']} · recorded {found['recorded']}."
