"""The view to browse and search all questions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from pages.ui import question
from tl_core import interview
from tl_core.question import LEVELS, Question

PARAMETER, KEY = "question", "interview.question"
"""The question that is open: in the URL, and in the page's state."""
TALL = 620
"""Pixels of the list; the rest of it scrolls."""


def of_the_day(today: datetime) -> Question:
    """Another question each day, of those that the lab has measured."""
    measured = [q for q in interview.questions() if q.claims]
    return measured[today.toordinal() % len(measured)]


def settings() -> dict[str, str]:
    """What the URL says of this view: the question, unless it is the
    day's."""
    _start()
    chosen, today = st.session_state[KEY], of_the_day(datetime.now(UTC))
    return {} if chosen == today.key else {PARAMETER: chosen}


def _start() -> None:
    """The URL decides on the first visit, the reader later."""
    known = {q.key for q in interview.questions()}
    if st.session_state.get(KEY) not in known:
        asked = st.query_params.get(PARAMETER, "")
        today = of_the_day(datetime.now(UTC)).key
        st.session_state[KEY] = asked if asked in known else today


def show() -> None:
    """Filters and the list on the left, one question on the right."""
    _start()
    left, right = st.columns([2, 3], gap="large")
    with left:
        found = filters(interview.questions())
        _list(found)
    with right:
        asked = interview.question(st.session_state[KEY])
        today = asked == of_the_day(datetime.now(UTC))
        if today:
            st.markdown(":material/today: **Question of the day**")
        question.head(asked)
        draw = question.evidence_first if today else question.reveal
        draw(asked, f"question.{asked.key}")


def filters(every: Sequence[Question]) -> list[Question]:
    """The questions that the reader looks for."""
    words = st.text_input(
        "Search",
        key="questions.words",
        placeholder="words, such as reversal or BatchNorm",
        icon=":material/search:",
        max_chars=100,
    )
    with st.container(horizontal=True):
        chapter = st.selectbox(
            "Section",
            ["", *interview.CHAPTERS],
            format_func=chapter_name,
            key="questions.chapter",
        )
        level = st.selectbox(
            "Level",
            ["", *LEVELS],
            format_func=lambda key: LEVELS[key] if key else "Every level",
            key="questions.level",
        )
    topics = sorted({topic for q in every for topic in q.topics})
    topic = st.selectbox(
        "Topic",
        ["", *topics],
        format_func=lambda name: name or "Every topic",
        key="questions.topic",
    )
    return [
        q
        for q in every
        if (not chapter or q.chapter == chapter)
        and (not level or q.level == level)
        and (not topic or topic in q.topics)
        and matches(q, words or "")
    ]


def chapter_name(key: str) -> str:
    """A section of the syllabus by its number."""
    return f"{key} {interview.CHAPTERS[key][1]}" if key else "Every section"


def matches(asked: Question, words: str) -> bool:
    """Whether every word occurs somewhere in a question."""
    text = " ".join((*asked.texts, *asked.topics)).casefold()
    return all(word in text for word in words.casefold().split())


def _list(found: Sequence[Question]) -> None:
    count = "1 question" if len(found) == 1 else f"{len(found)} questions"
    st.caption(f"{count} of {len(interview.questions())}")
    if not found:
        st.info("No question has all of that. Take a word or a filter away.")
        return
    with st.container(
        height=TALL, border=True, key="questions.list", gap=None
    ):
        last = ""
        for asked in found:
            if asked.chapter != last:
                last = asked.chapter
                st.markdown(f"**{chapter_name(last)}**")
            chosen = asked.key == st.session_state[KEY]
            st.button(
                asked.title,
                key=f"questions.open.{asked.key}",
                type="tertiary",
                icon=":material/arrow_right:" if chosen else None,
                help=LEVELS[asked.level],
                on_click=_open,
                args=(asked.key,),
            )


def _open(key: str) -> None:
    st.session_state[KEY] = key
