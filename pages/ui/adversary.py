"""The view that plays DANN on two moons."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.ui import asking
from pages.ui.charts import chart
from tl_core import films, sentences
from tl_core.figures import adversary as figures
from tl_core.figures.reversal import who_tells
from tl_core.texts import say

DIRECTIONS = {
    "reversed": say("reversed: the extractor hides the domain"),
    "watching": say("cut off: the classifier only watches"),
    "not reversed": say("not reversed: a sign error"),
}


def show() -> None:
    """The film of a small DANN, recorded or trained just now."""
    st.markdown(
        say(
            "**Three networks, one step.** The label classifier pulls "
            "features of the two moons apart; the domain classifier says how "
            "source and target could be told apart, and the **reversal "
            "layer** turns that gradient round. Features are points of a "
            "plane here, so that every gradient is an arrow."
        )
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
        say(
            "Hollow marks are the upper moon. Arrows point down a sample's "
            "loss, half a unit for a gradient of 1; λ grows along Ganin's "
            "ramp, so what is received is 0 at first. {steps} steps of Adam "
            "with all points of both domains; shares are of test points. ",
            steps=int(found["steps"][-1]),
        )
        + _when(found)
    )


def _chosen() -> tuple[str, dict[str, Any]]:
    left, middle, right, last = st.columns([2, 1, 1, 1])
    direction: str = left.selectbox(
        say("The domain gradient is"),
        list(DIRECTIONS),
        format_func=DIRECTIONS.__getitem__,
        key="adversary.direction",
    )
    strength = middle.slider(
        say("λ at the end"), 0.1, 3.0, 1.0, 0.1, key="adversary.reversal"
    )
    angle = right.slider(
        say("Turned by (degrees)"), 0, 90, 35, 5, key="adversary.rotation"
    )
    seed = last.number_input(say("Seed"), 0, 99, 0, key="adversary.seed")
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
    return say(
        "At the end {target} of the target and {source} of the source are "
        "read rightly; neighbours tell {fresh} of the domains, at the start "
        "{first}, and 50 % would be guessing",
        target=ends["target"],
        source=ends["source"],
        fresh=ends["fresh"],
        first=first,
    )


def _when(found: films.Film) -> str:
    if "recorded" not in found:
        return say("Trained just now, for this page.")
    return say(
        "{device} · recorded {recorded}.",
        device=found["device"],
        recorded=found["recorded"],
    )
