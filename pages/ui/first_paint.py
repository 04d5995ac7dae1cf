"""The start page's charts in plain HTML, for the first second.

A browser needs a second or two to fetch and read Streamlit's code before it
shows anything. Until then this stands in its place: the same words and the
same charts, at the same height, without anything to press. It goes as soon as
the page itself has drawn a chart or a message, or after ten seconds.
"""

from __future__ import annotations

from functools import cache
from html import escape
from urllib.parse import parse_qs

import streamlit as st

from pages.ui import classroom
from pages.ui.charts import drawings
from tl_core import races, recording, sentences
from tl_core.figures import race as figures
from tl_core.texts import say

TITLE = say("Learn transfer learning by doing it")
INTRO = say(
    "A network was trained on one collection of images, the **source**, and "
    "must now read another, the **target**. Nobody labelled the target. "
    "What can be saved? Below is a race that really ran; then run your own."
)
OVER_STEPS = say("**While they adapt** · mean and 95 % band over seeds")
IN_THE_END = say("**In the end** · all test samples, small dots are seeds")
LOOK = """
#tl-first { position: fixed; inset: 0 0 0 300px; z-index: 999999;
  overflow: hidden; padding: 132px 80px 0; line-height: 1.6;
  font-family: "Source Sans", sans-serif; }
#tl-first h1 { font-size: 36px; line-height: 1.2; margin: 0;
  padding: 20px 0 16px; }
#tl-first p { margin: 0 0 16px; }
#tl-first h3 { font-size: 22px; line-height: 1.2; font-weight: 600;
  margin: 0; padding: 12px 0 16px; }
#tl-first .tl-later { height: 140px; }
#tl-first .tl-two { display: grid; gap: 0 32px;
  grid-template-columns: 1fr 1fr; }
@media (max-width: 768px) { #tl-first { left: 0; padding: 137px 16px 0; } }
@media (max-width: 640px) { #tl-first .tl-later { height: 212px; }
  #tl-first .tl-two { grid-template-columns: 1fr; } }
"""
GO = """
(() => {
  const first = document.getElementById("tl-first");
  const there = '[data-testid="stMain"] svg[role="img"], ' +
    '[data-testid="stAlert"], [data-testid="stException"], [role="dialog"]';
  const watch = new MutationObserver(() => {
    if (document.querySelector(there) || location.pathname !== "/") end();
  });
  const end = () => { watch.disconnect(); first.remove(); };
  watch.observe(document.documentElement, {childList: true, subtree: true});
  setTimeout(end, 10000);
})();
"""


def html(query: str) -> str:
    """What the start page shows first, for a query string; nothing where no
    run is recorded, or where a class link shapes the page."""
    asked = parse_qs(query)
    if asked.keys() & set(classroom.STAY):  # another page comes than this
        return ""
    (key,) = asked.get("race", [""])[-1:]
    return _page(races.race(key).key)


@cache
def _page(race: str) -> str:
    """The page of a recorded race: one a race is kept, whatever is asked."""
    histories = recording.recorded_race(races.race(race))
    if not histories:
        return ""
    said = sentences.race(histories)
    curves = figures.race_curves(histories)
    bars = figures.race_bars(histories)
    return (
        f"<div id='tl-first'><style>{LOOK}{_colours()}</style>"
        f"<h1>{TITLE}</h1><p>{_bold(INTRO)}</p><div class='tl-later'></div>"
        f"<h3>{escape(said)}</h3><div class='tl-two'>"
        f"<div><p>{_bold(OVER_STEPS)}</p>"
        f"{drawings(curves, say('Over steps. {said}', said=said))}</div>"
        f"<div><p>{_bold(IN_THE_END)}</p>"
        f"{drawings(bars, say('In the end. {said}', said=said))}</div>"
        f"</div></div><script>{GO}</script>"
    )


def _bold(text: str) -> str:
    """Markdown's ** as HTML."""
    parts = text.split("**")
    return "".join(
        f"<b>{part}</b>" if place % 2 else part
        for place, part in enumerate(map(escape, parts))
    )


def _colours() -> str:
    """Streamlit's own light and dark, by what the browser prefers."""
    light, dark = (
        f"#tl-first {{ color: {st.get_option(f'theme.{name}.textColor')}; "
        f"background: {st.get_option(f'theme.{name}.backgroundColor')}; }}"
        for name in ("light", "dark")
    )
    return f"{light} @media (prefers-color-scheme: dark) {{ {dark} }}"
