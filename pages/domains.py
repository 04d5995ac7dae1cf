"""Domains: see a shift, design one, and measure what it costs."""

import streamlit as st

from pages.ui import designer, pairs

PAGE = {
    "title": "Domains",
    "icon": ":material/landscape:",
    "section": "Learn",
    "order": 5,
    "help": "See P(X) of source and target, design a shift with sliders, and "
    "watch a source model answer.",
}

st.title("When the world moves", anchor=False)
st.markdown(
    "A **domain** is a space of inputs with a law on it, $\\{\\mathcal X, "
    "P(X)\\}$; a **task** is a set of labels with a law that assigns them, "
    "$\\{\\mathcal Y, P(Y \\mid X)\\}$. Transfer is needed when one of the "
    "four moves. Below, $P(X)$ moves as you like, and a network that has "
    "only seen the source says what it makes of it."
)

st.subheader("Shift designer", anchor=False)
designer.show()

st.divider()
st.subheader("Every pair in the lab", anchor=False)
pairs.show()
