"""Alignment: domain adaptation by bringing features together."""

import streamlit as st

from pages.ui import (
    adversary,
    alignment,
    norm_statistics,
    views,
    witness,
)
from tl_core.texts import say

PAGE = {
    "title": "Alignment",
    "icon": ":material/join:",
    "section": "Learn",
    "order": 11,
    "help": "MMD, CORAL and DANN: what they measure, when they help, and when "
    "they do harm.",
}

st.title(say("Bringing two domains together"), anchor=False)
st.markdown(
    say(
        "Nobody labelled the target. But if a network's features of both "
        "domains follow **one law**, a classifier of the source might serve "
        "both. Three ways to get there, and the question how far apart two "
        "laws are."
    )
)
VIEWS = {
    "Does it help?": alignment.helps,
    "While they align": alignment.along,
    "Whose statistics?": norm_statistics.show,
    "How far apart?": witness.laws,
    "Two moons": witness.moons,
    "DANN, step by step": adversary.show,
}
views.show("alignment", VIEWS)
