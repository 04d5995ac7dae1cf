"""The script behind every page: navigation and the sidebar."""

import streamlit as st

from pages.ui import classroom, lesson, registry, sidebar
from tl_core.home import ASSETS

st.set_page_config(
    page_title="Transfer Learning Lab",
    page_icon=str(ASSETS / "logo.png"),
    layout="wide",
    initial_sidebar_state="collapsed" if classroom.presenting() else "auto",
)
st.logo(ASSETS / "logo.png", size="large")
page = st.navigation(registry.navigation(), expanded=True)
name = page.url_path or "start"
classroom.larger()
sidebar.show(name)
if lesson.panel(name):
    page.run()
