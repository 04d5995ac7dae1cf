"""After an answer: compare, tick, score; after all: what to repeat."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from pages.ui import exhibit, progress, question
from tl_core import interview, mock_interview, spaced
from tl_core.progress import Card, Mock
from tl_core.question import Question
from tl_core.texts import say

STEP = 5
"""Per cent between two scores."""


def compare(mock: Mock, asked: Question) -> None:
    """One's own answer beside a good one; the rubric; a score."""
    question.head(asked)
    own = mock.answers[mock.place]
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(say("**Your answer**"))
        if own.text.strip():
            # What a learner wrote is text: never markdown, never HTML.
            st.code(own.text, language=None, wrap_lines=True)
        else:
            st.caption(say("Nothing was written: judge what you said aloud."))
        ticks = _rubric(mock, asked)
        _score(mock, ticks)
    with right:
        question.short(asked)
        with st.expander(
            say("The full answer"), icon=":material/unfold_more:"
        ):
            question.full(asked)
            question.wrong(asked)
        with st.expander(say("The exhibit"), icon=":material/insights:"):
            exhibit.show(asked, f"mock.{asked.key}")


def _rubric(mock: Mock, asked: Question) -> tuple[bool, ...]:
    st.markdown(say("**Tick what you said**"))
    return tuple(
        st.checkbox(
            exhibit.filled(point),
            key=f"mock.tick.{mock.key}.{asked.key}.{n}",
            wrap=True,
        )
        for n, point in enumerate(asked.rubric)
    )


def _score(mock: Mock, ticks: tuple[bool, ...]) -> None:
    """The share of the rubric, which one may move; and the next question."""
    share = sum(ticks) / len(ticks)
    start = STEP * round(100 * share / STEP)
    # Another key for another share, so that a tick moves the slider.
    value = st.slider(
        say("Your score (%)"),
        0,
        100,
        start,
        STEP,
        key=f"mock.score.{mock.key}.{mock.place}.{start}",
        help=say(
            "Begins at the share that you ticked; move it if that is not "
            "how good the answer was."
        ),
    )
    last = mock.place + 1 == len(mock.answers)
    st.button(
        say("To the summary") if last else say("Next question"),
        type="primary",
        icon=":material/arrow_forward:",
        shortcut="n",
        key="mock.next",
        on_click=_keep,
        args=(mock, ticks, value / 100),
    )


def _keep(mock: Mock, ticks: tuple[bool, ...], score: float) -> None:
    after = mock_interview.scored(mock, ticks, score, progress.now())
    progress.keep(after)
    if after.done:
        st.session_state["mock.summary"] = after.key


def summary(mock: Mock) -> None:
    """What came of an interview, and what to repeat."""
    score = mock_interview.score(mock)
    title = mock_interview.ROLES.get(mock.role)
    st.subheader(
        say("Summary · {title}", title=title.title if title else ""),
        anchor=False,
    )
    if score is None:
        st.info(say("No answer was scored."), icon=":material/info:")
        return
    used = mock_interview.clock(mock.spent)
    cells = st.columns(3)
    cells[0].metric(say("Score"), f"{100 * score:.0f} %")
    cells[1].metric(say("Time"), f"{used} of {mock.minutes}:00")
    done = sum(a.score is not None for a in mock.answers)
    cells[2].metric(say("Answered"), f"{done} of {len(mock.answers)}")
    st.dataframe(rows(mock), hide_index=True)
    _repeat(mock)


def rows(mock: Mock) -> list[dict[str, str]]:
    """One row a question: score, points of the rubric, time."""
    titles = {q.key: q.title for q in interview.questions()}
    return [
        {
            "question": titles.get(a.question, "no longer asked"),
            "score": "–" if a.score is None else f"{100 * a.score:.0f} %",
            "rubric": f"{sum(a.ticks)} of {len(a.ticks)}",
            "time": mock_interview.clock(a.seconds),
        }
        for a in mock.answers
    ]


def _repeat(mock: Mock) -> None:
    weak = mock_interview.weak(mock)
    known = {q.key for q in interview.questions()}
    weak = [key for key in weak if key in known]
    if not weak:
        st.success(say("Nothing to repeat."), icon=":material/task_alt:")
        return
    count = (
        say("1 question")
        if len(weak) == 1
        else say("{weak} questions", weak=len(weak))
    )
    st.markdown(
        say(
            "**To repeat: {count}** below {weak:.0f} %.",
            count=count,
            weak=100 * mock_interview.WEAK,
        )
    )
    st.button(
        say("Put them on today's cards"),
        icon=":material/style:",
        key="mock.repeat",
        on_click=_on_cards,
        args=(weak,),
    )


def _on_cards(keys: list[str]) -> None:
    """The cards come today, whatever they were."""
    now, cards = datetime.now(UTC), progress.cards()
    for key in keys:
        card = cards.get(key)
        memory = card.memory if card else spaced.new(now)
        due = memory.model_copy(update={"due": now})
        progress.keep(
            Card(
                key=key,
                at=now.timestamp(),
                memory=due,
                rating=card.rating if card else 1,
                reviews=card.reviews if card else 0,
            )
        )
    st.toast(
        say("They are due now: see Flash cards."), icon=":material/style:"
    )


def past(mocks: list[Mock]) -> None:
    """Interviews that were done, the latest first."""
    done = [m for m in reversed(mocks) if mock_interview.score(m) is not None]
    if not done:
        return
    st.markdown(say("**Before**"))
    for mock in done[:5]:
        day = datetime.fromtimestamp(mock.at, UTC).strftime("%d %B")
        role = mock_interview.ROLES.get(mock.role)
        name = role.title if role else say("Interview")
        score = mock_interview.score(mock) or 0
        with st.expander(f"{day} · {name} · {100 * score:.0f} %"):
            st.dataframe(rows(mock), hide_index=True)
