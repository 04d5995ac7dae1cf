"""Up to four pinned runs side by side: in what they differ, and how far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import streamlit as st

from pages.ui import (
    person,
    pinned_differences,
    pinned_inside,
    pins,
    registry,
    results,
    url,
)
from pages.ui.charts import chart
from tl_core import (
    recording,
    sentences,
    takeaways,
)
from tl_core.figures import pinned as figures
from tl_core.history import History
from tl_core.jobs import engine, library
from tl_core.races import RACES
from tl_core.texts import say

Runs = dict[str, History]
"""By letter and strategy, such as "A: DANN"."""
OFFERED = 200
"""Runs kept here that are offered to be pinned."""
EXAMPLE = ("source_only", "dann")


def show() -> None:
    """The pinned runs, or a recorded pair as an example."""
    pinned = pins.pinned()
    pins.keep()
    _add(pinned)
    if not pinned:
        st.info(
            say(
                "Nothing is pinned yet: here are two recorded runs. Pin "
                "others above, on the page Runs or below a finished run; a "
                "fifth takes the place of the first."
            ),
            icon=":material/keep:",
        )
    shown = pinned or example()
    runs = found(shown)
    _heads(shown, runs)
    if runs:
        pinned_differences.show(runs)
        _curves(runs)
        pinned_inside.features(runs)
        pinned_inside.confusions(runs)


def example() -> tuple[str, ...]:
    """Two recorded runs that differ in their strategy alone."""
    return tuple(RACES[0].spec(key, 0).id for key in EXAMPLE)


def history_of(run: str) -> History | None:
    """A run that was finished here, else its recording, else what there is
    of it."""
    kept = engine.current().store.history(run)
    if kept is not None and kept.finished:
        return kept
    return recording.read(run) or kept


def found(ids: Sequence[str]) -> Runs:
    """The runs that there are, by letter and strategy."""
    histories = {run: history_of(run) for run in ids}
    return {
        f"{letter}: {sentences.title(history.spec.strategy)}": history
        for letter, history in zip("ABCD", histories.values(), strict=False)
        if history is not None
    }


def title(run: str) -> str:
    """A run's choices, its seed and its name."""
    kept = library.about(engine.current().store, run)
    if kept is not None:
        dataset, _, strategy = kept.titles
        words = say(
            "{strategy} · {dataset} · seed {seed}",
            strategy=strategy,
            dataset=dataset,
            seed=kept.seed,
        )
        return f"{kept.name} · {words}" if kept.name else words
    return recorded().get(run, run)


@cache
def recorded() -> dict[str, str]:
    """The recorded runs that can be pinned, by id, with their titles."""
    return {
        spec.id: say(
            "recorded: {strategy} · {race} · seed {seed}",
            strategy=sentences.title(spec.strategy),
            race=race.title,
            seed=spec.seed,
        )
        for race in RACES
        for spec in race.specs()
        if recording.path_of(spec.id).is_file()
    }


def _add(pinned: Sequence[str]) -> None:
    store = engine.current().store
    runs = library.listed(store, person.asker())[:OFFERED]
    kept = [run.id for run in runs if run.state == "done"]
    options = [r for r in (*kept, *recorded()) if r not in pinned]
    st.selectbox(
        say("Pin a run"),
        list(dict.fromkeys(options)),
        index=None,
        key="pinned.add",
        format_func=title,
        placeholder=say("of those kept here or recorded"),
        on_change=_pin,
    )


def _pin() -> None:
    run = st.session_state["pinned.add"]
    if run:
        pins.toggle(run)
    st.session_state["pinned.add"] = None


def _heads(ids: Sequence[str], runs: Runs) -> None:
    """What each letter stands for."""
    named = {name[0]: history for name, history in runs.items()}
    columns = st.columns(len(ids))
    for letter, run, column in zip("ABCD", ids, columns, strict=False):
        with column, st.container(border=True):
            history = named.get(letter)
            if history is None:
                st.markdown(
                    say(
                        "**{letter}** · `{run}` is not kept here.",
                        letter=letter,
                        run=run,
                    )
                )
            else:
                _head(letter, run, history)
            if run in pins.pinned():
                pins.button(run, f"pinned.{run}")


def _head(letter: str, run: str, history: History) -> None:
    st.markdown(f"**{letter}** · {sentences.title(history.spec.strategy)}")
    kept = library.about(engine.current().store, run)
    if kept is not None and kept.name:
        st.text(kept.name)
    if history.finished is None:
        st.caption(say("This run is not finished."))
    else:
        share = history.finished.accuracy
        st.metric(say("Target accuracy"), sentences.percent(share["target"]))
    results.provenance([history])
    st.page_link(
        registry.path_of("run"),
        label=say("Open"),
        icon=":material/open_in_new:",
        query_params=_link(run, history),
    )


def _link(run: str, history: History) -> dict[str, str]:
    """What opens a run: its id, or the settings of a recorded one."""
    if engine.current().store.get(run) is not None:
        return {"run": run}
    changes = history.spec.changes()
    return {name: url.as_text(value) for name, value in changes.items()}


def _curves(runs: Runs) -> None:
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        st.markdown(say("**Accuracy** · lines: target; dots: source"))
        chart(figures.accuracy(runs), reached(runs), "pinned.accuracy")
    terms = list(
        dict.fromkeys(t for h in runs.values() for t in figures.terms(h))
    )
    with right:
        if terms:
            _term(runs, terms)


def _term(runs: Runs, terms: Sequence[str]) -> None:
    deepest = sum(term.startswith("MMD") for term in terms) - 1
    if st.session_state.get("pinned.term") not in terms:
        st.session_state["pinned.term"] = terms[max(0, deepest)]
    term = st.selectbox(
        say("Distance, or term of the objective"), terms, key="pinned.term"
    )
    ends = {
        name: figures.terms(history).get(term, ([], []))[1]
        for name, history in runs.items()
    }
    words = takeaways.ends(ends, term)
    chart(figures.one_term(runs, term), words, "pinned.terms")


def reached(runs: Mapping[str, History]) -> str:
    """What each run ended with."""
    ends = [
        f"{name} {sentences.percent(history.accuracy('target')[1][-1])}"
        for name, history in runs.items()
        if history.accuracy("target")[1]
    ]
    return say(
        "Held-out target accuracy at the end: {ends}.", ends=", ".join(ends)
    )
