"""Brings a part of the page into sight."""

from __future__ import annotations

import re
from typing import Any

import streamlit as st

JS = """
export default function({data}) {
  const bring = (tries) => {
    const part = document.querySelector("." + data.part);
    if (!part) {
      if (tries) setTimeout(bring, 100, tries - 1);
      return;
    }
    const {top} = part.getBoundingClientRect();
    if (data.follows && top > 0 && top < innerHeight - 240) return;
    if (!data.follows) {
      part.tabIndex = -1;
      part.focus({preventScroll: true});
    }
    part.style.scrollMarginTop = "5rem";
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    part.scrollIntoView({
      block: data.follows || part.offsetHeight > innerHeight - 240
        ? "start" : "center",
      behavior: still ? "instant" : data.how});
  };
  bring(100);
}
"""
"""A part that is not there yet is waited for, ten seconds."""
TIMES = "into_view.times"


def bring(key: str, how: str) -> None:
    """Scroll to the part of the page with a key, "smooth" or "instant"."""
    _mount({"part": css(key), "how": how, "follows": False})


def follow(key: str) -> None:
    """Scroll to a part unless its beginning is in sight, as on a phone, where
    what a button starts is drawn far below it. The keyboard stays."""
    _mount({"part": css(key), "how": "smooth", "follows": True})


def _mount(data: dict[str, Any]) -> None:
    component = st.components.v2.component("tl_into_view", js=JS)
    state = st.session_state
    state[TIMES] = state.get(TIMES, 0) + 1
    # With the same data as the time before the script would not run again.
    component(key="into_view", data={**data, "time": state[TIMES]})


def css(key: str) -> str:
    """The class that Streamlit gives to what has a key."""
    return "st-key-" + re.sub(r"[^\w-]", "-", key)
