"""The view of derivations: say the next line, then look."""

from __future__ import annotations

import streamlit as st

from pages.ui import progress, question
from tl_core import interview
from tl_core.mastery import ENOUGH
from tl_core.progress import Board
from tl_core.question import LEVELS, Question
from tl_core.texts import say

KEY = "board.question"
"""The derivation that is open."""


def show() -> None:
    """One derivation, a line at a time."""
    every = [q for q in interview.questions() if len(q.derivation) > 1]
    order = list(LEVELS)  # what is derived in interviews comes first
    every.sort(key=lambda q: order.index(q.level), reverse=True)
    boards = {e.key: e for e in progress.entries() if isinstance(e, Board)}
    st.markdown(
        say(
            "Take a pen. Write the next line of the derivation, then show it, "
            "and say honestly whether you had it."
        )
    )
    names = {q.key: q for q in every}
    if st.session_state.get(KEY) not in names:
        todo = [key for key in names if key not in boards]
        st.session_state[KEY] = (todo or list(names))[0]
    chosen = st.selectbox(
        say("Derivation"),
        list(names),
        format_func=lambda key: _named(names[key], boards.get(key)),
        key=KEY,
    )
    asked = names[chosen]
    question.head(asked)
    _lines(asked)


def _named(asked: Question, before: Board | None) -> str:
    had = (
        say(" · {had} of {lines} lines", had=before.said, lines=before.lines)
        if before
        else ""
    )
    return f"{asked.section} {asked.title}{had}"


def _lines(asked: Question) -> None:
    """Judged lines, the line at hand, and what comes next."""
    marks: list[bool] = st.session_state.get(f"board.{asked.key}.marks", [])
    open_line = st.session_state.get(f"board.{asked.key}.open", False)
    total, place = len(asked.derivation), len(marks)
    st.progress(
        place / total,
        text=say(
            "Line {line} of {lines}",
            line=min(place + 1, total),
            lines=total,
        ),
    )
    for number in range(place + open_line):
        question.line(asked, number)
    if place == total:
        _done(asked, marks)
    elif open_line:
        _judge(asked, marks)
    else:
        st.button(
            say("Show the next line"),
            type="primary",
            icon=":material/visibility:",
            shortcut="n",
            key="board.show",
            on_click=_set,
            args=(asked, marks, True),
        )


def _judge(asked: Question, marks: list[bool]) -> None:
    st.markdown(say("**Did you have this line?**"))
    with st.container(horizontal=True):
        for said, had, shortcut in (
            (say("Yes"), True, "y"),
            (say("No"), False, "x"),
        ):
            st.button(
                said,
                shortcut=shortcut,
                key=f"board.{'yes' if had else 'no'}",
                on_click=_mark,
                args=(asked, [*marks, had]),
            )


def _mark(asked: Question, marks: list[bool]) -> None:
    _set(asked, marks, False)
    if len(marks) == len(asked.derivation):
        made = Board(
            key=asked.key,
            at=progress.now(),
            said=sum(marks),
            lines=len(marks),
        )
        progress.keep(made)


def _set(asked: Question, marks: list[bool], open_line: bool) -> None:
    st.session_state[f"board.{asked.key}.marks"] = marks
    st.session_state[f"board.{asked.key}.open"] = open_line


def _done(asked: Question, marks: list[bool]) -> None:
    had, total = sum(marks), len(marks)
    said = say("You had {had} of {total} lines.", had=had, total=total)
    if had >= ENOUGH * total:
        st.success(
            say("{said} That explains it.", said=said), icon=":material/check:"
        )
    else:
        missed = [str(n + 1) for n, mark in enumerate(marks) if not mark]
        st.info(
            say(
                "{said} Look again at line {lines}, then begin anew.",
                said=said,
                lines=", ".join(missed),
            ),
            icon=":material/replay:",
        )
    st.button(
        say("Begin anew"),
        icon=":material/replay:",
        key="board.again",
        on_click=_set,
        args=(asked, [], False),
    )
