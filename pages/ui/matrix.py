"""The view of the strategy matrix: the table, and one strategy."""

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
from pages.ui.matrix_table import Judged
from tl_core import matrix, matrix_book, matrix_memory
from tl_core import matrix_rules as rules
from tl_core.matrix import CONVNET, Row
from tl_core.texts import say

MISSING = say("`make record` makes the runs behind this table.")
FIRST = "lora"
"""The strategy that is opened at first."""
STRATEGY = "strategy"
"""What the URL calls a row."""
COLOURS = {rules.AGREES: "green", rules.DISAGREES: "orange"}


def measured() -> None:
    """The matrix, the textbook's cells, and the runs of a chosen cell."""
    rows = matrix.rows()
    judged = matrix_book.judged(rows)
    if not judged:
        st.info(MISSING)
        return
    st.markdown(f"**{said(judged)}**")
    st.markdown(say("Select a cell to open its runs."))
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
    return say(
        "Of {count} cells that a textbook fills in, {agree} agree with what "
        "was measured, {disagree} disagree and {unclear} are not clear.",
        count=len(judged),
        agree=found[rules.AGREES],
        disagree=found[rules.DISAGREES],
        unclear=found[rules.UNCLEAR],
    )


def _origin(rows: Sequence[Row]) -> None:
    """What the numbers are, and where they come from."""
    paces = {r.strategy: r for r in rows if r.network == CONVNET}
    slow, quick = sorted(
        (matrix.pace(paces[key]).mean for key in ("full", "oracle")),
        reverse=True,
    )
    st.caption(_numbers(slow, quick))
    results.provenance(
        [r for x in rows if x.network == CONVNET for r in x.full]
    )
    matrix_absent.show(rows)
    made = matrix_memory.recorded()
    if made:
        st.caption(
            say(
                "Memory: one step of each, {device}, recorded {recorded}.",
                device=made["device"],
                recorded=made["recorded"],
            )
        )


def _numbers(slow: float, quick: float) -> str:
    """How the table is read; seconds of full fine-tuning and the oracle."""
    return say(
        "Tinted cells stand in the textbook too, its words behind the "
        "sign: ✓ agrees, ✗ disagrees, ? not clear. ± is the 95 % "
        "interval over three seeds. Forgotten: points of source "
        "accuracy. Prefix and prompt tuning read tokens, so they and "
        "three others for comparison run on a small transformer; compare "
        "rows of one network only. Time is rough, for the machine did "
        "other work too: full fine-tuning and the oracle take the same "
        "steps, and took {slow:.1f} and {quick:.1f} s.",
        slow=slow,
        quick=quick,
    )


def _book(judged: Judged) -> None:
    """Each of the textbook's cells with its rule, its verdict and why."""
    st.subheader(say("What the textbook says"), anchor=False)
    columns = st.columns(2, gap="large")
    for place, (cell, (badge, why)) in enumerate(judged.values()):
        colour = COLOURS.get(badge, "gray")
        title = matrix.sentences.title(cell.strategy)
        columns[place % 2].markdown(
            say(
                "**{title}, {column}: {says}** :{colour}-badge[{badge}]  "
                "\n{why} :gray[Rule: {rule}.]",
                title=title,
                column=cell.column,
                says=cell.says,
                colour=colour,
                badge=badge,
                why=why,
                rule=cell.rule,
            )
        )
    st.page_link(
        registry.path_of("peft"),
        label=say("How LoRA's share falls with the size of a network"),
        icon=":material/compress:",
        query_params={"view": "Count"},
    )
