"""The script behind every page: navigation and the sidebar."""

import streamlit as st

from pages.ui import registry, sidebar

st.set_page_config(
    page_title="Transfer Learning Lab",
    page_icon=":material/hub:",
    layout="wide",
)
page = st.navigation(registry.navigation())
sidebar.show()
page.run()
