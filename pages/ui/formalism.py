"""A domain and a task, symbol by symbol, on a pair of the lab."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.ui import registry, results, symbol_parts, symbols, two_samples
from tl_core import catalog, pair_parts
from tl_core.card import DatasetCard
from tl_core.history import History
from tl_core.texts import say

KEY = "formalism.pair"


def show() -> None:
    """The definitions with symbols that answer, and how surely two domains
    are told apart."""
    found = {key: pair_parts.runs(key) for key in pair_parts.EXAMPLES}
    ready = [key for key, runs in found.items() if runs]
    if not ready:
        st.info(say("`make record` makes the runs behind these pictures."))
        return
    cards = {k: catalog.entry("datasets", k).card for k in ready}
    key = st.selectbox(
        say("Pair"), ready, format_func=lambda k: cards[k].title, key=KEY
    )
    card, runs = cards[key], found[key]
    st.caption(say("Point at a symbol, tap it, or reach it with Tab."))
    symbols.show(_parts(key), card.moves, f"symbols.{key}")
    st.markdown(two_samples.sentence(runs))
    results.provenance(runs)
    race = pair_parts.race_of(key)
    given = {**race.settings, "strategy": pair_parts.EXAMPLES[key][1]}
    st.page_link(
        registry.path_of("run"),
        label=say("Run it yourself"),
        icon=":material/play_arrow:",
        query_params={k: str(v) for k, v in given.items()},
    )
    two_samples.every_pair()


@st.cache_data(max_entries=16, show_spinner=False)
def _parts(key: str) -> dict[str, Any]:
    return parts(pair_parts.runs(key)[0], catalog.entry("datasets", key).card)


def parts(run: History, card: DatasetCard) -> dict[str, Any]:
    """What each symbol stands for in a pair: title, text and drawing."""
    return {
        "X": symbol_parts.inputs(run, card),
        "P(X)": symbol_parts.law(run),
        "Y": symbol_parts.labels(run),
        "P(Y|X)": symbol_parts.meaning(run, card),
        "P(Y)": symbol_parts.classes(run),
        "η": symbol_parts.predictor(run),
    }
