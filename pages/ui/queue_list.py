"""The queue as one may see it: one's own runs; a teacher sees and steers
all."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui import learner, person, queueing
from tl_core.jobs import engine, owners, teaching
from tl_core.jobs.outlook import Place
from tl_core.jobs.owners import RUN
from tl_core.texts import say

SHOWN = 8
"""Runs that are listed; the rest is counted."""


def show() -> None:
    """Own runs that run or wait, in the order in which they will begin."""
    lab, asker = engine.current(), person.asker()
    places = lab.places()
    if not asker.teacher:
        places = [
            place
            for place in places
            if owners.may_change(lab.store, asker, RUN, place.record.id)
        ]
    elif places:
        _all(places)
    for place in places[:SHOWN]:
        with st.container(horizontal=True, vertical_alignment="center"):
            _line(place)
            if asker.teacher:
                _steer(place)
    if len(places) > SHOWN:
        st.caption(
            say("And {places} more that wait.", places=len(places) - SHOWN)
        )


def _line(place: Place) -> None:
    """How far a run is, or its place and the time it will take."""
    record = place.record
    words = learner.name(record.spec)
    left = (
        ""
        if place.seconds is None
        else say(", {span} left", span=span(place.seconds))
    )
    if record.state == "running":
        history = engine.current().store.history(record.id)
        share = history.progress if history else 0.0
        st.progress(share, f"{words}: {100 * share:.0f} %{left}")
    else:
        st.caption(
            f":material/hourglass_empty: {words}: {turn(place.ahead)}{left}",
            width="content",
        )


def turn(ahead: int) -> str:
    """A place in the queue, in words."""
    if not ahead:
        return "next"
    return (
        say("after 1 other run")
        if ahead == 1
        else say("after {ahead} other runs", ahead=ahead)
    )


def span(seconds: float) -> str:
    """A time in words."""
    if seconds < 100:
        return say("about {seconds} s", seconds=max(1, round(seconds)))
    return say("about {seconds} min", seconds=round(seconds / 60))


def _all(places: Sequence[Place]) -> None:
    running = sum(place.record.state == "running" for place in places)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            say(
                "**The queue of everybody** · {running} running, {places} "
                "waiting",
                running=running,
                places=len(places) - running,
            ),
            width="content",
        )
        st.button(
            say("Clear the queue"),
            icon=":material/clear_all:",
            key="queue.clear",
            on_click=_clear,
            help=say(
                "Stops every run and race that waits. What runs goes on, "
                "what is done is kept."
            ),
        )


def _clear() -> None:
    teaching.clear(engine.current(), person.asker())


def _steer(place: Place) -> None:
    """What a teacher can do with a run."""
    run = place.record.id
    if place.record.state == "queued":
        st.button(
            say("Next"),
            icon=":material/vertical_align_top:",
            type="tertiary",
            key=f"queue.next.{run}",
            on_click=_next,
            args=(run,),
        )
    st.button(
        say("Stop"),
        icon=":material/stop:",
        type="tertiary",
        key=f"queue.stop.{run}",
        on_click=queueing.stop,
        args=(run,),
    )


def _next(run: str) -> None:
    engine.current().jump(run, person.asker())
