"""One interview question, revealed part by part."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.ui import exhibit
from pages.ui.exhibit import filled
from tl_core.question import LEVELS, Question
from tl_core.texts import say

Part = tuple[str, Callable[[], None]]
COLOURS = {"screen": "green", "senior": "blue", "whiteboard": "violet"}


def head(asked: Question) -> None:
    """Its number in the syllabus, level, time and topics; and the question."""
    level, _, _ = LEVELS[asked.level].partition(":")
    with st.container(horizontal=True):
        st.badge(asked.section, icon=":material/map:", color="gray")
        colour = COLOURS[asked.level]
        st.badge(level, color=colour)  # type: ignore[arg-type]
        st.badge(
            say("{minutes} min", minutes=asked.minutes),
            icon=":material/timer:",
            color="gray",
        )
    st.markdown(f"#### {filled(asked.title)}")
    st.caption(" · ".join(asked.topics))


def parts(asked: Question, key: str) -> list[Part]:
    """Everything there is to say, in the order in which it is revealed; a
    derivation is a part a line."""
    lines: list[Part] = [
        (
            say("line {number} of the derivation", number=place + 1),
            _line(asked, place),
        )
        for place in range(len(asked.derivation))
    ]
    return [
        (say("the short answer"), lambda: short(asked)),
        (say("the exhibit"), lambda: exhibit.show(asked, key)),
        (say("the full answer"), lambda: full(asked)),
        *lines,
        (say("what is asked next"), lambda: followups(asked)),
        (say("the common wrong answer"), lambda: wrong(asked)),
        (say("the papers"), lambda: papers(asked)),
    ]


def evidence_first(asked: Question, key: str) -> None:
    """The same, with the exhibit in sight from the start: explain it."""
    every = parts(asked, key)
    _reveal([every[1], every[0], *every[2:]], key, 1)


def reveal(asked: Question, key: str) -> None:
    """The parts so far, and a button for the next one or for all."""
    _reveal(parts(asked, key), key, 0)


def _reveal(every: list[Part], key: str, first: int) -> None:
    """`first` parts are in sight at the start."""
    state = f"{key}.shown"
    shown = min(int(st.session_state.get(state, first)), len(every))
    for _, draw in every[:shown]:
        draw()
    if shown == len(every):
        _hide(key, first)
        return
    if shown == first:
        st.caption(say("Say your answer aloud first, then compare."))
    with st.container(horizontal=True):
        st.button(
            say("Show {part}", part=every[shown][0]),
            icon=":material/visibility:",
            type="primary",
            shortcut="n",
            key=f"{key}.next",
            on_click=_set,
            args=(state, shown + 1),
        )
        st.button(
            say("Show everything"),
            key=f"{key}.all",
            on_click=_set,
            args=(state, len(every)),
        )


def _hide(key: str, first: int) -> None:
    st.button(
        say("Hide the answers"),
        icon=":material/visibility_off:",
        key=f"{key}.hide",
        on_click=_set,
        args=(f"{key}.shown", first),
    )


def _set(state: str, value: int) -> None:
    st.session_state[state] = value


def short(asked: Question) -> None:
    """The answer that one would say aloud."""
    with st.container(border=True):
        st.markdown(
            say("**Short answer**\n\n{answer}", answer=filled(asked.short))
        )


def full(asked: Question) -> None:
    """The whole answer."""
    st.markdown(say("**Full answer**\n\n{answer}", answer=filled(asked.full)))


def _line(asked: Question, place: int) -> Callable[[], None]:
    return lambda: line(asked, place)


def line(asked: Question, place: int) -> None:
    """One line of the derivation, and why it follows."""
    if place == 0:
        st.markdown(say("**On the whiteboard**"))
    made = asked.derivation[place]
    st.latex(made.line)
    st.caption(f"{place + 1}. {filled(made.why)}")


def followups(asked: Question) -> None:
    """What an interviewer asks next; the answers open one by one."""
    st.markdown(say("**Asked next**"))
    for one in asked.followups:
        with st.expander(filled(one.question), icon=":material/forum:"):
            st.markdown(filled(one.answer))


def wrong(asked: Question) -> None:
    """What many say, and why it is wrong."""
    st.warning(
        say(
            "**A common wrong answer:** {answer}\n\n{why}",
            answer=filled(asked.wrong.answer),
            why=filled(asked.wrong.why),
        ),
        icon=":material/block:",
    )


def papers(asked: Question) -> None:
    """The references, each with its address."""
    rows = [f"- [{paper.cite}]({paper.url})" for paper in asked.papers]
    st.markdown(say("**Papers**\n\n{papers}", papers="\n".join(rows)))
