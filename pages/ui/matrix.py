"""Views of the strategy matrix: the table, one strategy, and trade-offs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from pages.ui import (
    matrix_absent,
    matrix_row,
    matrix_table,
    registry,
    results,
)
from pages.ui.charts import chart
from pages.ui.matrix_table import Judged
from tl_core import matrix, matrix_book, matrix_memory
from tl_core import matrix_rules as rules
from tl_core.analysis.intervals import interval
from tl_core.figures import matrix as figures
from tl_core.figures.matrix import Axis, Mark
from tl_core.matrix import BUDGETS, CONVNET, NONE, TRANSFORMER, Row

MISSING = "`make record` makes the runs behind this table."
FIRST = "lora"
"""The strategy that is opened at first."""
STRATEGY = "strategy"
"""What the URL calls a row."""
COLOURS = {rules.AGREES: "green", rules.DISAGREES: "orange"}
UNTAUGHT = "No labels"
GROUPS = {
    "All": lambda row: row.network == CONVNET,
    "Labels": lambda row: row.network == CONVNET and row.taught,
    UNTAUGHT: lambda row: NONE in row.runs,
    "Transformer": lambda row: row.network == TRANSFORMER,
}
TRAINED, MEMORY, LOST = "Trained numbers", "Memory", "Forgotten"
PRICES = {
    TRAINED: Axis("trained numbers (logarithmic)", "log", "~s"),
    MEMORY: Axis("memory of a step without activations (MB)", "linear", ""),
    LOST: Axis("source accuracy lost (share)", "linear", ".0%"),
}
LESS = {
    TRAINED: "fewer numbers trained",
    MEMORY: "less memory",
    LOST: "fewer points forgotten",
}


def measured() -> None:
    """The matrix, the textbook's cells, and the runs of a chosen cell."""
    rows = matrix.rows()
    judged = matrix_book.judged(rows)
    if not judged:
        st.info(MISSING)
        return
    st.markdown(f"**{said(judged)}**")
    st.markdown("Select a cell to open its runs.")
    keys = [row.key for row in rows]
    place, column = matrix_table.show(rows, judged, keys.index(asked()))
    _origin(rows)
    matrix_row.show(rows, place, column)
    _book(judged)


def asked() -> str:
    """The key of the row that the reader chose, else that of the link."""
    keys = [row.key for row in matrix.rows()]
    cells = matrix_table.selected()
    if cells:
        return keys[cells[0][0]]
    named = st.query_params.get(STRATEGY, FIRST)
    return named if named in keys else FIRST


def settings() -> dict[str, str]:
    """What the URL names beside the view: a row that is not the first."""
    chosen = asked()
    return {} if chosen == FIRST else {STRATEGY: chosen}


def said(judged: Judged) -> str:
    """How many of the textbook's cells agree."""
    found = Counter(badge for _, (badge, _) in judged.values())
    return (
        f"Of {len(judged)} cells that a textbook fills in, "
        f"{found[rules.AGREES]} agree with what was measured, "
        f"{found[rules.DISAGREES]} disagree and {found[rules.UNCLEAR]} are "
        "not clear."
    )


def _origin(rows: Sequence[Row]) -> None:
    """What the numbers are, and where they come from."""
    paces = {r.strategy: r for r in rows if r.network == CONVNET}
    slow, quick = sorted(
        (matrix.pace(paces[key]).mean for key in ("full", "oracle")),
        reverse=True,
    )
    st.caption(
        "Tinted cells stand in the textbook too, its words behind the sign: "
        "✓ agrees, ✗ disagrees, ? not clear. ± is the 95 % interval over "
        "three seeds. Forgotten: points of source accuracy. Prefix and prompt "
        "tuning read tokens, so they and three others for comparison run on "
        "a small transformer; compare rows of one network only. Time is "
        "rough, for the machine did other work too: full fine-tuning and the "
        f"oracle take the same steps, and took {slow:.1f} and {quick:.1f} s."
    )
    results.provenance(
        [r for x in rows if x.network == CONVNET for r in x.full]
    )
    matrix_absent.show(rows)
    made = matrix_memory.recorded()
    if made:
        st.caption(
            f"Memory: one step of each, {made['device']}, recorded "
            f"{made['recorded']}."
        )


def _book(judged: Judged) -> None:
    """Each of the textbook's cells with its rule, its verdict and why."""
    st.subheader("What the textbook says", anchor=False)
    columns = st.columns(2, gap="large")
    for place, (cell, (badge, why)) in enumerate(judged.values()):
        colour = COLOURS.get(badge, "gray")
        title = matrix.sentences.title(cell.strategy)
        columns[place % 2].markdown(
            f"**{title}, {cell.column}: {cell.says}** "
            f":{colour}-badge[{badge}]  \n{why} :gray[Rule: {cell.rule}.]"
        )
    st.page_link(
        registry.path_of("peft"),
        label="How LoRA's share falls with the size of a network",
        icon=":material/compress:",
        query_params={"view": "Count"},
    )


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
    st.caption(
        "Ringed and joined by dots: no other is both cheaper and better. "
        + ("Dashed: the oracle, which has all labels. " * _has(shown))
        + "Bars are 95 % intervals over seeds. "
        + "Strategies without target labels stand where they are for every "
        "number of labels." * (group == "All")
    )
    results.provenance([run for row in shown for run in row.at(labels)])
    best = {mark.strategy for mark in figures.front(marks)}
    with st.container(horizontal=True):
        for row in shown:
            if row.strategy in best:
                matrix_row.again(row, labels)


def _asked() -> tuple[matrix.Labels, str, str]:
    """Labels, strategies and price."""
    with st.container(horizontal=True, gap="medium"):
        group = st.segmented_control(
            "Strategies",
            list(GROUPS),
            default="All",
            key="matrix.group",
            required=True,
        )
        labels = st.segmented_control(
            "Target labels",
            BUDGETS,
            default=BUDGETS[-1],
            key="matrix.labels",
            disabled=group == UNTAUGHT,
            required=True,
        )
        price = st.segmented_control(
            "Price",
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
    said = f"{row.name} reads {100 * reached.mean:.1f} % of the target"
    if price == TRAINED:
        count = matrix.trained(row)
        said += f" and trains {count:,} numbers"
        return Mark(row.short, row.strategy, interval([count]), reached, said)
    if price == MEMORY:
        held = rules.state(row)
        said += f" and holds {rules.megabytes(held)}"
        cost = interval([held / 1e6])
        return Mark(row.short, row.strategy, cost, reached, said)
    lost = matrix.lost(row, labels)
    if lost is None:
        return None
    said += f" and loses {rules.points(lost)} of the source"
    return Mark(row.short, row.strategy, lost, reached, said)


def front_said(marks: Sequence[Mark], price: str) -> str:
    """Who is on the Pareto front, from the cheapest to the best."""
    best = figures.front(marks)
    names = [f"{mark.name} ({100 * mark.reached.mean:.1f} %)" for mark in best]
    return f"No other is better for {LESS[price]} than: {', '.join(names)}."
