"""Start: a race that really happened, and three clicks to one's own."""

from collections.abc import Sequence

import streamlit as st

from pages.ui import charts, first_paint, registry, replay, results, tour
from tl_core import races, recording, sentences
from tl_core.figures import race as figures
from tl_core.history import History
from tl_core.texts import say

PAGE = {
    "title": "Start",
    "icon": ":material/flag:",
    "section": "",
    "order": 0,
    "help": "A recorded race of strategies on real data, and the way to a "
    "run of your own.",
}


def results_of(chosen: races.Race) -> None:
    """The race's two charts, its replay and where its numbers come from.

    A function of its own, for what a page names outside of one stays in the
    memory of every reader's session.
    """
    histories = recording.recorded_race(chosen)
    if not histories:
        st.info(
            say(
                "No recorded runs are here. `make record` makes them; or "
                "press Run below, which needs none."
            ),
            icon=":material/info:",
        )
        return
    said = sentences.race(histories)
    st.subheader(said, anchor=False)
    _charts(histories, said)
    with st.expander(say("Replay the race"), icon=":material/replay:"):
        replay.show(histories, say("Replayed. {said}", said=said))
    st.toggle(
        say("Explore the charts"),
        key="start.explore",
        help=say("Zoom, hover over values, hide strategies, save as SVG."),
    )
    results.samples(histories[0])
    st.caption(chosen.note)
    results.provenance(histories)


def _charts(histories: Sequence[History], said: str) -> None:
    explored = st.session_state.get("start.explore", False)
    draw = charts.chart if explored else charts.still
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(first_paint.OVER_STEPS)
        curves = figures.race_curves(histories)
        draw(curves, say("Over steps. {said}", said=said), "start.curves")
    with right:
        st.markdown(first_paint.IN_THE_END)
        bars = figures.race_bars(histories)
        draw(bars, say("In the end. {said}", said=said), "start.bars")


st.title(first_paint.TITLE, anchor=False)
st.markdown(first_paint.INTRO)

ways = st.container(horizontal=True)
with ways:
    tour.offer()
known = {race.key: race for race in races.RACES}
asked = st.query_params.get("race", "")
if "start.race" not in st.session_state:
    st.session_state["start.race"] = races.race(asked).key
key = st.segmented_control(
    say("Race"),
    list(known),
    format_func=lambda name: known[name].title,
    label_visibility="collapsed",
    key="start.race",
    required=True,
)
race = races.race(key or "")
if key and key != asked:
    st.query_params["race"] = key
if ways.button(
    say("Run it yourself"),
    icon=":material/play_arrow:",
    key="start.run",
):
    link = {name: str(value) for name, value in race.settings.items()}
    st.switch_page(registry.path_of("run"), query_params=link)
results_of(race)
