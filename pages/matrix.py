"""The strategy matrix: what each costs and brings, and which to choose."""

import streamlit as st

from pages.ui import matrix, matrix_trade, recommender, views
from tl_core.texts import say

PAGE = {
    "title": "Strategy matrix",
    "icon": ":material/grid_on:",
    "section": "Learn",
    "order": 12,
    "help": "Every strategy's cost, accuracy and forgetting, measured, beside "
    "the textbook's table; and advice that is put to the test.",
}

st.title(say("Which strategy, at what price?"), anchor=False)
st.markdown(
    say(
        "Textbooks close with a table: what each strategy trains, what "
        "memory it needs, what it forgets. Here the table is **measured**: "
        "every strategy adapts a network of upright digits to digits turned "
        "by 45°, with equal budgets and three seeds."
    )
)
VIEWS = {
    "Measured": matrix.measured,
    "Trade-off": matrix_trade.trade_off,
    "Advice": recommender.show,
}
views.show("matrix", VIEWS, matrix.settings())
