"""A strategy's formula beside the code that computes it."""

from __future__ import annotations

import streamlit as st

from tl_core import catalog
from tl_core.texts import say


def strategy(key: str) -> None:
    """Lesson, formula and symbols on the left; the running code right."""
    entry = catalog.entry("strategies", key)
    card = entry.card
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(
            say("What {title} minimises", title=card.title), anchor=False
        )
        st.latex(card.formula)
        st.markdown(_lesson(entry.lesson))
        rows = "\n".join(
            f"| ${symbol}$ | `{name}` |"
            for symbol, name in card.symbols.items()
        )
        st.markdown(
            say("| symbol | in the code |\n|---|---|\n{rows}", rows=rows)
        )
        st.caption(
            say(
                "May look at: {sees}.  \n{reference}",
                sees=card.sees.value,
                reference=card.reference,
            )
        )
    with right:
        st.subheader(say("The code that runs"), anchor=False)
        loss, setup, whole = st.tabs(["loss", "setup", say("whole file")])
        loss.code(entry.code("loss"))
        setup.code(entry.code("setup"))
        whole.code(entry.source, height=480)


def _lesson(text: str) -> str:
    """The lesson without its heading, which the page already shows."""
    lines = text.splitlines()
    return "\n".join(lines[1:] if lines[0].startswith("# ") else lines)
