"""The strategy matrix' view of trade-offs: accuracy against a price."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui import matrix_row, results
from pages.ui.charts import chart
from pages.ui.matrix import MISSING
from tl_core import matrix
from tl_core import matrix_rules as rules
from tl_core.analysis.intervals import interval
from tl_core.figures import matrix as figures
from tl_core.figures.matrix import Axis, Mark
from tl_core.matrix import BUDGETS, CONVNET, NONE, TRANSFORMER, Row
from tl_core.texts import say

UNTAUGHT = say("No labels")
GROUPS = {
    "All": lambda row: row.network == CONVNET,
    "Labels": lambda row: row.network == CONVNET and row.taught,
    UNTAUGHT: lambda row: NONE in row.runs,
    "Transformer": lambda row: row.network == TRANSFORMER,
}
TRAINED, MEMORY, LOST = say("Trained numbers"), say("Memory"), say("Forgotten")
PRICES = {
    TRAINED: Axis(say("trained numbers (logarithmic)"), "log", "~s"),
    MEMORY: Axis(
        say("memory of a step without activations (MB)"), "linear", ""
    ),
    LOST: Axis(say("source accuracy lost (share)"), "linear", ".0%"),
}
LESS = {
    TRAINED: say("fewer numbers trained"),
    MEMORY: say("less memory"),
    LOST: say("fewer points forgotten"),
}


def trade_off() -> None:
    """Target accuracy against what is trained, held or forgotten."""
    rows = matrix.rows()
    if not rows:
        st.info(MISSING)
        return
    labels, group, price = _asked()
    shown = [row for row in rows if GROUPS[group](row)]
    marks = [
        mark
        for row in shown
        if row.strategy != "oracle"
        if (mark := _mark(row, labels, price)) is not None
    ]
    words = front_said(marks, price)
    st.markdown(f"**{words}**")
    figure = figures.trade(marks, PRICES[price], _ceiling(shown))
    chart(figure, words, "matrix.trade")
    st.caption(_legend(_has(shown), group))
    results.provenance([run for row in shown for run in row.at(labels)])
    best = {mark.strategy for mark in figures.front(marks)}
    with st.container(horizontal=True):
        for row in shown:
            if row.strategy in best:
                matrix_row.again(row, labels)


def _legend(oracle: bool, group: str) -> str:
    """How the chart is read."""
    return (
        say("Ringed and joined by dots: no other is both cheaper and better. ")
        + say("Dashed: the oracle, which has all labels. ") * oracle
        + say("Bars are 95 % intervals over seeds. ")
        + say(
            "Strategies without target labels stand where they are for every "
            "number of labels."
        )
        * (group == "All")
    )


def _asked() -> tuple[matrix.Labels, str, str]:
    """Labels, strategies and price."""
    with st.container(horizontal=True, gap="medium"):
        group = st.segmented_control(
            say("Strategies"),
            list(GROUPS),
            format_func=say,
            default="All",
            key="matrix.group",
            required=True,
        )
        labels = st.segmented_control(
            say("Target labels"),
            BUDGETS,
            format_func=lambda n: say(str(n)),
            default=BUDGETS[-1],
            key="matrix.labels",
            disabled=group == UNTAUGHT,
            required=True,
        )
        price = st.segmented_control(
            say("Price"),
            list(PRICES),
            default=TRAINED,
            key="matrix.price",
            required=True,
        )
    return labels or BUDGETS[-1], group or "All", price or TRAINED


def _has(rows: Sequence[Row]) -> bool:
    return any(row.strategy == "oracle" for row in rows)


def _ceiling(rows: Sequence[Row]) -> float | None:
    """What the oracle reaches, where it is among the rows."""
    for row in rows:
        if row.strategy == "oracle":
            return matrix.reached(row, NONE).mean
    return None


def _mark(row: Row, labels: matrix.Labels, price: str) -> Mark | None:
    """A strategy with its price; None where there is none."""
    reached = matrix.reached(row, labels)
    said = say(
        "{name} reads {percent:.1f} % of the target",
        name=row.name,
        percent=100 * reached.mean,
    )
    if price == TRAINED:
        count = matrix.trained(row)
        said += say(" and trains {count:,} numbers", count=count)
        return Mark(row.short, row.strategy, interval([count]), reached, said)
    if price == MEMORY:
        held = rules.state(row)
        said += say(" and holds {megabytes}", megabytes=rules.megabytes(held))
        cost = interval([held / 1e6])
        return Mark(row.short, row.strategy, cost, reached, said)
    lost = matrix.lost(row, labels)
    if lost is None:
        return None
    said += say(" and loses {lost} of the source", lost=rules.points(lost))
    return Mark(row.short, row.strategy, lost, reached, said)


def front_said(marks: Sequence[Mark], price: str) -> str:
    """Who is on the Pareto front, from the cheapest to the best."""
    best = figures.front(marks)
    names = [f"{mark.name} ({100 * mark.reached.mean:.1f} %)" for mark in best]
    return say(
        "No other is better for {price} than: {names}.",
        price=LESS[price],
        names=", ".join(names),
    )
