"""The view that asks whose statistics BatchNorm should use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from pages.ui import asking
from pages.ui.charts import chart
from tl_core import catalog, gallery, sentences
from tl_core.figures import statistics as figures
from tl_core.fit import default_choice
from tl_core.texts import say

NORMED = "convnet"
"""The network whose layers are shown."""


def show() -> None:
    """A pair's gaps under three choices of statistics, and what they cost."""
    st.markdown(
        say(
            "**BatchNorm remembers the source.** Each layer subtracts a mean "
            "and divides by a spread. Taken from the source they are wrong "
            "for the target; taken from the target's own unlabelled inputs "
            "(AdaBN, Li et al. 2017, arXiv:1603.04779) the domains' means "
            "agree in every layer, without a step of training."
        )
    )
    pairs = [
        key
        for key in gallery.image_pairs()
        if default_choice(key)["backbone"] == NORMED
    ]
    key: str = st.selectbox(
        say("Pair"),
        pairs,
        format_func=lambda name: catalog.entry("datasets", name).card.title,
        key="statistics.pair",
    )
    found = asking.answer("statistics", default_choice(key))
    if found:
        _drawn(found)
        asking.origin(default_choice(key))


def _drawn(found: dict[str, Any]) -> None:
    """The gaps of every channel, and what a dot is."""
    words = said(found["outputs"], found["accuracy"])
    st.markdown(f"**{words}**")
    chart(figures.gaps(found["outputs"]), words, "statistics.gaps")
    st.caption(
        say(
            "A dot is a channel; 256 training inputs of each domain, no "
            "label; accuracy on all target test samples. The last way is "
            "what AdaBN does, and what MMD, CORAL and DANN do here too. It "
            "shifts what it should not where the proportions of classes "
            "differ."
        )
    )


def said(
    outputs: Mapping[str, Mapping[str, np.ndarray]],
    accuracy: Mapping[str, float],
) -> str:
    """How large the gaps are, and what the statistics do to accuracy."""
    size = {
        whose: float(np.mean(np.abs(np.concatenate(list(layers.values())))))
        for whose, layers in outputs.items()
    }
    return say(
        "The domains' mean outputs differ by {gap:.2f} with the source's "
        "statistics and by {own_gap:.2f} with their own; {accuracy} of the "
        "target are read rightly, and {own_accuracy}",
        gap=size["running"],
        own_gap=size["separate"],
        accuracy=sentences.percent(accuracy["running"]),
        own_accuracy=sentences.percent(accuracy["separate"]),
    )
