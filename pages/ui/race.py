"""The view in which a race is set up, started and followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from pages.ui import (
    charts,
    classroom,
    into_view,
    pins,
    queueing,
    race_form,
    race_options,
    race_panel,
    race_results,
    race_runs,
    results,
    url,
)
from tl_core import race_link, races, recording
from tl_core.card import SpecError, shown
from tl_core.history import History
from tl_core.jobs import engine, groups
from tl_core.plain_text import markdown
from tl_core.race_spec import RaceSpec
from tl_core.texts import say

GROUP, HEAT = "group", "heat"
FOREIGN = (GROUP, HEAT, pins.PARAMETER)
"""Parts of the URL that are no settings of a race."""
FIRST = ("dataset", "backbone", "dataset2", "backbone2", "strategies", "sweep")
MOST = 3
"""Sentences shown about one link."""


def show() -> None:
    """The form beside the race."""
    state = st.session_state
    _read_link()
    if state.get("race.problem"):
        st.warning(
            say(
                "{state} That part of the link is left at its default.",
                state=state["race.problem"],
            ),
            icon=":material/link_off:",
        )
    settings, view = st.columns([1, 2], gap="large")
    with settings:
        asked, pressed = _form()
    group = st.query_params.get(GROUP)
    if asked and pressed:
        group = queueing.race(asked, asked.title) or group
        state["race.problem"] = ""
        if group:
            into_view.follow("race.result")
    with view, st.container(key="race.result"):
        if asked:
            queueing.refusal(asked.id)
        heat = 0
        if group:
            heat = race_panel.show(group)
        elif asked:
            heat = _preview(asked)
    if asked:
        _write_link(asked, group, heat)


def _read_link() -> None:
    """The URL fills the form when it was changed from outside, and when the
    form has not been there."""
    state = st.session_state
    link = st.query_params.to_dict()
    if link == state.get("race.url") and race_form.key("dataset") in state:
        return
    given = {n: v for n, v in url.settings().items() if n not in FOREIGN}
    kept = groups.get(engine.current().store, link.get(GROUP, ""))
    if kept is not None and not given:
        race, state["race.problem"] = kept.race, ""
    else:
        asked = given or race_link.PROPOSED
        race, state["race.problem"] = read(asked)
    race_form.fill(race)
    heat = link.get(HEAT, "")
    known = heat.isdecimal() and len(heat) < 4
    state[race_form.key(HEAT)] = int(heat) if known else 0


def read(given: dict[str, str]) -> tuple[RaceSpec, str]:
    """The race that a link describes, and what was wrong with it; a part
    that cannot be run is left at its default."""
    kept: dict[str, str] = {}
    given, problems = _without_knobs(given)
    try:
        said = markdown(" ".join(problems[:MOST]))
        return race_link.race_from_link(given), said
    except SpecError as error:
        first = str(error)
    for name in sorted(given, key=_order):
        # A sweep means nothing without its values.
        more = {n: given[n] for n in _with(name) if n in given}
        try:
            race_link.race_from_link({**kept, **more})
            kept |= more
        except SpecError as error:
            problems.append(str(error))
    told = list(dict.fromkeys(problems)) or [first]
    return race_link.race_from_link(kept), markdown(" ".join(told[:MOST]))


def _without_knobs(given: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """A link without settings of strategies, which the form has no place
    for, and a sentence for each of them."""
    kept = {n: v for n, v in given.items() if not n.startswith("strategy.")}
    return kept, [
        say(
            "A race has no setting {shown} but for a sweep of it.",
            shown=shown(name),
        )
        for name in given
        if name not in kept
    ]


def _order(name: str) -> int:
    return FIRST.index(name) if name in FIRST else len(FIRST)


def _with(name: str) -> tuple[str, ...]:
    return ("sweep", "values") if name in ("sweep", "values") else (name,)


def _write_link(asked: RaceSpec, group: str | None, heat: int) -> None:
    state = st.session_state
    link = st.query_params.to_dict()
    wanted = {n: link[n] for n in (pins.PARAMETER,) if n in link}
    wanted |= race_link.changes(asked)
    wanted |= {GROUP: group} if group else {}
    wanted |= {HEAT: str(heat)} if heat else {}
    url.keep(wanted)
    state["race.url"] = st.query_params.to_dict()


def _form() -> tuple[RaceSpec | None, bool]:
    """Every control; the race that they describe, and whether it is to
    start."""
    given: dict[str, Any] = race_form.who()
    button, told = st.container(horizontal=True), st.container()
    given |= race_options.show(given)
    given |= race_form.shared(given)
    asked, problem = race_form.race_of(given)
    if problem:
        st.error(problem, icon=":material/block:")
    pressed = button.button(
        say("Start the race"),
        type="primary",
        icon=":material/flag:",
        shortcut="Ctrl+Enter",
        disabled=asked is None,
        key="race.go",
    )
    if button.button(say("Reset"), icon=":material/undo:", key="race.reset"):
        st.query_params.from_dict(classroom.staying())
        st.session_state.pop("race.url", None)
        st.rerun()
    if asked and not pressed:
        told.caption(race_panel.forecast(asked))
    return asked, pressed


def _preview(asked: RaceSpec) -> int:
    """What is recorded of a race, if need be with one learning rate for all;
    else a race that is, and what to press."""
    for race in (asked, replace(asked, rates="")):
        found = [recording.read(spec.id) for spec in race.specs()]
        if all(found) and not asked.tune:
            done = {h.spec.id: h for h in found if h}
            return _recorded(asked, race, done)
    st.info(
        say(
            "Nothing has run with these settings yet. Press “Start the race”: "
            "curves appear here within seconds. Meanwhile, a recorded one:"
        ),
        icon=":material/flag:",
    )
    _another(asked.datasets[0])
    return 0


def _recorded(
    asked: RaceSpec, race: RaceSpec, done: Mapping[str, History]
) -> int:
    """A recorded race, and that it can be done here."""
    day = max(history.recorded for history in done.values())
    said = say(
        "Recorded on {day}. Press “Start the race” to do it here.", day=day
    )
    if race.specs() != asked.specs():
        said = say(
            "Recorded on {day} with one learning rate for all, {lr:g}. Press "
            "“Start the race” to do it here with each strategy's own.",
            day=day,
            lr=race.specs()[0].lr,
        )
    st.info(said, icon=":material/history:")
    starts = race.starts()
    heat = race_results.choose_heat(race, starts)
    race_results.in_full(race, starts, done, heat, charts.preview)
    race_runs.end(race, starts, done)
    return heat


def _another(dataset: str) -> None:
    """A recorded race, on the same pair if there is one."""
    same = [r for r in races.RACES if r.settings["dataset"] == dataset]
    race = (same or list(races.RACES))[0]
    histories: list[History] = recording.recorded_race(race)
    st.markdown(f"**{race.title}**")
    race_results.so_far(histories, "contest.recorded")
    results.provenance(histories)
