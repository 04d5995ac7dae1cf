"""The form of a race: who runs on what, how often, with which budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.ui import classroom, form, own_rate
from tl_core import card_words, catalog, race_link, sentences
from tl_core.card import Hyper, SpecError
from tl_core.fit import fitting_backbones, fitting_strategies
from tl_core.plain_text import markdown
from tl_core.race_checks import RATES
from tl_core.race_link import as_text
from tl_core.race_spec import RaceSpec
from tl_core.race_starts import Contender, knob_of
from tl_core.spec import FIELDS, KIND, LABELS
from tl_core.texts import say

LABEL = {
    "dataset": say("Domain shift"),
    "backbone": say("Backbone"),
    "strategies": say("Strategies"),
    "seeds": say("Seeds"),
    "target_labels": say("Labelled target samples $N_t$"),
    "dataset2": say("A second domain shift"),
    "backbone2": say("A second backbone"),
    "sweep": say("Setting to sweep"),
    "values": say("Its values, with commas between"),
    "tune": say("Tune the learning rate first"),
    "rates": say("Learning rate"),
}
SEEDS = Hyper(
    race_link.SEEDS,
    say(
        "How often each contender runs; each time all of them share initial "
        "weights, source model and order of samples. Three or more tell a "
        "difference from chance."
    ),
    low=1,
    high=race_link.MOST_SEEDS,
)
WHOSE = {"": say("one for all"), "own": say("each strategy's own")}
BUDGET = [name for name in FIELDS if name != "seed"]


def key(name: str) -> str:
    """The name of a widget's state."""
    return f"race.{name}"


def fill(race: RaceSpec) -> None:
    """Set every widget to the race's values, before they are drawn."""
    state = st.session_state
    for name, two in (
        ("dataset", race.datasets),
        ("backbone", race.backbones),
    ):
        state[key(name)] = two[0]
        state[key(f"{name}2")] = two[1] if len(two) > 1 else ""
    state[key("strategies")] = list(race.strategies)
    state[key("seeds")] = len(race.seeds)
    state[key("sweep")] = race.sweep
    state[key("values")] = ", ".join(map(as_text, race.values))
    state[key("tune")] = race.tune
    state[key("rates")] = race.rates
    state[key("target_labels")] = None
    for name in BUDGET:
        state[key(name)] = FIELDS[name].default
    for owner in ("dataset", "backbone"):
        entry = catalog.entry(KIND[owner], state[key(owner)])
        for name, knob in entry.knobs.items():
            state[key(f"{owner}.{entry.key}.{name}")] = knob.default
    for name, value in race.settings.items():
        state[key(_place(name, state))] = value


def _place(name: str, state: Any) -> str:
    """Where a setting stands: a knob belongs to its pair or backbone."""
    owner, _, knob = name.partition(".")
    if owner not in ("dataset", "backbone"):
        return name
    return f"{owner}.{state[key(owner)]}.{knob}"


def who() -> dict[str, Any]:
    """The choices that make a race, each as a widget."""
    given: dict[str, Any] = {}
    given["dataset"] = _pick("dataset", catalog.keys("datasets"))
    given["backbone"] = _pick("backbone", fitting_backbones(given["dataset"]))
    given["strategies"] = ",".join(
        _strategies(given["dataset"], given["backbone"])
    )
    left, right = st.columns(2)
    with left:
        given["seeds"] = form.setting(
            "seeds", LABEL["seeds"], SEEDS, key("seeds")
        )
    with right:
        given["target_labels"] = _labels(given)
    return given


def shared(given: Mapping[str, Any]) -> dict[str, Any]:
    """What all runs have in common: pair, backbone and training."""
    found: dict[str, Any] = {}
    for owner in ("dataset", "backbone"):
        entry = catalog.entry(KIND[owner], given[owner])
        paths = {f"{owner}.{name}": name for name in entry.knobs}
        with form.section(f"{LABEL[owner]}: {entry.card.title}", paths):
            for path, name in paths.items():
                place = key(f"{owner}.{entry.key}.{name}")
                label = card_words.label(name)
                knob = entry.knobs[name]
                found[path] = form.setting(path, label, knob, place)
    with form.section(say("Training, the same for all"), [*BUDGET, "rates"]):
        found["rates"] = _rates(given)
        for name in BUDGET:
            if name == "lr" and found["rates"]:
                continue
            label = form.LABEL[name]
            found[name] = form.setting(name, label, FIELDS[name], key(name))
    return found


def _rates(given: Mapping[str, Any]) -> str:
    """Whose learning rate it is."""
    state, place = st.session_state, key("rates")
    if state.get(place) not in RATES:
        state[place] = RATES[0]
    if classroom.hidden("rates"):
        return str(state[place])
    picked: str = st.selectbox(
        LABEL["rates"],
        RATES,
        format_func=WHOSE.__getitem__,
        key=place,
        disabled=classroom.locked("rates"),
    )
    if picked:
        own_rate.of_all([key for key in given["strategies"].split(",") if key])
    return picked


def titles() -> dict[str, str]:
    """What a class link can hide or lock, by the names of the URL."""
    names = {**LABEL, **{name: form.LABEL[name] for name in BUDGET}}
    for owner in ("dataset", "backbone"):
        chosen = str(st.session_state.get(key(owner), ""))
        for knob in catalog.entry(KIND[owner], chosen).knobs if chosen else ():
            title = card_words.word(knob)
            names[f"{owner}.{knob}"] = f"{LABEL[owner]}: {title}"
    del names["values"]  # they go with the sweep
    return names


def race_of(
    given: Mapping[str, Any],
) -> tuple[RaceSpec | None, str]:
    """The race of the form, or the sentence that says why there is none."""
    filled = {n: as_text(v) for n, v in given.items() if v not in (None, "")}
    if not filled.get("strategies"):
        return None, say("Choose at least one strategy.")
    try:
        return race_link.race_from_link(filled), ""
    except SpecError as error:
        return None, markdown(str(error))


def _pick(owner: str, keys: Sequence[str]) -> str:
    state, place = st.session_state, key(owner)
    if state.get(place) not in keys:
        state[place] = keys[0]
    if classroom.hidden(owner):
        return str(state[place])
    picked: str = st.selectbox(
        LABEL[owner],
        keys,
        format_func=lambda name: catalog.entry(KIND[owner], name).card.title,
        key=place,
        disabled=classroom.locked(owner),
    )
    st.caption(catalog.entry(KIND[owner], picked).card.summary)
    return picked


def _strategies(dataset: str, backbone: str) -> list[str]:
    """Those that fit; who does not fit leaves the race."""
    state, place = st.session_state, key("strategies")
    fitting = fitting_strategies(dataset, backbone)
    kept = [name for name in state.get(place) or [] if name in fitting]
    if place not in state or (state[place] and not kept):
        kept = list(race_link.usual_strategies(dataset, backbone))
    state[place] = kept
    if classroom.hidden("strategies"):
        return kept
    with st.popover(
        f"{LABEL['strategies']}: {len(kept)} of {len(fitting)}",
        icon=":material/groups:",
        width="stretch",
        help=say("All get the same steps, batches, source models and labels."),
    ):
        picked = st.pills(
            LABEL["strategies"],
            fitting,
            selection_mode="multi",
            format_func=sentences.title,
            key=place,
            disabled=classroom.locked("strategies"),
        )
    st.caption(", ".join(map(sentences.title, picked)))
    return list(picked)


def contenders(given: Mapping[str, Any]) -> list[Contender]:
    return [
        Contender(given["dataset"], given["backbone"], strategy)
        for strategy in given["strategies"].split(",")
        if strategy
    ]


def _labels(given: Mapping[str, Any]) -> int | None:
    """The label budget, where somebody in the race has one."""
    name, state = "target_labels", st.session_state
    if not any(knob_of(name, who) for who in contenders(given)):
        return None
    state.setdefault(key(name), None)
    if classroom.hidden(name):
        kept: int | None = state[key(name)]
        return kept
    return st.number_input(
        LABEL[name],
        min_value=1,
        step=10,
        value=None,
        placeholder="all",
        key=key(name),
        help=LABELS.help,
        disabled=classroom.locked(name),
    )
