"""What a race may have besides: a search of the learning rate, a sweep of one
setting, a second pair or backbone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.ui import classroom, form
from pages.ui.race_form import BUDGET, LABEL, contenders, key
from tl_core import card_words, catalog, tune_first
from tl_core.card import Hyper
from tl_core.fit import fitting_backbones
from tl_core.race_checks import CRITERIA
from tl_core.race_link import as_text
from tl_core.race_spec import FACTORS
from tl_core.race_starts import Contender, knob_of
from tl_core.spec import KIND
from tl_core.texts import say

FEW_LABELS = ("10", "30", "100")
"""Numbers of labels to begin a sweep with."""
TUNE = say(
    "Gives every contender the same small search: the learning rate times "
    "{factors}, with one seed that the race does not use.",
    factors=", ".join(f"{f:g}" for f in FACTORS),
)
TUNED_BY = {
    "": say("no"),
    "source": say("yes, by accuracy on held-out training samples"),
    "information": say(
        "yes, by {criterion}", criterion=tune_first.WORDS["information"]
    ),
}


def show(given: Mapping[str, Any]) -> dict[str, Any]:
    """Every option as a widget."""
    found: dict[str, Any] = {"tune": _tune()}
    with form.section(say("A sweep of one setting"), ["sweep"]):
        found |= _sweep(contenders(given))
    with form.section(
        say("A second pair or backbone"), ["dataset2", "backbone2"]
    ):
        second = _second("dataset", catalog.keys("datasets"), given)
        fitting = fitting_backbones(given["dataset"])
        found["dataset2"] = second
        found["backbone2"] = _second("backbone", fitting, given)
    return found


def _tune() -> str:
    state = st.session_state
    if state.get(key("tune")) not in CRITERIA:
        state[key("tune")] = ""
    if classroom.hidden("tune"):
        return str(state[key("tune")])
    picked: str = st.selectbox(
        LABEL["tune"],
        CRITERIA,
        format_func=TUNED_BY.__getitem__,
        key=key("tune"),
        help=TUNE,
        disabled=classroom.locked("tune"),
    )
    if picked:
        st.caption(_chosen_by(picked))
    return picked


def _chosen_by(picked: str) -> str:
    """What the search looks at, and what it never does."""
    words = tune_first.WORDS
    said = say(
        "All are chosen by {criterion}.", criterion=words["information"]
    )
    if picked == "source":
        said = say(
            "A strategy that sees no target label is chosen by {by_source}, "
            "each other by {by_target}. The search trains on neither.",
            by_source=words["source"],
            by_target=words["target"],
        )
    return say("{said} Test samples have no part in it.", said=said)


def _sweep(who: Sequence[Contender]) -> dict[str, Any]:
    state = st.session_state
    names = ["", *sweepable(who)]
    if state.get(key("sweep")) not in names:
        state[key("sweep")] = state[key("values")] = ""
    state.setdefault(key("values"), "")
    if classroom.hidden("sweep"):
        return {n: state[key(n)] for n in ("sweep", "values")}
    fixed = classroom.locked("sweep")
    picked = st.selectbox(
        LABEL["sweep"],
        names,
        format_func=lambda name: title(name) if name else say("none"),
        key=key("sweep"),
        disabled=fixed,
        on_change=_propose,
        args=(tuple(who),),
        help=say("Contenders that do not have it run once, for comparison."),
    )
    if not picked:
        return {}
    values = st.text_input(LABEL["values"], key=key("values"), disabled=fixed)
    return {"sweep": picked, "values": values}


def sweepable(who: Sequence[Contender]) -> list[str]:
    """The settings that some contender has, by their flat names."""
    names = ["target_labels", *BUDGET]
    for owner, kind in KIND.items():
        for one in who:
            entry = catalog.entry(kind, getattr(one, owner))
            names += [f"{owner}.{name}" for name in entry.knobs]
    kept = dict.fromkeys(names)
    return [n for n in kept if any(knob_of(n, one) for one in who)]


def title(name: str) -> str:
    """A setting's name for people."""
    owner, dot, knob = name.partition(".")
    if dot:
        return f"{form.LABEL[owner]}: {card_words.word(knob)}"
    return form.LABEL.get(name, say("Labelled target samples"))


def _propose(who: Sequence[Contender]) -> None:
    """Values to begin with, when another setting is chosen."""
    name = st.session_state[key("sweep")]
    knobs = [k for one in who if (k := knob_of(name, one))] if name else []
    values = proposal(name, knobs[0]) if knobs else ()
    st.session_state[key("values")] = ", ".join(values)


def proposal(name: str, knob: Hyper) -> tuple[str, ...]:
    """Three values around a knob's default, or all that it has."""
    if name == "target_labels":
        return FEW_LABELS
    if knob.choices or isinstance(knob.default, (bool, str)):
        return knob.choices or ("false", "true")
    usual = float(knob.default)
    low = usual if knob.low is None else knob.low
    high = 3 * usual if knob.high is None else knob.high
    around = [usual / 3, usual, 3 * usual]
    if usual in (0, high):
        around = [low, (low + high) / 2, high]
    kept = [min(max(value, low), high) for value in around]
    if isinstance(knob.default, int):
        kept = [round(value) for value in kept]
    return tuple(dict.fromkeys(as_text(float(f"{v:.2g}")) for v in kept))


def _second(owner: str, keys: Sequence[str], given: Mapping[str, Any]) -> str:
    state, name = st.session_state, f"{owner}2"
    others = ["", *(k for k in keys if k != given[owner])]
    if state.get(key(name)) not in others:
        state[key(name)] = ""
    if classroom.hidden(name):
        return str(state[key(name)])
    picked: str = st.selectbox(
        LABEL[name],
        others,
        format_func=lambda k: (
            catalog.entry(KIND[owner], k).card.title if k else say("none")
        ),
        key=key(name),
        disabled=classroom.locked(name),
    )
    return picked
