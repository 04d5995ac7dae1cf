"""The walk through a page: what a step says, asks, sets and highlights."""

from __future__ import annotations

import re

import streamlit as st

from pages.ui import classroom, predict, registry
from tl_core import lessons
from tl_core.lessons import Lesson, Step

PARAMETER = "lesson"
LIGHT = (
    "<style>.st-key-{} {{outline: 3px solid var(--st-primary-color, #0b62a3);"
    "outline-offset: 6px; border-radius: 8px;}}</style>"
)
"""What draws the eye to a part of the page, by its key."""


def panel(page: str) -> bool:
    """The lesson of a page, above it; whether the page may be shown, or
    would give an answer away."""
    found = lessons.lesson(page)
    if found is None or classroom.hidden(PARAMETER):
        return True
    number = _number(len(found.steps))
    if number == 0:
        _offer(found)
        return True
    step = found.steps[number - 1]
    _apply(found, number, step)
    with st.container(border=True, key="lesson"):
        may_see = _show(found, number, step)
    if step.highlight and may_see:
        st.html(LIGHT.format(re.sub(r"[^\w-]", "-", step.highlight)))
    return may_see


def _number(last: int) -> int:
    """The step that the URL names, 0 for none."""
    asked = st.query_params.get(PARAMETER, "")
    return min(int(asked), last) if re.fullmatch(r"\d{1,3}", asked) else 0


def _offer(found: Lesson) -> None:
    st.button(
        f"{found.question} A lesson in {len(found.steps)} steps",
        icon=":material/school:",
        type="tertiary",
        key="lesson.start",
        on_click=_go,
        args=(1,),
    )


def _go(number: int) -> None:
    st.query_params[PARAMETER] = str(number)


def _leave() -> None:
    del st.query_params[PARAMETER]


def _apply(found: Lesson, number: int, step: Step) -> None:
    """Put the page into the step's state, once; then it is the reader's."""
    state, here = st.session_state, (found.page, number)
    if state.get("lesson.here") == here:
        return
    state["lesson.here"] = here
    if step.view:
        state[f"{found.page}.view"] = step.view
    for key, value in step.state.items():
        state[key] = value
    if step.link:
        st.query_params.from_dict({**step.link, **classroom.staying()})


def _show(found: Lesson, number: int, step: Step) -> bool:
    st.progress(
        number / len(found.steps),
        text=f"{found.title} · step {number} of {len(found.steps)}",
    )
    st.markdown(f"#### {step.title}")
    st.markdown(step.text)
    may_see = True
    if step.ask is not None:
        key = f"lesson.{found.page}.{number}"
        try:
            may_see = predict.answered(step.ask, key)
        except LookupError:
            st.info("`make record` makes the runs that answer this.")
    if not may_see:
        st.caption("The page opens when you have answered or skipped.")
    _ways(found, number)
    return may_see


def _ways(found: Lesson, number: int) -> None:
    """Back, on, and out."""
    with st.container(horizontal=True):
        st.button(
            "Back",
            icon=":material/arrow_back:",
            disabled=number == 1,
            key="lesson.back",
            on_click=_go,
            args=(number - 1,),
        )
        if number < len(found.steps):
            st.button(
                "Next",
                icon=":material/arrow_forward:",
                key="lesson.next",
                shortcut="n",
                on_click=_go,
                args=(number + 1,),
            )
        elif st.button(_next_title(found), key="lesson.on", shortcut="n"):
            first = {PARAMETER: "1"} if _next(found) else {}
            st.switch_page(
                registry.path_of(_next(found) or "run"),
                query_params={**classroom.visit(), **first},
            )
        st.button("Leave the lesson", key="lesson.leave", on_click=_leave)


def _next(found: Lesson) -> str:
    """The page of the next lesson in the menu's order, "" after the last."""
    order = [page for page in registry.about() if page in lessons.pages()]
    place = order.index(found.page) + 1
    return order[place] if place < len(order) else ""


def _next_title(found: Lesson) -> str:
    after = lessons.lesson(_next(found))
    return f"Next lesson: {after.title}" if after else "To a run of your own"
