"""The board of a class that works from one shared preset."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from statistics import fmean

import streamlit as st

from pages.ui import person, pins, registry, trash, url
from pages.ui.charts import chart
from tl_core import card_words, catalog, recording, sentences, spec_difference
from tl_core.figures import board as figures
from tl_core.jobs import class_board, engine, library
from tl_core.jobs.class_board import Guesses, Place
from tl_core.spec import KIND, RunSpec
from tl_core.texts import say

TICK = 5.0
"""Seconds between two looks at what the class does."""
DRAWN = 25
"""Runs in the chart; the table has all."""
YOU, ACCURACY = say("You"), say("target accuracy (%)")


def show(preset: str) -> None:
    """The board of a run that is kept here or recorded."""
    spec = spec_of(preset)
    if spec is None:
        st.warning(
            say(
                "The preset of this board is not kept here. Its link may come "
                "from another server."
            ),
            icon=":material/search_off:",
        )
        _back()
        return
    _head(spec)
    _board(spec)
    _back()


def spec_of(run: str) -> RunSpec | None:
    """The spec of a run that is kept here or recorded."""
    kept = engine.current().store.get(run)
    if kept is not None:
        return kept.spec
    recorded = recording.read(run) if pins.ID.fullmatch(run) else None
    return recorded.spec if recorded else None


def _head(spec: RunSpec) -> None:
    names = [
        catalog.entry(KIND[owner], getattr(spec, owner)).card.title
        for owner in KIND
    ]
    st.markdown(
        say(
            "**Preset** · {choices} · seed {seed}. Here is every finished "
            "run that has the same data and labels and differs from it in at "
            "most {most} settings, such as seed, learning rate or strategy.",
            choices=" · ".join(names),
            seed=spec.seed,
            most=class_board.MOST,
        )
    )
    st.page_link(
        registry.path_of("run"),
        label=say("Start from the preset"),
        icon=":material/play_arrow:",
        query_params={k: url.as_text(v) for k, v in spec.changes().items()},
    )


def _back() -> None:
    st.button(
        say("All runs"),
        icon=":material/arrow_back:",
        key="board.back",
        on_click=st.query_params.clear,
    )


@st.fragment(run_every=TICK)
def _board(spec: RunSpec) -> None:
    store = engine.current().store
    places = _places(spec, library.pulse(store))
    if not places:
        st.info(
            say(
                "Nobody has finished a run yet. Guess, press Run, and it will "
                "stand here."
            ),
            icon=":material/info:",
        )
        return
    guessed = class_board.guesses(store, places)
    guests = class_board.guests(places, guessed)
    called = names(guests, person.name())
    lines = [
        figures.Line(
            f"{rank}. {changed(place)}",
            place.accuracy,
            {called[who]: x for who, x in guessed[place.run].items()},
        )
        for rank, place in enumerate(places, 1)
    ]
    words = said(places, guests)
    st.markdown(f"**{words}**")
    chart(figures.ranked(lines[:DRAWN], YOU), words, "board.ranked")
    _table(places, guessed)
    _guests(guests, called)


@st.cache_data(
    max_entries=16,
    show_spinner=False,
    hash_funcs={RunSpec: lambda spec: spec.id},
)
def _places(spec: RunSpec, seen: tuple[object, ...]) -> list[Place]:
    """The board, made anew when the runs that are `seen` change."""
    return class_board.board(engine.current().store, spec)


def names(guests: Mapping[str, object], own: str) -> dict[str, str]:
    """What each guest is called: nobody is named."""
    numbered = {who: say("Guest {n}", n=n) for n, who in enumerate(guests, 1)}
    return {who: YOU if who == own else numbered[who] for who in guests}


def changed(place: Place) -> str:
    """What a run changes of the preset, with its values."""
    values = spec_difference.flat(place.spec)
    parts = []
    for name in place.changes:
        if name == "strategy":
            parts.append(sentences.title(place.spec.strategy))
        else:
            title = card_words.word(name.rpartition(".")[2])
            parts.append(f"{title} {spec_difference.as_text(values, name)}")
    return ", ".join(parts) or say("the preset")


def said(
    places: Sequence[Place], guests: Mapping[str, Sequence[float]]
) -> str:
    """Who leads, over how many runs, and how well the class guessed."""
    best = places[0]
    lead = {
        "runs": trash.count(places),
        "changes": changed(best),
        "accuracy": sentences.percent(best.accuracy),
    }
    if not guests:
        return say(
            "{runs}: first is {changes} with {accuracy} of the target; "
            "nobody has guessed.",
            **lead,
        )
    off = [value for values in guests.values() for value in values]
    people = (
        say("one guest")
        if len(guests) == 1
        else say("{guests} guests", guests=len(guests))
    )
    return say(
        "{runs}: first is {changes} with {accuracy} of the target; guesses "
        "of {people} are off by {points:.1f} points on average.",
        people=people,
        points=100 * fmean(off),
        **lead,
    )


def _table(places: Sequence[Place], guessed: Guesses) -> None:
    st.dataframe(
        [
            {
                "rank": rank,
                "changes": changed(place),
                "name": place.name,
                ACCURACY: round(100 * place.accuracy, 1),
                "guesses": len(guessed[place.run]),
                say("mean guess (%)"): _mean(guessed[place.run].values()),
                "run": place.run,
            }
            for rank, place in enumerate(places, 1)
        ],
        hide_index=True,
        column_config={
            "name": st.column_config.TextColumn(width="medium"),
            ACCURACY: st.column_config.NumberColumn(format="%.1f"),
        },
        alt=say(
            "The board: {runs}, the best first.", runs=trash.count(places)
        ),
    )


def _mean(guesses: Collection[float]) -> str:
    return f"{100 * fmean(guesses):.1f}" if guesses else ""


def _guests(
    guests: Mapping[str, Sequence[float]], called: Mapping[str, str]
) -> None:
    if not guests:
        return
    st.markdown(
        say("**Who guesses best?** Names are given out by this board.")
    )
    st.dataframe(
        [
            {
                "guest": called[who],
                "guesses": len(off),
                say("off by, on average (points)"): round(100 * fmean(off), 1),
            }
            for who, off in guests.items()
        ],
        hide_index=True,
        alt=say(
            "{guests} guests, who comes nearest first.", guests=len(guests)
        ),
    )
