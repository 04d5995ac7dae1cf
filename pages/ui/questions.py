"""The view to browse and search all questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import streamlit as st

from pages.ui import exhibit, question
from tl_core import interview
from tl_core.question import LEVELS, Question
from tl_core.texts import say

PARAMETER, KEY = "question", "interview.question"
"""The question that is open: in the URL, and in the page's state."""
PICKED = "questions.picked"
TALL = 560
"""Pixels of the list; the rest of it scrolls."""


def of_the_day(today: datetime) -> Question:
    """Another question each day, of those that the lab has measured, with
    something to see."""
    measured = [q for q in interview.questions() if q.claims]
    place = today.toordinal() % len(measured)
    in_turn = (*measured[place:], *measured[:place])
    return next((q for q in in_turn if _seen(q)), measured[place])


def _seen(asked: Question) -> bool:
    """Whether the first claim behind a question shows in a chart."""
    found = exhibit.verdict(asked.claims[0])
    return found is not None and exhibit.visible(found)


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
    """One question, and beside it all of them to choose from."""
    _start()
    left, right = st.columns([3, 2], gap="large")
    with right:
        st.markdown(say("**Choose a question**"))
        choose(filters(interview.questions()))
    with left:
        asked = interview.question(st.session_state[KEY])
        today = asked == of_the_day(datetime.now(UTC))
        if today:
            st.markdown(say(":material/today: **Question of the day**"))
        question.head(asked)
        draw = question.evidence_first if today else question.reveal
        draw(asked, f"question.{asked.key}")


def filters(every: Sequence[Question]) -> list[Question]:
    """The questions that the reader looks for."""
    words = st.text_input(
        say("Search"),
        key="questions.words",
        placeholder=say("words, such as reversal or BatchNorm"),
        icon=":material/search:",
        max_chars=100,
    )
    with st.container(horizontal=True):
        chapter = one_of("chapter", list(interview.CHAPTERS), chapter_name)
        level = one_of(
            "level",
            list(LEVELS),
            lambda key: LEVELS[key] if key else say("Every level"),
        )
    topics = sorted({topic for q in every for topic in q.topics})
    topic = one_of("topic", topics, lambda name: name or say("Every topic"))
    return [
        q
        for q in every
        if (not chapter or q.chapter == chapter)
        and (not level or q.level == level)
        and (not topic or topic in q.topics)
        and matches(q, words or "")
    ]


NAMES = {
    "chapter": say("Section"),
    "level": say("Level"),
    "topic": say("Topic"),
}


def one_of(name: str, options: list[str], told: Callable[[str], str]) -> str:
    """A filter: one of the options, or "" for all of them."""
    return st.selectbox(
        NAMES[name],
        ["", *options],
        format_func=told,
        key=f"questions.{name}",
    )


def chapter_name(key: str) -> str:
    """A section of the syllabus by its number."""
    return (
        f"{key} {interview.CHAPTERS[key][1]}" if key else say("Every section")
    )


def matches(asked: Question, words: str) -> bool:
    """Whether every word occurs somewhere in a question."""
    text = " ".join((*asked.texts, *asked.topics)).casefold()
    return all(word in text for word in words.casefold().split())


def choose(found: Sequence[Question]) -> None:
    """A list in which one question is marked."""
    count = (
        say("1 question")
        if len(found) == 1
        else say("{found} questions", found=len(found))
    )
    st.caption(f"{count} of {len(interview.questions())}")
    if not found:
        st.info(
            say("No question has all of that. Take a word or a filter away.")
        )
        return
    keys, state = [q.key for q in found], st.session_state
    if state.get(PICKED) not in keys:
        state.pop(PICKED, None)
    titles = {q.key: f"{q.section} {q.title}" for q in found}
    with st.container(height=TALL, border=True, key="questions.list"):
        st.radio(
            say("Questions"),
            keys,
            index=keys.index(state[KEY]) if state[KEY] in keys else None,
            format_func=lambda key: titles[key],
            label_visibility="collapsed",
            key=PICKED,
            on_change=_open,
        )


def _open() -> None:
    st.session_state[KEY] = st.session_state[PICKED]
