"""Runs: what has been run here, to find, name, compare or delete."""

import streamlit as st

from pages.ui import board, run_list
from tl_core.texts import say

PAGE = {
    "title": "Runs",
    "icon": ":material/history:",
    "section": "Lab",
    "order": 20,
    "help": "Every run of this lab: find, name, tag, compare or delete it, "
    "and the board of a class that works from one preset.",
}

preset = st.query_params.get("preset")
if preset:
    st.title(say("Class board"), anchor=False)
    board.show(preset)
else:
    st.title(say("Runs"), anchor=False)
    run_list.show()
