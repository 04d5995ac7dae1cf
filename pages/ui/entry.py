"""The script behind every page: navigation and the sidebar."""

import streamlit as st

from pages.ui import classroom, login, notice, registry, sidebar, tour
from tl_core.home import ASSETS
from tl_core.texts import say
from tl_core.turnstile import PAGES

st.set_page_config(
    page_title=say("Transfer Learning Lab"),
    page_icon=str(ASSETS / "logo.png"),
    layout="wide",
    initial_sidebar_state="collapsed" if classroom.presenting() else "auto",
)
st.logo(ASSETS / "logo.png", size="large")
inside = login.passed()
page = st.navigation(
    registry.navigation(),
    position="sidebar" if inside else "hidden",
    expanded=True,
)
name = page.url_path or "start"
if inside:
    classroom.larger()
    with PAGES.inside(), notice.told():
        sidebar.show(name)
        notice.show()
        if tour.panel(name):
            page.run()
