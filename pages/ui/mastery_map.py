"""The view of the map: every idea, what was done with it, and what next."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui import classroom, learner, progress, registry
from pages.ui.charts import chart
from tl_core import mastery, syllabus_runs
from tl_core.figures import mastery as figures
from tl_core.mastery import WAYS, Done, Step
from tl_core.syllabus import CHAPTERS, ROWS, Row
from tl_core.texts import say

TODO = {
    "predicted": say("Predict"),
    "run": say("Run"),
    "explained": say("Explain"),
}
LIST = ":material/list:"


def show() -> None:
    """The next step, the map, and the ideas as links."""
    done = learner.done(progress.entries())
    said = told(done)
    st.markdown(f"**{said}**")
    step = mastery.next_step(done)
    if step is not None:
        next_step(step)
    chart(figures.syllabus(done), said, "mastery.map")
    st.caption(
        say(
            "Three dots an idea, from the left: **predicted** (a guess "
            "before you looked), **run** (a run of yours that is about it), "
            "**explained** (a card known, a mock answer or a derivation of "
            "at least {enough:.0f} %, code read rightly).",
            enough=100 * mastery.ENOUGH,
        )
    )
    for key, title in CHAPTERS.items():
        mine = [row for row in ROWS if row.chapter == key]
        whole = sum(done[row.id].ways == len(WAYS) for row in mine)
        with st.expander(f"{key} {title} · {whole} of {len(mine)}", icon=LIST):
            for row in mine:
                idea(row, done[row.id])


def told(done: Mapping[str, Done]) -> str:
    """How far one is, in a sentence."""
    counts = {
        way: sum(getattr(d, way) > 0 for d in done.values()) for way in WAYS
    }
    said = ", ".join(f"{count} {way}" for way, count in counts.items())
    if not any(counts.values()):
        return say("{rows} ideas, none of them touched yet.", rows=len(ROWS))
    return say("Of {rows} ideas: {said}.", rows=len(ROWS), said=said)


def next_step(step: Step) -> None:
    """The one thing to do next, with its link."""
    row = step.row
    page, query = way(row, step.way)
    with st.container(border=True, key="mastery.next"):
        st.markdown(say("**Next** · {id} {title}", id=row.id, title=row.title))
        st.markdown(todo(row, step.way))
        st.page_link(
            registry.path_of(page),
            label=f"{TODO[step.way]} it",
            icon=":material/arrow_forward:",
            query_params={**classroom.visit(), **query},
        )


def todo(row: Row, way: str) -> str:
    """What there is to do, in words."""
    if way == "predicted":
        asked = mastery.question_of(row)
        if asked is not None:
            return asked.ask.question
        return say("Guess a run's target accuracy before you press Run.")
    if way == "run":
        return say("An experiment of your own about it.")
    return say("Answer its questions: flash cards, a mock interview or code.")


def way(row: Row, way: str) -> tuple[str, dict[str, str]]:
    """Where that is done: a page and its query parameters."""
    asked = mastery.question_of(row)
    if way == "predicted" and asked is not None:
        return asked.page, {asked.walk: str(asked.step)}
    if way == "explained":
        return "interview", {"view": say("Flash cards")}
    return "run", syllabus_runs.start(row)


def idea(row: Row, done: Done) -> None:
    """One idea: its dots, the page that shows it, and what is undone."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(figures.dots(done), width="content")
        st.page_link(
            registry.path_of(row.page),
            label=f"{row.id} {row.title}",
            query_params={**classroom.visit(), "view": row.view},
        )
        for name in WAYS:
            if getattr(done, name) == 0:
                page, query = way(row, name)
                st.page_link(
                    registry.path_of(page),
                    label=f":small[{TODO[name]}]",
                    icon=":material/arrow_forward:",
                    help=todo(row, name),
                    query_params={**classroom.visit(), **query},
                )
