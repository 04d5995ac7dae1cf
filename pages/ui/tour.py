"""The tour: one stop on every page that teaches, then a run of one's own.

A stop is a step of a lesson that may lie on another page. The URL names it
(`?tour=4`, on whichever page), so a link takes up the tour where it was left.
Its ways on stay in sight at the bottom: pages are long.
"""

from __future__ import annotations

from typing import Literal

import streamlit as st

from pages.ui import classroom, into_view, lesson, registry
from tl_core import lessons
from tl_core import tour as times
from tl_core.texts import say

PARAMETER = "tour"
AT = "tour.at"
"""The stop where the tour was last seen in this visit."""


def panel(page: str) -> bool:
    """The stop that the URL names, above its page, else the page's lesson;
    whether the page may be shown, or would give an answer away."""
    found = lessons.walk(lessons.TOUR)
    number = lesson.asked(PARAMETER, len(found.steps))
    if classroom.hidden(lesson.PARAMETER):
        return True
    if number == 0:
        if page != found.steps[0].page:  # there the page itself offers it
            _take_up("tertiary")
        return lesson.panel(page)
    if found.steps[number - 1].page != page:
        _go(page, number)
    if st.session_state.get(AT) != number:
        into_view.bring(
            "lesson", "instant"
        )  # a page may come up scrolled down
    st.session_state[AT] = number
    return lesson.show(
        found,
        number,
        _where(found, number),
        lambda may_see: _ways(page, number, may_see),
    )


def _where(found: lessons.Lesson, number: int) -> str:
    """The stop, and how long the rest takes."""
    minutes = times.minutes_left(number)
    told = {
        "title": found.title,
        "number": number,
        "stops": len(found.steps),
        "minutes": minutes,
    }
    if minutes > 1:
        return say(
            "{title} · stop {number} of {stops} · about {minutes} minutes "
            "left",
            **told,
        )
    return say(
        "{title} · stop {number} of {stops} · about {minutes} minute left",
        **told,
    )


def offer() -> None:
    """The button on the first page: begin, or go on."""
    touring = PARAMETER in st.query_params
    if touring or classroom.hidden(lesson.PARAMETER):
        return
    if AT in st.session_state:
        _take_up("primary")
        return
    found = lessons.walk(lessons.TOUR)
    if st.button(
        say("Take the tour: {minutes} minutes", minutes=found.minutes),
        icon=":material/tour:",
        type="primary",
        key="tour.start",
        help=say(
            "{question} A stop on every page, with a question, and a run of "
            "your own at the end. The link for a class is this page's with "
            "`?tour=1`.",
            question=found.question,
        ),
    ):
        _go("", 1)


def _take_up(kind: Literal["primary", "tertiary"]) -> None:
    """A way back for those who went elsewhere."""
    number = st.session_state.get(AT)
    if number is None:
        return
    stops = len(lessons.walk(lessons.TOUR).steps)
    if st.button(
        say(
            "Back to the tour: stop {number} of {stops}",
            number=number,
            stops=stops,
        ),
        icon=":material/tour:",
        type=kind,
        key="tour.again",
    ):
        _go("", number)


def _go(page: str, number: int) -> None:
    """To a stop, from a page; what the URL says of the same page stays."""
    stop = lessons.walk(lessons.TOUR).steps[number - 1]
    if stop.page == page:
        st.query_params[PARAMETER] = str(number)
        st.rerun()
    query = {**classroom.visit(), PARAMETER: str(number)}
    st.switch_page(registry.path_of(stop.page), query_params=query)


def _ways(page: str, number: int, may_see: bool) -> None:
    """Out, and at the bottom of the window what to do here and the ways."""
    found = lessons.walk(lessons.TOUR)
    step, done = found.steps[number - 1], lesson.answered(found, number)
    st.button(
        say("Leave the tour"),
        icon=":material/close:",
        type="tertiary",
        key="tour.leave",
        on_click=_leave,
        help=say("You can take it up again where you left it."),
    )
    wanted = False
    if done:
        st.bottom.markdown(step.touch)
    with st.bottom, st.container(horizontal=True, key="tour.bar"):
        if st.button(
            say("Back"),
            icon=":material/arrow_back:",
            disabled=number == 1,
            key="tour.back",
        ):
            _go(page, number - 1)
        if step.highlight and may_see and done:
            wanted = lesson.look()
        _on(page, number, done)
    if wanted:
        into_view.bring(step.highlight, "smooth")


def _on(page: str, number: int, done: bool) -> None:
    """To the next stop; after the last one, the end."""
    steps = lessons.walk(lessons.TOUR).steps
    if number == len(steps):
        st.button(
            say("Finish the tour"),
            icon=":material/flag:",
            type="primary",
            key="tour.end",
            on_click=_finish,
        )
        return
    # A stop that fills in a run's settings is done when that run is under way.
    ready = done and (not steps[number - 1].link or "run" in st.query_params)
    if st.button(
        say("Next"),
        icon=":material/arrow_forward:",
        type="primary" if ready else "secondary",
        shortcut="n",
        key="tour.next",
    ):
        _go(page, number + 1)


def _leave() -> None:
    st.query_params.pop(PARAMETER, None)


def _finish() -> None:
    st.session_state.pop(AT, None)
    _leave()
