"""Forgetting: what adaptation takes from the source, and what saves it."""

import streamlit as st

from pages.ui import forgetting, landscape, needs, springs, url, views
from tl_core.texts import say

PAGE = {
    "title": "Forgetting",
    "icon": ":material/history_toggle_off:",
    "section": "Learn",
    "order": 9,
    "help": "What adapting costs the source, which weights it needs, and "
    "what springs on them save.",
}

st.title(say("What adapting costs the source"), anchor=False)
st.markdown(
    say(
        "A network that reads upright digits learns to read turned ones. "
        "Does it still know the upright ones? Watch several strategies with "
        "equal budgets, see which weights the source needed, and how the "
        "loss lies around them."
    )
)
settings: dict[str, str] = {}
VIEWS = {
    "What is lost": forgetting.lost,
    "The price of remembering": springs.price_of,
    "Which weights matter": springs.weights,
    "Which channels matter": lambda: needs.show(settings),
    "The landscape": landscape.show,
}
CHANNELS = list(VIEWS)[3]
"""The view that asks for a pair and a backbone."""
given = url.settings()
view = views.pick("forgetting", tuple(VIEWS))
if view == CHANNELS:
    settings = needs.choose(given)
views.keep(settings, view, next(iter(VIEWS)))
VIEWS[view]()
