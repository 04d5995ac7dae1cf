"""Negative transfer: when a source does harm."""

import streamlit as st

from pages.ui import distorted, foretold, harm, views
from tl_core.texts import say

PAGE = {
    "title": "Negative transfer",
    "icon": ":material/trending_down:",
    "section": "Learn",
    "order": 10,
    "help": "When a source does harm: by how much, and whether it could have "
    "been known.",
}

st.title(say("When a source does harm"), anchor=False)
st.markdown(
    say(
        "Starting from a source is a bet: that what helped there helps here. "
        "Distort the source step by step, compare with the same network "
        "trained from scratch, and see where the bet is lost."
    )
)
VIEWS = {
    "Does the source help?": distorted.show,
    "Three ways to be hurt": harm.show,
    "Could we have known?": foretold.show,
}
views.show("negative_transfer", VIEWS)
