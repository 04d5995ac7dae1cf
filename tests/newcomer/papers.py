"""Papers: where every strategy comes from."""

import streamlit as st

from tl_core import catalog
from tl_core.texts import say

PAGE = {
    "title": "Papers",
    "icon": ":material/menu_book:",
    "section": "Learn",
    "order": 99,
    "help": "The paper behind every strategy.",
}

st.title(say("Where every strategy comes from"), anchor=False)
for key in catalog.keys("strategies"):
    card = catalog.entry("strategies", key).card
    st.markdown(f"**{card.title}**: {card.reference}")
