"""Features: what each layer of a network has learned."""

import streamlit as st

from pages.ui import inside, one_picture, plane, promises, transfer, url

PAGE = {
    "title": "Features",
    "icon": ":material/blur_on:",
    "section": "Learn",
    "order": 7,
    "help": "Filters, activations, evidence and projections, stage by stage.",
}

st.title("What the layers see", anchor=False)
st.markdown(
    "A network reads a picture in **stages**, from edges to classes. Early "
    "stages are said to serve any task, late ones the one they were trained "
    "for. Look at every stage of a network that has been trained on the "
    "source alone, and see where source and target part."
)
settings = inside.choose(url.settings())
url.keep(settings)
views = {
    "Stage by stage": inside.by_stage,
    "Transfer by depth": lambda settings: transfer.show(),
    "Before training": promises.show,
    "First filters": inside.filters,
    "One picture": one_picture.show,
    "One channel": inside.channel,
    "In the plane": plane.show,
}
view = st.segmented_control(
    "View",
    list(views),
    default=next(iter(views)),
    key="features.view",
    label_visibility="collapsed",
    required=True,
)
views[view or next(iter(views))](settings)
