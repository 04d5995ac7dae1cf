"""Race: several strategies, seed by seed, with equal budgets."""

import streamlit as st

from pages.ui import pinned, race, url, views
from tl_core.texts import say

PAGE = {
    "title": "Race",
    "icon": ":material/leaderboard:",
    "section": "Lab",
    "order": 15,
    "help": "Let strategies race with equal budgets and several seeds, and "
    "see which differences are more than chance.",
}

st.title(say("Let strategies race"), anchor=False)
st.markdown(
    say(
        "One run is an anecdote. A **race** gives every contender the same "
        "steps, batches, labels and source models, repeats all of it with "
        "several seeds, and says which differences are more than luck."
    )
)
VIEWS = {
    "Race": race.show,
    "Pinned runs": pinned.show,
}
# A race that was set up stays in the URL while other views are read.
views.show("compare", VIEWS, url.settings())
