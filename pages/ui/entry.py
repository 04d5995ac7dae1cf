"""The script behind every page: navigation and the sidebar."""

import streamlit as st

from pages.ui import registry, sidebar
from tl_core.home import ASSETS

st.set_page_config(
    page_title="Transfer Learning Lab",
    page_icon=str(ASSETS / "logo.png"),
    layout="wide",
)
st.logo(ASSETS / "logo.png", size="large")
page = st.navigation(registry.navigation())
sidebar.show()
page.run()
