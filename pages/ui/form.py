"""The form of a run, made from the catalog: a new knob is a new widget."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import streamlit as st

from pages.ui import classroom
from pages.ui.own_rate import beside
from tl_core import card_words, catalog
from tl_core.card import Hyper, Scalar, Sees, SpecError
from tl_core.fit import fitting_backbones
from tl_core.plain_text import markdown
from tl_core.spec import (
    FIELDS,
    KIND,
    LABELS,
    RunSpec,
    spec_from_settings,
)
from tl_core.texts import say
from tl_core.tuned_rates import own_rate

LABEL = {
    "dataset": say("Domain shift"),
    "backbone": say("Backbone"),
    "strategy": say("Strategy"),
    "pretrain_steps": say("Source training steps"),
    "steps": say("Adaptation steps"),
    "batch_size": say("Batch size per domain"),
    "lr": say("Learning rate"),
    "weight_decay": say("Weight decay"),
    "dropout": say("Dropout"),
    "label_smoothing": say("Label smoothing"),
    "augmentation": say("Augmentation"),
    "selection": say("Moment to keep"),
    "seed": say("Seed"),
}
RATE_OF = "set.rate_of"
"""The strategy that was chosen when the learning rate was set."""
LADDER = [m * 10**e for e in range(-7, 1) for m in (1.0, 3.0)]


def fill(spec: RunSpec) -> None:
    """Set every widget to the spec's values, before they are drawn."""
    state = st.session_state
    for owner in KIND:
        key = getattr(spec, owner)
        state[f"set.{owner}"] = key
        for name, value in getattr(spec, f"{owner}_params").items():
            state[f"set.{owner}.{key}.{name}"] = value
    for name in FIELDS:
        state[f"set.{name}"] = getattr(spec, name)
    state["set.target_labels"] = spec.target_labels
    state[RATE_OF] = spec.strategy


def forgotten() -> bool:
    """Whether widgets have lost what they were set to, as they do while
    another page is shown."""
    names = (*KIND, *FIELDS)
    return any(f"set.{name}" not in st.session_state for name in names)


def choices() -> dict[str, Scalar]:
    """The three choices that make an experiment."""
    dataset = _pick("dataset", catalog.keys("datasets"))
    backbone = _pick("backbone", fitting_backbones(dataset))
    strategy = _pick("strategy", catalog.keys("strategies"))
    _follow(strategy)
    return {"dataset": dataset, "backbone": backbone, "strategy": strategy}


def begin() -> RunSpec:
    """The run that is proposed to who asks for none."""
    spec = RunSpec()
    return replace(spec, lr=own_rate(spec.strategy))


def _follow(strategy: str) -> None:
    """A learning rate that was a strategy's own becomes that of the next;
    any other was set by somebody, and stays."""
    state = st.session_state
    before = state.get(RATE_OF, strategy)
    if before != strategy and state.get("set.lr") == own_rate(before):
        state["set.lr"] = own_rate(strategy)
    state[RATE_OF] = strategy


def knobs(chosen: Mapping[str, Scalar]) -> dict[str, Scalar | None]:
    """The knobs of each choice, and the training's own."""
    given: dict[str, Scalar | None] = {}
    for owner in KIND:
        entry = catalog.entry(KIND[owner], str(chosen[owner]))
        names = {f"{owner}.{name}": name for name in entry.knobs}
        with section(f"{LABEL[owner]}: {entry.card.title}", names):
            for path, name in names.items():
                key = f"set.{owner}.{entry.key}.{name}"
                label = card_words.label(name)
                given[path] = setting(path, label, entry.knobs[name], key)
    with section(say("Training"), [*FIELDS, "target_labels"]):
        for name, knob in FIELDS.items():
            given[name] = setting(name, LABEL[name], knob, f"set.{name}")
            if name == "lr" and not classroom.hidden(name):
                beside(str(chosen["strategy"]))
        given["target_labels"] = _labels(str(chosen["strategy"]))
    return given


def section(title: str, names: Iterable[str]) -> AbstractContextManager[Any]:
    """A fold for settings, unless a class link hides them all."""
    if all(classroom.hidden(name) for name in names):
        return nullcontext()
    return st.expander(title)


def setting(name: str, label: str, knob: Hyper, key: str) -> Scalar | None:
    """A knob's widget, as far as a class link leaves it to the reader."""
    if classroom.hidden(name):
        kept: Scalar = st.session_state.setdefault(key, knob.default)
        return kept
    return widget(label, knob, key, classroom.locked(name))


def spec_of(
    chosen: Mapping[str, Scalar], given: Mapping[str, Scalar | None]
) -> tuple[RunSpec | None, str | None]:
    """The spec of the form, or the sentence that says why there is none."""
    filled = {name: v for name, v in given.items() if v is not None}
    try:
        return spec_from_settings({**chosen, **filled}), None
    except SpecError as error:
        return None, markdown(str(error))


def widget(
    label: str, knob: Hyper, key: str, disabled: bool = False
) -> Scalar | None:
    """The widget that fits a knob: options, switch, text, ladder, slider or
    box."""
    text = f"{label} ({say(knob.unit)})" if knob.unit else label
    if knob.symbol:
        text = f"{text} ${knob.symbol}$"
    st.session_state.setdefault(key, knob.default)
    how: dict[str, Any] = {
        "key": key,
        "help": knob.help,
        "disabled": disabled,
    }
    if knob.choices:
        picked: str = st.selectbox(text, knob.choices, format_func=say, **how)
        return picked
    if isinstance(knob.default, bool):
        return st.toggle(text, **how)
    if isinstance(knob.default, str):
        return str(st.text_input(text, **how)).strip()
    if knob.log:
        return _ladder(text, knob, how)
    return _number(text, knob, how)


def _number(text: str, knob: Hyper, how: dict[str, Any]) -> Scalar | None:
    """A slider for a bounded share or strength, a box for the rest."""
    whole = isinstance(knob.default, int)
    bound = int if whole else float
    low = None if knob.low is None else bound(knob.low)
    high = None if knob.high is None else bound(knob.high)
    if not whole and low is not None and high is not None:
        return float(st.slider(text, low, high, **how))
    number: Scalar | None = st.number_input(
        text, min_value=low, max_value=high, step=bound(1), **how
    )
    return number


def _ladder(text: str, knob: Hyper, how: dict[str, Any]) -> float:
    """Steps of about a factor three, with the current value among them."""
    low, high = knob.low or 0.0, knob.high or 1.0
    rungs = {r for r in LADDER if low <= r <= high} | {low, high}
    rungs |= {float(knob.default), float(st.session_state[how["key"]])}
    rungs |= {10.0, 30.0} if high >= 30 else set()
    return float(
        st.select_slider(
            text,
            sorted(rungs),
            format_func=lambda rung: f"{rung:g}",
            **how,
        )
    )


def _pick(owner: str, keys: tuple[str, ...]) -> str:
    state = st.session_state
    if state.get(f"set.{owner}") not in keys:
        state[f"set.{owner}"] = keys[0]
    if classroom.hidden(owner):
        return str(state[f"set.{owner}"])
    picked: str = st.selectbox(
        LABEL[owner],
        keys,
        format_func=lambda key: catalog.entry(KIND[owner], key).card.title,
        key=f"set.{owner}",
        disabled=classroom.locked(owner),
    )
    st.caption(catalog.entry(KIND[owner], picked).card.summary)
    return picked


def _labels(strategy: str) -> int | None:
    """The label budget, for strategies that have one."""
    card = catalog.entry("strategies", strategy).card
    if card.sees is Sees.UNLABELLED_TARGET or card.all_labels:
        return None
    if classroom.hidden("target_labels"):
        kept: int | None = st.session_state.get("set.target_labels")
        return kept
    return st.number_input(
        say("Labelled target samples $N_t$"),
        min_value=1,
        value=None,
        step=10,
        placeholder="all",
        key="set.target_labels",
        help=LABELS.help,
        disabled=classroom.locked("target_labels"),
    )
