"""A race that was started: waiting, moving, or finished."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui import person, queueing, race_results, race_runs
from tl_core import sentences
from tl_core.jobs import engine, groups, owners
from tl_core.jobs.groups import PENDING, Group
from tl_core.jobs.owners import RACE
from tl_core.jobs.records import RunRecord
from tl_core.jobs.store import ACTIVE
from tl_core.plain_text import markdown
from tl_core.race_spec import RaceSpec
from tl_core.texts import say

NAMED = 6
"""Deleted runs that are named."""
TICK = 2.0
"""Seconds between two looks at a race that moves."""


def show(name: str) -> int:
    """Show a race and, while it moves, follow it; returns the heat that is
    looked at, by its place."""
    store = engine.current().store
    group = groups.get(store, name)
    if group is None:
        st.warning(
            say(
                "The race {name} is not kept here. Its link may come from "
                "another server; press “Start the race” to do it again.",
                name=markdown(name[:40]),
            ),
            icon=":material/search_off:",
        )
        return 0
    heat = race_results.choose_heat(group.race, group.starts)
    ticking = moving(group, groups.records(store, group))
    follow = st.fragment(_watch, run_every=TICK if ticking else None)
    follow(name, ticking, heat)
    return heat


def moving(group: Group, kept: Mapping[str, RunRecord]) -> bool:
    """Whether something of a race is still to come by itself."""
    active = any(record.state in ACTIVE for record in kept.values())
    return active or group.state in PENDING


def _watch(name: str, ticking: bool, heat: int) -> None:
    store = engine.current().store
    group = groups.get(store, name)
    if group is None:
        return
    kept = groups.records(store, group)
    if ticking != moving(group, kept) or (heat == 0 and _began(group)):
        st.rerun()  # the whole page: it starts or ends the ticking
    found = {run: store.history(run) for run in kept}
    seen = {run: history for run, history in found.items() if history}
    if ticking:
        _progress(group, kept)
        race_results.moving(group.starts, seen, heat)
        return
    _rest(group, kept)
    race_results.in_full(group.race, group.starts, seen, heat)
    race_runs.tuned(group.race, group.rates, seen)
    race_runs.end(group.race, group.starts, seen)


def _began(group: Group) -> bool:
    """Whether a race that was searching has got heats to choose from."""
    key = f"race.began.{group.id}"
    new = bool(group.starts) and st.session_state.get(key) is False
    st.session_state[key] = bool(group.starts)
    return new


def _progress(group: Group, kept: Mapping[str, RunRecord]) -> None:
    lab = engine.current()
    total = len(group.specs)
    done = sum(record.state == "done" for record in kept.values())
    running = sum(record.state == "running" for record in kept.values())
    text = _so_far(group, done, running)
    if lab.status().state == "starting":
        text = say("Waiting for the training engine to start")
    elif left := lab.together(group.specs):
        text = say(
            "{progress}, about {time} left", progress=text, time=span(left)
        )
    if group.searching:
        text = say("Tuning first: {progress}; the race follows", progress=text)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.progress(done / max(1, total), text=text)
        if _mine(group):
            st.button(
                say("Stop the race"),
                icon=":material/stop:",
                key="race.stop",
                on_click=queueing.stop_race,
                args=(group.id,),
            )


def _so_far(group: Group, done: int, running: int) -> str:
    counts = {"done": done, "total": len(group.specs), "running": running}
    if group.searching:
        return say(
            "{done} of {total} search runs done, {running} running", **counts
        )
    return say("{done} of {total} runs done, {running} running", **counts)


def _rest(group: Group, kept: Mapping[str, RunRecord]) -> None:
    """What of a race that does not move was not done, and how to go on."""
    total = len(group.specs)
    done = sum(record.state == "done" for record in kept.values())
    if done == total and not group.searching:
        return
    errors = {
        r.error for r in kept.values() if r.state == "failed" and r.error
    }
    said = say(
        "{done} of {total} runs are done and kept.", done=done, total=total
    )
    gone = _deleted(group, kept)
    if errors:
        st.error(f"{said} {sorted(errors)[0]}", icon=":material/error:")
    elif gone:
        st.info(f"{said} {gone}", icon=":material/delete:")
    else:
        st.info(
            say("Stopped. {said}", said=said), icon=":material/stop_circle:"
        )
    st.button(
        say("Run the rest"),
        icon=":material/resume:",
        key="race.rest",
        on_click=_go_on,
        args=(group,),
    )


def _deleted(group: Group, kept: Mapping[str, RunRecord]) -> str:
    """Which runs of a race that went to its end are here no more."""
    if group.state != "racing":
        return ""
    gone = [
        say(
            "{strategy}, seed {seed}",
            strategy=sentences.title(spec.strategy),
            seed=spec.seed,
        )
        for spec in group.specs
        if spec.id not in kept
    ]
    if not gone:
        return ""
    runs, more = "; ".join(gone[:NAMED]), len(gone) - NAMED
    if more > 0:
        return say("Deleted: {runs}; and {more} more.", runs=runs, more=more)
    return say("Deleted: {runs}.", runs=runs)


def _go_on(group: Group) -> None:
    queueing.race(group.race, group.name)


def _mine(group: Group) -> bool:
    """Whether a race is the reader's to stop."""
    store = engine.current().store
    return owners.may_change(store, person.asker(), RACE, group.id)


def forecast(race: RaceSpec) -> str:
    """What pressing the button would mean: how many runs, and how long."""
    lab = engine.current()
    specs = [*race.search(), *race.specs()]
    count = _counted(race, len(specs))
    seconds = lab.together(specs)
    if seconds == 0:
        return say("{runs}, all done already: shown at once.", runs=count)
    took = (
        say("about {time}", time=span(seconds))
        if seconds
        else say("time not known yet")
    )
    waiting = lab.status()
    ahead = waiting.running + waiting.queued
    if not ahead:
        return f"{count}, {took}."
    return say(
        "{runs}, {time}, after {ahead} that wait or run.",
        runs=count,
        time=took,
        ahead=ahead,
    )


def _counted(race: RaceSpec, every: int) -> str:
    """How many runs there are, and how many of them search."""
    runs = say("1 run") if every == 1 else say("{runs} runs", runs=every)
    if not race.tune:
        return runs
    return say(
        "{runs}, {search} of them the search",
        runs=runs,
        search=len(race.search()),
    )


def span(seconds: float) -> str:
    """A time in words."""
    if seconds < 100:
        return f"{max(1, round(seconds))} s"
    return say("{minutes} min", minutes=round(seconds / 60))
