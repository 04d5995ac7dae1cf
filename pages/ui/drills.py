"""The view of drills: small sums with fresh numbers."""

from __future__ import annotations

from collections import Counter
from secrets import randbelow

import streamlit as st

from pages.ui import progress
from tl_core import drills
from tl_core.drills import Task
from tl_core.progress import Drill
from tl_core.texts import say

KEY, SEED = "drill.key", "drill.seed"
"""The drill that is open, and what draws its numbers."""
MANY = 1_000_000
PARAMETERS = ("drill", "seed")


def settings() -> dict[str, str]:
    """What the URL says of this view: the drill and its numbers."""
    _start()
    state = st.session_state
    return {"drill": state[KEY], "seed": str(state[SEED])}


def _start() -> None:
    """The URL decides on the first visit, chance and the reader later."""
    state, every = st.session_state, drills.drills()
    if state.get(KEY) not in every:
        asked = st.query_params.get("drill", "")
        state[KEY] = asked if asked in every else next(iter(every))
    if SEED not in state:
        seed = st.query_params.get("seed", "")
        known = seed.isdecimal() and len(seed) < 7
        state[SEED] = int(seed) if known else randbelow(MANY)


def show() -> None:
    """One drill: its question, an answer, and the worked solution."""
    _start()
    every, right = drills.drills(), _right()
    key = st.selectbox(
        say("Drill"),
        list(every),
        format_func=lambda name: _named(every[name], right),
        key=KEY,
        on_change=_fresh,
    )
    seed = int(st.session_state[SEED])
    task = drills.task(key, seed)
    st.badge(every[key].section, icon=":material/map:", color="gray")
    st.markdown(f"#### {task.question}")
    _answer(key, seed, task)
    st.button(
        say("Fresh numbers"),
        icon=":material/casino:",
        key="drill.fresh",
        shortcut="n",
        on_click=_fresh,
    )
    st.caption(
        say(
            "Numbers drawn with seed {seed}: the link in the address bar "
            "gives the same ones. Each answer is tested against the module, "
            "optimiser or estimate that the lab itself uses.",
            seed=seed,
        )
    )


def _right() -> Counter[str]:
    """How many right answers there were, by drill."""
    made = (e for e in progress.entries() if isinstance(e, Drill))
    return Counter(e.drill for e in made if e.right)


def _named(drill: drills.Drill, right: Counter[str]) -> str:
    times = (
        say(" · {right} right", right=right[drill.key])
        if right[drill.key]
        else ""
    )
    return f"{drill.section} {drill.title}{times}"


def _answer(key: str, seed: int, task: Task) -> None:
    """A field for the number; once it is given, the verdict."""
    given, field = f"drill.given.{key}.{seed}", f"drill.field.{key}.{seed}"
    unit = f" ({task.unit})" if task.unit else ""
    told = given in st.session_state  # after the solution none counts
    with st.container(
        horizontal=True, vertical_alignment="bottom", key="drill.answer"
    ):
        st.number_input(
            say("Your answer{unit}", unit=unit),
            value=None,
            format="%.8g",
            step=1.0 if task.tolerance == drills.EXACT else 0.001,
            key=field,
            disabled=told,
            width=280,
        )
        _buttons(key, seed, told)
    if told:
        _verdict(task, st.session_state[given])


def _buttons(key: str, seed: int, told: bool) -> None:
    st.button(
        say("Check"),
        type="primary",
        icon=":material/check:",
        disabled=told,
        key="drill.check",
        on_click=_check,
        args=(key, seed),
    )
    st.button(
        say("Show the solution"),
        disabled=told,
        key="drill.solve",
        on_click=_solve,
        args=(f"drill.given.{key}.{seed}",),
    )


def _check(key: str, seed: int) -> None:
    value = st.session_state.get(f"drill.field.{key}.{seed}")
    if value is None:
        return
    right = drills.right(drills.task(key, seed), value)
    st.session_state[f"drill.given.{key}.{seed}"] = value
    made = Drill(
        key=f"{key}.{seed}",
        at=progress.now(),
        drill=key,
        seed=seed,
        given=float(value),
        right=right,
    )
    progress.keep(made)


def _solve(given: str) -> None:
    st.session_state.setdefault(given, None)


def _verdict(task: Task, given: float | None) -> None:
    """Right or wrong, and the worked solution."""
    if given is not None and drills.right(task, given):
        st.success(say("Right."), icon=":material/check:")
    elif given is not None:
        st.warning(
            say(
                "Not {given:,.8g}. Look where the solution parts from yours.",
                given=given,
            ),
            icon=":material/lightbulb:",
        )
    for step in task.steps:
        st.latex(step)


def _fresh() -> None:
    st.session_state[SEED] = randbelow(MANY)
