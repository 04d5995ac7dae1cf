"""Strategies: what to freeze, how fast to learn, and with how many labels."""

import streamlit as st

from pages.ui import (
    by_heart,
    freezing,
    label_counts,
    rates,
    schedules,
    url,
    views,
)
from tl_core.texts import say

PAGE = {
    "title": "Strategies",
    "icon": ":material/ac_unit:",
    "section": "Learn",
    "order": 7,
    "help": "Freeze and thaw the stages of a network, give each a rate of "
    "its own, and see what few labels teach.",
}

st.title(say("What to freeze, and how fast to learn"), anchor=False)
st.markdown(
    say(
        "A pretrained network meets a new target. Train only its **head**, "
        "its deepest stages, or **everything**? Quickly, or stage by stage "
        "at other rates? With ten labels, or thousands? Each choice is a "
        "setting; here each is measured."
    )
)
VIEWS = {
    "Freeze and thaw": freezing,
    "Rates by depth": rates,
    "How many labels?": label_counts,
    "Twenty labels": by_heart,
    "One after the other": schedules,
}
given = url.settings()
view = views.pick("strategies", tuple(VIEWS))
settings = VIEWS[view].choose(given)
views.keep(settings, view, next(iter(VIEWS)))
VIEWS[view].show(settings)
