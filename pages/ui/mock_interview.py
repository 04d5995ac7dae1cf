"""The view of mock interviews: set one up, answer against the clock."""

from __future__ import annotations

from collections.abc import Callable
from secrets import randbelow

import streamlit as st

from pages.ui import mock_review, progress, question, questions
from tl_core import interview, mock_interview
from tl_core.mock_interview import LENGTHS, ROLES
from tl_core.progress import LETTERS, Mock
from tl_core.texts import say

HOW = say(
    "Answer in writing or aloud, against the clock. After each answer you see "
    "a good one, tick what you said, and score yourself."
)
TICK = 1.0
"""Seconds between two looks at the clock."""


def show() -> None:
    """The interview that is under way, else the last one and a new one."""
    mocks = progress.mocks()
    open_ones = [mock for mock in mocks if not mock.done]
    if open_ones:
        _under_way(open_ones[-1])
        return
    if mocks and st.session_state.get("mock.summary") == mocks[-1].key:
        mock_review.summary(mocks[-1])
        st.divider()
    _set_up()
    mock_review.past(mocks)


def _set_up() -> None:
    """Role, length and topics; and what that would ask."""
    st.subheader(say("A mock interview"), anchor=False)
    st.markdown(HOW)
    left, right = st.columns(2)
    role = left.selectbox(
        say("Role"),
        list(ROLES),
        format_func=lambda key: ROLES[key].title,
        key="mock.role",
    )
    minutes = right.segmented_control(
        say("Length"),
        LENGTHS,
        default=LENGTHS[1],
        required=True,
        format_func=lambda number: say("{number} min", number=number),
        key="mock.minutes",
    )
    chapters = _topics()
    length = minutes or LENGTHS[1]
    st.button(
        say("Start"),
        type="primary",
        icon=":material/timer:",
        key="mock.start",
        on_click=_start,
        args=(role, length, tuple(chapters)),
    )


def _topics() -> list[str]:
    return st.pills(
        say("Topics"),
        list(interview.CHAPTERS),
        selection_mode="multi",
        format_func=questions.chapter_name,
        key="mock.chapters",
        help=say("None chosen: what the role is usually asked."),
    )


def _start(role: str, minutes: int, chapters: tuple[str, ...]) -> None:
    every, seed = interview.questions(), randbelow(1_000_000)
    asked = mock_interview.choose(every, role, minutes, chapters, seed)
    key, now = progress.fresh(), progress.now()
    progress.keep(mock_interview.begin(key, role, minutes, asked, now))


def _under_way(mock: Mock) -> None:
    """The clock, the question at hand, and an answer or its review."""
    known = {q.key for q in interview.questions()}
    key = mock.answers[mock.place].question
    if key not in known:
        st.info(say("This interview asks what the lab no longer has."))
        _end(mock)
        return
    going = mock.since is not None
    st.fragment(_clock, run_every=TICK if going else None)(mock)
    asked = interview.question(key)
    if mock.comparing:
        mock_review.compare(mock, asked)
    elif not going:
        st.info(say("Paused: the question waits."), icon=":material/pause:")
    else:
        question.head(asked)
        _answer(mock)
    with st.container(horizontal=True):
        if not mock.comparing:
            _pause(mock, going)
        _end(mock)


def _clock(mock: Mock) -> None:
    """Time used of the interview's, and of the question's."""
    spent = mock_interview.elapsed(mock, progress.now())
    before = sum(answer.seconds for answer in mock.answers)
    asked = interview.question(mock.answers[mock.place].question)
    number, count = mock.place + 1, len(mock.answers)
    clock, total = mock_interview.clock, mock.minutes * 60
    text = say(
        "Question {number} of {count} · {spent} of {total}",
        number=number,
        count=count,
        spent=clock(spent),
        total=clock(total),
    )
    if not mock.comparing:
        text += say(
            " · this one {spent} of {minutes} min",
            spent=clock(spent - before),
            minutes=asked.minutes,
        )
    if spent > total:
        text += say(" · time is up: finish this answer")
    st.progress(min(1.0, spent / total), text=text)


def _answer(mock: Mock) -> None:
    """A field that is kept as it is left, and the way on."""
    field = f"mock.text.{mock.key}.{mock.place}"
    if field not in st.session_state:
        st.session_state[field] = mock.answers[mock.place].text
    st.text_area(
        say("Your answer (or say it aloud)"),
        key=field,
        height=220,
        max_chars=LETTERS,
        on_change=_write,
        args=(mock.key, field),
    )
    st.button(
        say("Compare"),
        type="primary",
        icon=":material/compare_arrows:",
        key="mock.compare",
        on_click=_compare,
        args=(mock.key, field),
    )


def _current(key: str) -> Mock | None:
    """The interview as it is kept now."""
    return next((m for m in progress.mocks() if m.key == key), None)


def _change(key: str, change: Callable[[Mock, float], Mock]) -> None:
    """Change the interview as it is kept now, not as it was drawn: a text
    may have been written since."""
    mock = _current(key)
    if mock is not None:
        progress.keep(change(mock, progress.now()))


def _write(key: str, field: str) -> None:
    text = str(st.session_state.get(field, ""))
    _change(key, lambda mock, now: mock_interview.written(mock, text, now))


def _compare(key: str, field: str) -> None:
    _write(key, field)
    _change(key, mock_interview.compared)


def _pause(mock: Mock, going: bool) -> None:
    st.button(
        say("Pause") if going else say("Go on"),
        icon=":material/pause:" if going else ":material/play_arrow:",
        type="secondary" if going else "primary",
        key="mock.pause",
        on_click=_change,
        args=(
            mock.key,
            mock_interview.paused if going else mock_interview.going,
        ),
    )


def _end(mock: Mock) -> None:
    st.button(
        say("End the interview"),
        icon=":material/stop:",
        key="mock.end",
        on_click=_finish,
        args=(mock.key,),
    )


def _finish(key: str) -> None:
    _change(key, mock_interview.ended)
    st.session_state["mock.summary"] = key
