"""Domains: see a shift, design one, and measure what it costs."""

import streamlit as st

from pages.ui import (
    designer,
    formalism,
    joint,
    kinds,
    label_spaces,
    orders,
    pairs,
    text_control,
    url,
    views,
)
from tl_core.texts import say

PAGE = {
    "title": "Domains",
    "icon": ":material/landscape:",
    "section": "Learn",
    "order": 5,
    "help": "See P(X) of source and target, design a shift with sliders, and "
    "ask what new inputs, new classes and two risks at once do.",
}

st.title(say("When the world moves"), anchor=False)
st.markdown(
    say(
        r"A **domain** is a space of inputs with a law on it, $\{\mathcal X, "
        r"P(X)\}$; a **task** is a set of labels with a law that assigns "
        r"them, $\{\mathcal Y, P(Y \mid X)\}$. Transfer is needed when one "
        r"of the four moves."
    )
)
VIEWS = {
    "Shift designer": designer.show,
    "Formalism": formalism.show,
    "Three shifts": kinds.show,
    "Two risks": joint.show,
    "In turn": orders.show,
    "Text to pictures": text_control.show,
    "New labels": label_spaces.show,
    "Every pair": pairs.show,
}
# A shift that was designed stays in the URL while other views are read.
views.show("domains", VIEWS, url.settings())
