"""Interview: questions, cards, a mock interview, code, derivations, drills."""

import streamlit as st

from pages.ui import (
    code_reading,
    drills,
    flash_cards,
    interview_counts,
    mock_interview,
    questions,
    views,
    whiteboard,
)
from tl_core.texts import say

PAGE = {
    "title": "Interview",
    "icon": ":material/record_voice_over:",
    "section": "Prepare",
    "order": 30,
    "help": "Questions with answers that this lab has measured, flash cards, "
    "a mock interview against the clock, code to read, drills.",
}

st.title(say("An interview next week"), anchor=False)
st.markdown(
    say(
        "Answers here are backed by runs: where what was measured contradicts "
        "what is commonly said, the answer says so and shows it."
    )
)
interview_counts.material()
VIEWS = {
    "Questions": questions.show,
    "Flash cards": flash_cards.show,
    "Mock interview": mock_interview.show,
    "Code reading": code_reading.show,
    "Whiteboard": whiteboard.show,
    "Drills": drills.show,
}
SETTINGS = {"Questions": questions.settings, "Drills": drills.settings}
view = views.pick("interview", tuple(VIEWS))
settings = SETTINGS[view]() if view in SETTINGS else {}
views.keep(settings, view, next(iter(VIEWS)))
VIEWS[view]()
if view == say("Questions"):
    interview_counts.verdicts()
