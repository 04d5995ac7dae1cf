"""Forgetting: what adaptation takes from the source, and what saves it."""

import streamlit as st

from pages.ui import forgetting, landscape, needs, url, views

PAGE = {
    "title": "Forgetting",
    "icon": ":material/history_toggle_off:",
    "section": "Learn",
    "order": 9,
    "help": "What adapting costs the source, which weights it needs, and "
    "what springs on them save.",
}

st.title("What adapting costs the source", anchor=False)
st.markdown(
    "A network that reads upright digits learns to read turned ones. Does it "
    "still know the upright ones? Watch several strategies with equal "
    "budgets, see which weights the source needed, and how the loss lies "
    "around them."
)
CHANNELS = "Which channels matter"
settings: dict[str, str] = {}
VIEWS = {
    "What is lost": forgetting.lost,
    "The price of remembering": forgetting.price_of,
    "Which weights matter": forgetting.weights,
    CHANNELS: lambda: needs.show(settings),
    "The landscape": landscape.show,
}
given = url.settings()
view = views.pick("forgetting", tuple(VIEWS))
if view == CHANNELS:
    settings = needs.choose(given)
views.keep(settings, view, next(iter(VIEWS)))
VIEWS[view]()
