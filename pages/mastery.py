"""Mastery: what was predicted, run and explained, and what is next."""

import streamlit as st

from pages.ui import (
    calibration,
    mastery_map,
    own_runs,
    print_view,
    progress_file,
    views,
)
from tl_core.texts import say

PAGE = {
    "title": "Mastery",
    "icon": ":material/workspace_premium:",
    "section": "Prepare",
    "order": 31,
    "help": "The map of all ideas with what you predicted, ran and "
    "explained; how well you know what you know; your own charts.",
}
VIEWS = {
    "Map": mastery_map.show,
    "Calibration": calibration.show,
    "My runs": own_runs.show,
    "Keep": progress_file.show,
}

if st.query_params.get("print") == "true":
    print_view.show()
else:
    st.title(say("What you have found out"), anchor=False)
    st.markdown(
        say(
            "An idea is yours when you have **predicted** what would happen, "
            "**run** it, and **explained** it without looking."
        )
    )
    views.show("mastery", VIEWS)
