"""The walk through a page: what a step says, asks, sets and highlights."""

from __future__ import annotations

import re
from collections.abc import Callable

import streamlit as st

from pages.ui import classroom, into_view, predict, registry
from tl_core import lessons
from tl_core.lessons import Lesson, Step
from tl_core.texts import say

PARAMETER = "lesson"
LIGHT = (
    "<style>#root .{} {{outline: 3px solid "
    "var(--st-primary-color, #0b62a3) !important; outline-offset: 6px; "
    "border-radius: 8px;}}</style>"
)
"""What draws the eye to a part of the page, by its key, also where that has
the focus, for which Streamlit draws none."""


def panel(page: str) -> bool:
    """The lesson of a page, above it; whether the page may be shown, or
    would give an answer away."""
    found = lessons.lesson(page)
    if found is None or classroom.hidden(PARAMETER):
        return True
    number = asked(PARAMETER, len(found.steps))
    if number == 0:
        st.session_state.pop("lesson.here", None)
        _offer(found)
        return True
    told = say(
        "{title} · step {number} of {steps}",
        title=found.title,
        number=number,
        steps=len(found.steps),
    )
    return show(found, number, told, lambda seen: _ways(found, number, seen))


def asked(name: str, last: int) -> int:
    """The step that a parameter of the URL names, 0 for none."""
    given = st.query_params.get(name, "")
    return min(int(given), last) if re.fullmatch(r"\d{1,3}", given) else 0


def show(
    found: Lesson, number: int, told: str, ways: Callable[[bool], None]
) -> bool:
    """One step: its state, its words, what it lights up; `told` says how far
    one is, `ways` draws the ways on. Whether the page may be shown."""
    step = found.steps[number - 1]
    with st.container(border=True, key="lesson"):
        st.progress(number / len(found.steps), text=told)
        may_see = _say(found, number, step)
        ways(may_see)
    if may_see:
        _apply(found, number, step)
    else:  # widgets that are not drawn forget what they are set to
        st.session_state.pop("lesson.here", None)
    if step.highlight and may_see:
        st.html(LIGHT.format(into_view.css(step.highlight)))
    return may_see


def answered(found: Lesson, number: int) -> bool:
    """Whether a step's question was answered or skipped, if it has one."""
    done = f"{_key(found, number)}.done"
    return found.steps[number - 1].ask is None or done in st.session_state


def look() -> bool:
    """A button; whether what is lit up shall come into sight."""
    return st.button(
        say("Show me"), icon=":material/arrow_downward:", key="lesson.look"
    )


def _key(found: Lesson, number: int) -> str:
    return f"lesson.{found.key}.{number}"


def _offer(found: Lesson) -> None:
    st.button(
        say(
            "{question} A lesson in {steps} steps",
            question=found.question,
            steps=len(found.steps),
        ),
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
    state, here = st.session_state, (found.key, number)
    if state.get("lesson.here") == here:
        return
    state["lesson.here"] = here
    if step.view:
        state[f"{step.page}.view"] = step.view
    for key, value in step.state.items():
        state[key] = value
    staying = classroom.staying()
    # A link that says more already, a run that was started here, stays.
    if step.link and st.query_params.to_dict() == staying:
        st.query_params.from_dict({**step.link, **staying})


def _say(found: Lesson, number: int, step: Step) -> bool:
    st.markdown(f"#### {step.title}")
    st.markdown(step.text)
    may_see = True
    if step.ask is not None:
        try:
            may_see = predict.answered(step.ask, _key(found, number))
        except LookupError:
            st.info(say("`make record` makes the runs that answer this."))
    if not may_see:
        st.caption(say("The page opens when you have answered or skipped."))
    for page in step.onward:
        about = registry.about()[page]
        st.page_link(
            registry.path_of(page),
            label=about["title"],
            icon=about["icon"],
            query_params=classroom.visit(),
        )
        st.caption(about["help"])
    return may_see


def _ways(found: Lesson, number: int, may_see: bool) -> None:
    """Back, on, and out."""
    step, wanted = found.steps[number - 1], False
    with st.container(horizontal=True):
        st.button(
            say("Back"),
            icon=":material/arrow_back:",
            disabled=number == 1,
            key="lesson.back",
            on_click=_go,
            args=(number - 1,),
        )
        if number < len(found.steps):
            st.button(
                say("Next"),
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
        if step.highlight and may_see:
            wanted = look()
        st.button(say("Leave the lesson"), key="lesson.leave", on_click=_leave)
    if wanted:
        into_view.bring(step.highlight, "smooth")


def _next(found: Lesson) -> str:
    """The page of the next lesson in the menu's order, "" after the last."""
    order = [page for page in registry.about() if page in lessons.pages()]
    place = order.index(found.key) + 1
    return order[place] if place < len(order) else ""


def _next_title(found: Lesson) -> str:
    after = lessons.lesson(_next(found))
    return (
        say("Next lesson: {title}", title=after.title)
        if after
        else say("To a run of your own")
    )
