"""What accuracy costs in a race, what a swept setting does to it, and every
run as a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from pages.ui.charts import chart
from pages.ui.race_form import key
from pages.ui.race_options import title
from tl_core import catalog, contest, sentences
from tl_core.analysis.intervals import Interval, interval
from tl_core.card import Scalar
from tl_core.contest import Row
from tl_core.figures import contest as figures
from tl_core.figures import matrix
from tl_core.figures.contest import Column
from tl_core.figures.matrix import Axis, Mark
from tl_core.figures.race import target_accuracy
from tl_core.history import History
from tl_core.race_link import as_text
from tl_core.race_spec import RaceSpec
from tl_core.race_starts import Heat, Start, heats
from tl_core.spec import KIND
from tl_core.texts import say

Seen = Mapping[str, History]
Price = Callable[[Row], float | None]
PRICES: dict[str, tuple[Axis, Price]] = {
    "Trained parameters": (
        Axis(say("trained parameters"), "linear", ""),
        lambda row: row.trained,
    ),
    "Forgetting": (
        Axis(
            say("forgetting (points of source accuracy lost)"), "linear", ".1f"
        ),
        lambda row: 100 * row.forgetting.mean if row.forgetting else None,
    ),
    "Seconds": (
        Axis(say("time of a run (seconds)"), "linear", ""),
        lambda row: row.seconds.mean,
    ),
}


def front(rows: Sequence[Row]) -> None:
    """Accuracy against a price, with those that none beats on both."""
    if len(rows) < 2:
        return
    st.subheader(say("At what price?"), anchor=False)
    chosen = st.segmented_control(
        say("Price"),
        list(PRICES),
        format_func=say,
        default="Seconds",
        key=key("by"),
        required=True,
    )
    chosen = chosen or "Seconds"
    axis, price = PRICES[chosen]
    priced = [(row, price(row)) for row in rows]
    marks = [_mark(row, c, axis) for row, c in priced if c is not None]
    if not marks:
        st.caption(
            say("Without source samples, forgetting cannot be measured.")
        )
        return
    words = _unbeaten(marks, say(chosen).lower())
    st.markdown(words)
    chart(matrix.trade(marks, axis), words, "contest.price")


def _unbeaten(marks: Sequence[Mark], price: str) -> str:
    """Who is on the Pareto front of accuracy and this price."""
    best = [
        f"{mark.name} ({100 * mark.reached.mean:.1f} %)"
        for mark in matrix.front(marks)
    ]
    return say(
        "On the Pareto front: {names}. For everybody else somebody is at "
        "least as accurate for no more {price}.",
        names=", ".join(best),
        price=price,
    )


def _mark(row: Row, cost: float, axis: Axis) -> Mark:
    """A strategy at its price; how sure that is stands in the table."""
    name = sentences.title(row.strategy)
    hover = say(
        "{name} reads {share:.1%} of the target, {price} {cost:,.4g}",
        name=name,
        share=row.target.mean,
        price=axis.title,
        cost=cost,
    )
    return Mark(name, row.strategy, interval([cost]), row.target, hover)


def sweep(
    race: RaceSpec, starts: Sequence[Start], seen: Seen, on: Heat
) -> None:
    """Target accuracy over the values of the swept setting, on the pair and
    with the backbone of a heat."""
    lines: dict[str, dict[Scalar, Interval]] = {}
    for heat in heats(starts):
        if heat[:2] != on[:2] or heat[2] is None:
            continue
        for row in contest.rows(contest.of_heat(starts, heat, seen)):
            lines.setdefault(row.strategy, {})[heat[2]] = row.target
    if not lines:
        return
    name = title(race.sweep)
    words = " ".join(best_value(who, line) for who, line in lines.items())
    st.subheader(say("Over the values of “{name}”", name=name), anchor=False)
    chart(figures.over_values(lines, name), words, "contest.sweep")
    st.caption(
        say("Means over seeds with 95 % intervals. {words}", words=words)
    )


def best_value(strategy: str, line: Mapping[Scalar, Interval]) -> str:
    """Where a strategy's line is highest, in words."""
    name = sentences.title(strategy)
    if len(set(line.values())) == 1:
        return say("{name} does not have this setting.", name=name)
    best = max(line, key=lambda value: line[value].mean)
    reached = sentences.percent(line[best].mean)
    return say(
        "{name} is best at {setting} ({reached}).",
        name=name,
        setting=as_text(best),
        reached=reached,
    )


def parallel(race: RaceSpec, starts: Sequence[Start], seen: Seen) -> None:
    """Every finished run of the race as a line across its settings and
    results."""
    done: dict[str, tuple[Start, History]] = {}
    for start in starts:
        history = seen.get(start.spec.id)
        if history is not None and history.finished:
            done.setdefault(start.spec.id, (start, history))
    if len(done) < 2:
        return
    st.subheader(say("Every run"), anchor=False)
    words = say(
        "{count} runs, one line each in its strategy's colour. Drag along an "
        "axis to keep only the runs that pass there; drag a title to move an "
        "axis.",
        count=len(done),
    )
    st.markdown(words)
    runs = list(done.values())
    figure = figures.parallel(
        columns(race, runs), [run.spec.strategy for _, run in runs]
    )
    chart(figure, words, "contest.parallel")


def columns(
    race: RaceSpec, runs: Sequence[tuple[Start, History]]
) -> list[Column]:
    """The axes: what was chosen, then what came out."""
    histories = [run for _, run in runs]
    found = [
        Column(
            owner,
            [
                catalog.entry(kind, getattr(s.contender, owner)).card.title
                for s, _ in runs
            ],
        )
        for owner, kind in KIND.items()
    ]
    if race.sweep:
        name = title(race.sweep)
        found.append(Column(name, [_named(s.value) for s, _ in runs]))
    if race.tune:
        rates = [as_text(run.spec.lr) for run in histories]
        found.append(Column(say("learning rate"), rates))
    return [*found, *_outcomes(histories)]


def _outcomes(histories: Sequence[History]) -> list[Column]:
    """What came out of each run; the target's accuracy stands last."""
    found = []
    forgot = [run.summary()["forgetting"] for run in histories]
    if None not in forgot:
        lost = [100 * share for share in forgot]
        found.append(Column(say("forgetting (points)"), lost, ".1f"))
    trained = [run.parameters["trained"] for run in histories]
    seconds = [run.seconds for run in histories]
    shares = [target_accuracy(run) for run in histories]
    return [
        *found,
        Column(say("trained parameters"), trained),
        Column(say("time (seconds)"), seconds, ".1f"),
        Column(say("target accuracy"), shares, ".0%"),
    ]


def _named(value: Scalar | None) -> str:
    """A value of the sweep; "none" for who does not have the setting."""
    return say("none") if value is None else as_text(value)
