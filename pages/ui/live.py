"""The panel of one run: waiting, moving, or finished."""

from __future__ import annotations

from dataclasses import astuple

import streamlit as st

from pages.ui import (
    charts,
    classroom,
    notice,
    outcome,
    person,
    pins,
    predict,
    queue_list,
    queueing,
    results,
    take_home,
    trash,
)
from tl_core import sentences
from tl_core.history import History
from tl_core.jobs import engine
from tl_core.jobs.records import RunRecord
from tl_core.plain_text import markdown
from tl_core.spec import RunSpec
from tl_core.texts import say

ACTIVE = ("queued", "running")
PHASES = {"pretrain": say("Training on the source"), "adapt": say("Adapting")}
TICK = 1.0
"""Seconds between two looks at a run that moves."""
DRAWN = 32
"""Drawings that are kept for those who look at the same moment."""
Look = tuple[str, float, int, bool]
"""A run, when it was asked for, its attempt; and whether in large type."""


def panel(run_id: str) -> None:
    """Show a run and, while it is active, follow it."""
    record = engine.current().store.get(run_id)
    if record is None:
        st.warning(
            say(
                "The run {run_id} is not kept here. Its link may come from "
                "another server; press Run to do it again.",
                run_id=markdown(run_id[:40]),
            ),
            icon=":material/search_off:",
        )
        return
    trash.notice(run_id)
    queueing.refusal(run_id)
    ticking = record.state in ACTIVE
    follow = st.fragment(_watch, run_every=TICK if ticking else None)
    follow(run_id, ticking)


def _watch(run_id: str, ticking: bool) -> None:
    with notice.told():
        _look(run_id, ticking)


def _look(run_id: str, ticking: bool) -> None:
    store = engine.current().store
    history = store.history(run_id)  # first: what is damaged, it marks
    record = store.get(run_id)
    state = record.state if record else "gone"
    if ticking != (state in ACTIVE):
        st.rerun()  # the whole page: it starts or ends the ticking
    if record is None:
        st.info(say("This run was deleted."), icon=":material/delete:")
        return
    {
        "queued": _queued,
        "running": _running,
        "done": _done,
        "failed": _failed,
        "stopped": _stopped,
    }[state](record, history or History(record.spec))


def _queued(record: RunRecord, history: History) -> None:
    running = engine.current()
    ahead = running.ahead(record.id)
    place = queue_list.turn(ahead or 0)
    wait = running.seconds_left(record.id)
    ends = say(", done in about {wait:.0f} s", wait=wait) if wait else ""
    starting = running.status().state == "starting"
    text = (
        say("Waiting for the training engine to start")
        if starting
        else say("Waiting: {place}{ends}", place=place, ends=ends)
    )
    _progress(record, 0.0, text)


def _running(record: RunRecord, history: History) -> None:
    left = engine.current().seconds_left(record.id)
    text = _loading(history)
    if history.phase:
        steps = history.steps[-1].step if history.steps else 0
        planned = history.phases[-1].steps
        text = say(
            "{phase}: step {steps} of {planned}",
            phase=PHASES[history.phase],
            steps=steps,
            planned=planned,
        )
    if left is not None:
        text += say(", about {left} s left", left=max(1, round(left)))
    if record.tries > 1:
        text += say(
            " (try {tries}: its worker or the server ended)",
            tries=record.tries,
        )
    _progress(record, history.progress, text)
    # What is drawn depends on this alone: all who watch share one drawing.
    look = record.id, record.created, record.attempt, classroom.presenting()
    _accuracy(look, history.told, predict.mine(history.spec), history)
    _parts(look, history.told, history)
    _samples(look, bool(history.arrays("samples")), history)


@st.cache_data(max_entries=DRAWN, show_spinner=False)
def _accuracy(
    look: Look, told: int, guess: float | None, _history: History
) -> None:
    results.accuracy_of(_history, "live", charts.moving, guess)


@st.cache_data(max_entries=DRAWN, show_spinner=False)
def _parts(look: Look, told: int, _history: History) -> None:
    results.parts_of(_history, "live", charts.moving)


@st.cache_data(max_entries=DRAWN, show_spinner=False)
def _samples(look: Look, taken: bool, _history: History) -> None:
    results.samples(_history, charts.moving)


def _loading(history: History) -> str:
    """What happens before the first phase."""
    if history.downloading is None:
        return say("Loading the data")
    share = round(100 * history.downloading.share)
    return say(
        "Downloading {what}, {share} %",
        what=history.downloading.what,
        share=share,
    )


def _done(record: RunRecord, history: History) -> None:
    st.success(sentences.verdict(history), icon=":material/flag:")
    predict.after(history)
    finished(history, "live", predict.mine(record.spec))
    _again(record)


def finished(
    history: History,
    key: str,
    guess: float | None = None,
    draw: results.Draw = charts.chart,
) -> None:
    """Everything a finished run measured; `draw` is for its first chart."""
    outcome.numbers(history)
    results.accuracy_of(history, key, draw, guess)
    results.parts_of(history, key, charts.chart)
    results.inside(history, key)
    outcome.selection(history)
    results.samples(history)
    results.provenance([history])
    pins.offer(history.spec.id, key)
    take_home.show(history, key)


def _failed(record: RunRecord, history: History) -> None:
    st.error(record.error or say("The run failed."), icon=":material/error:")
    _again(record)
    _partial(history)


def _stopped(record: RunRecord, history: History) -> None:
    done = len(history.steps)
    st.info(
        say("Stopped after {done} steps.", done=done),
        icon=":material/stop_circle:",
    )
    _again(record)
    _partial(history)


def _partial(history: History) -> None:
    if history.steps:
        results.curves_of(history, "live")
        results.provenance([history])


def _again(record: RunRecord) -> None:
    if not person.may_change(record.id):
        return
    st.button(
        say("Run again"),
        icon=":material/replay:",
        key="live.again",
        on_click=queueing.again,
        args=(record.id,),
    )


def _progress(record: RunRecord, share: float, text: str) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.progress(share, text=text)
        if person.may_change(record.id):
            st.button(
                say("Stop"),
                icon=":material/stop:",
                key="live.stop",
                shortcut="s",
                on_click=queueing.stop,
                args=(record.id,),
            )


def forecast(spec: RunSpec) -> str:
    """What pressing Run would mean: a place in the queue and a time."""
    told = engine.current().forecast(spec, person.asker())
    ahead, wait, run = astuple(told)
    took = (
        say("about {run:.0f} s", run=run) if run else say("time not known yet")
    )
    if not ahead:
        return say("Starts at once, {took}.", took=took)
    queue = say("1 run") if ahead == 1 else say("{ahead} runs", ahead=ahead)
    waits = say(" (about {wait:.0f} s)", wait=wait) if wait else ""
    return say(
        "Waits for {queue}{waits}, then {took}.",
        queue=queue,
        waits=waits,
        took=took,
    )
