"""Features: what each layer of a network has learned."""

import streamlit as st

from pages.ui import (
    inside,
    one_picture,
    plane,
    promises,
    transfer,
    url,
    views,
)
from tl_core.texts import say

PAGE = {
    "title": "Features",
    "icon": ":material/blur_on:",
    "section": "Learn",
    "order": 7,
    "help": "Filters, activations, evidence and projections, stage by stage.",
}

st.title(say("What the layers see"), anchor=False)
st.markdown(
    say(
        "A network reads a picture in **stages**, from edges to classes. "
        "Early stages are said to serve any task, late ones the one they "
        "were trained for. Look at every stage of a network that has been "
        "trained on the source alone, and see where source and target part."
    )
)
settings = inside.choose(url.settings())
VIEWS = {
    "Stage by stage": lambda: inside.by_stage(settings),
    "Transfer by depth": transfer.show,
    "Before training": lambda: promises.show(settings),
    "First filters": lambda: inside.filters(settings),
    "One picture": lambda: one_picture.show(settings),
    "One channel": lambda: inside.channel(settings),
    "In the plane": lambda: plane.show(settings),
}
views.show("features", VIEWS, settings)
