"""A strategy's own learning rate beside the knob: what it is, and the runs by
which it was chosen."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from tl_core import rate_words, sentences
from tl_core.texts import say
from tl_core.tuned_rates import own_rate


def beside(strategy: str) -> None:
    """What a strategy's own rate is, and why."""
    st.caption(rate_words.said(strategy))
    _how([strategy])


def of_all(strategies: Sequence[str]) -> None:
    """Each contender's own rate."""
    rates: dict[float, list[str]] = {}
    for key in strategies:
        rate = own_rate(key)
        rates.setdefault(rate, []).append(sentences.title(key))
    told = "; ".join(
        f"{rate:g}: {', '.join(names)}" for rate, names in rates.items()
    )
    st.caption(f"{told}. {rate_words.WHERE}")
    _how(strategies)


def _how(strategies: Sequence[str]) -> None:
    """The rule, and every rate that was tried."""
    tried = [row for key in strategies for row in rate_words.table(key)]
    if not tried:
        return
    with st.popover(say("How it was tuned"), icon=":material/tune:"):
        st.markdown(rate_words.RULE)
        st.dataframe(tried, hide_index=True)
        st.caption(rate_words.origin())
