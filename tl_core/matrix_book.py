"""The textbook's strategy matrix, cell by cell, beside the measured one.

Every word of the textbook was made a rule before anything was looked at:
"small" is at most 5 points forgotten, "moderate" 5 to 20, "low" half of what
full fine-tuning needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from tl_core import matrix
from tl_core import matrix_rules as rules
from tl_core.matrix import Row
from tl_core.matrix_rules import Finding, Judge
from tl_core.texts import say

SMALL, MODERATE = 0.05, 0.2
"""Shares of source accuracy."""


@dataclass(frozen=True)
class Cell:
    """What the textbook says of a strategy in a column, as a rule."""

    strategy: str
    column: str
    says: str
    rule: str
    judge: Judge


SHARE, MEMORY, LOST, NEEDS = "trained", "memory", "forgotten", "needs"
BACK = say("still forgotten")
AT_MOST = say("points of source accuracy are lost")
CELLS = (
    Cell(
        "linear_probe",
        SHARE,
        "< 1 %",
        say("less than 1 %"),
        rules.share(0, 0.01),
    ),
    Cell(
        "linear_probe",
        BACK,
        "none",
        say("at most 0.5 {at_most}, its old head put back", at_most=AT_MOST),
        rules.nothing_lost,
    ),
    Cell("full", SHARE, "100 %", say("all of them"), rules.share(1, 1)),
    Cell(
        "full",
        MEMORY,
        "highest",
        say("no other strategy holds more beside activations"),
        rules.most_memory,
    ),
    Cell(
        "full",
        LOST,
        "highest",
        say("more is lost than by each other that learns from labels"),
        rules.most_lost,
    ),
    Cell("lora", SHARE, "0.1 to 1 %", "0.1 to 1 %", rules.share(0.001, 0.01)),
    Cell(
        "lora",
        MEMORY,
        "low",
        say("at most half of full fine-tuning's, activations aside"),
        rules.little_memory,
    ),
    Cell(
        "lora",
        LOST,
        "small",
        say("at most 5 {at_most}", at_most=AT_MOST),
        rules.lost(-inf, SMALL),
    ),
    Cell(
        "dann",
        MEMORY,
        "medium",
        say("between LoRA's and full fine-tuning's"),
        rules.medium_memory,
    ),
    Cell(
        "dann",
        LOST,
        "moderate",
        f"5 to 20 {AT_MOST}",
        rules.lost(SMALL, MODERATE),
    ),
    Cell(
        "dann",
        NEEDS,
        say("unlabelled target"),
        say("it reads target samples without labels"),
        rules.unlabelled,
    ),
)


def judged(rows: Sequence[Row]) -> dict[tuple[str, str], tuple[Cell, Finding]]:
    """Every cell by strategy and column, with what the rows of the
    convolutional network say of it."""
    here = [row for row in rows if row.network == matrix.CONVNET]
    by_key = {row.strategy: row for row in here}
    if not {cell.strategy for cell in CELLS} <= set(by_key):
        return {}
    return {
        (cell.strategy, cell.column): (
            cell,
            cell.judge(by_key[cell.strategy], here),
        )
        for cell in CELLS
    }
