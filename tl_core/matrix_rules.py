"""How a cell of the textbook's strategy matrix is judged by measured rows.

An interval over seeds that lies on both sides of a bound leaves a cell not
clear.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf

from tl_core import catalog, matrix, matrix_memory
from tl_core.analysis.intervals import Interval, interval
from tl_core.card import Sees
from tl_core.matrix import Row
from tl_core.texts import say

AGREES, DISAGREES, UNCLEAR = "agrees", "disagrees", say("not clear")
NOTHING = 0.005
"""Share of source accuracy that counts as none."""
LOW = 0.5
"""Of full fine-tuning's memory."""
Finding = tuple[str, str]
"""A verdict, and why in words."""
Judge = Callable[[Row, Sequence[Row]], Finding]
"""Judges a row by all rows of its network."""


def within(found: Interval, low: float, high: float) -> str:
    """Whether an interval lies inside the bounds, outside, or across one."""
    if low <= found.low and found.high <= high:
        return AGREES
    if found.high < low or high < found.low:
        return DISAGREES
    return UNCLEAR


def _truth(holds: bool) -> str:
    return AGREES if holds else DISAGREES


def points(found: Interval) -> str:
    """A share as points with its interval."""
    return say(
        "{mean:.1f} ± {half:.1f} points",
        mean=100 * found.mean,
        half=100 * found.half,
    )


def megabytes(size: float) -> str:
    """Bytes in millions."""
    return f"{size / 1e6:.2f} MB"


def share(low: float, high: float) -> Judge:
    """The share that is trained lies within bounds."""

    def judge(row: Row, rows: Sequence[Row]) -> Finding:
        counts, part = row.full[0].parameters, matrix.share(row)
        said = say(
            "{trained:,} of {total:,} numbers are {part:.2f} %.",
            trained=counts["trained"],
            total=counts["total"],
            part=100 * part,
        )
        holds = low <= part <= high
        if row.strategy == "lora" and not holds:
            wide = say(
                "A rank of 4 is much beside layers of 32 to 100 channels; "
                "the share falls as layers grow wide."
            )
            said = f"{said} {wide}"
        return _truth(holds), said

    return judge


def nothing_lost(row: Row, rows: Sequence[Row]) -> Finding:
    name, found = matrix.restored(row)
    own = matrix.lost(row)
    if found is None or own is None:
        return UNCLEAR, say("It was not measured.")
    return within(found, -NOTHING, NOTHING), (
        say(
            "With the {name} put back {found} are lost; read by the new "
            "head, which saw target samples alone, {own}.",
            name=name,
            found=points(found),
            own=points(own),
        )
    )


def lost(low: float, high: float) -> Judge:
    """The loss of source accuracy lies within bounds."""

    def judge(row: Row, rows: Sequence[Row]) -> Finding:
        found = matrix.lost(row)
        if found is None:
            return UNCLEAR, say("It was not measured.")
        return within(found, low, high), _lost(row, points(found))

    return judge


def _lost(row: Row, gone: str) -> str:
    """What a strategy loses, and what explains it."""
    name, back = matrix.restored(row)
    if row.strategy == "lora" and back is not None:
        return say(
            "{gone} are lost, and with the {name} {back}.",
            gone=gone,
            name=name,
            back=points(back),
        )
    if catalog.entry("strategies", row.strategy).card.needs_source:
        return say(
            "{gone} are lost: it learns from labelled source samples at "
            "every step.",
            gone=gone,
        )
    return say("{gone} are lost.", gone=gone)


def most_lost(row: Row, rows: Sequence[Row]) -> Finding:
    """It loses more than each other strategy that learns from labels."""
    others = [
        other
        for other in rows
        if other.taught and other.strategy != row.strategy
        if matrix.lost(other) is not None
    ]
    gaps = [(other, _more(row, other)) for other in others]
    near, gap = min(gaps, key=lambda pair: pair[1].mean)
    badges = {within(gap, 0, inf) for _, gap in gaps}
    verdict = next(b for b in (DISAGREES, UNCLEAR, AGREES) if b in badges)
    own = matrix.lost(row)
    assert own is not None
    return verdict, (
        say(
            "{own} are lost; {name}, the nearest of {others}, loses {gap} "
            "less.",
            own=points(own),
            name=near.name,
            others=len(gaps),
            gap=points(gap),
        )
    )


def _more(row: Row, other: Row) -> Interval:
    """How much more of the source a row loses than another, by seed."""
    left, right = (matrix.accuracies(r.full, "source") for r in (row, other))
    return interval([b - a for a, b in zip(left, right, strict=True)])


def most_memory(row: Row, rows: Sequence[Row]) -> Finding:
    """No other strategy holds more."""
    own = state(row)
    more = [other for other in rows if state(other) > own]
    names = ", ".join(other.short for other in more)
    size = megabytes(own)
    if not more:
        return AGREES, say(
            "{size} of weights, gradients and optimiser; none holds more.",
            size=size,
        )
    return DISAGREES, (
        say(
            "{size} of weights, gradients and optimiser; {names} hold more: "
            "another classifier, or a copy of the old weights and their "
            "importance.",
            size=size,
            names=names,
        )
    )


def little_memory(row: Row, rows: Sequence[Row]) -> Finding:
    full = next(r for r in rows if r.strategy == "full")
    part = state(row) / state(full)
    size, own, its = megabytes(state(row)), activations(row), activations(full)
    said = say(
        "{size}, {part:.0f} % of full fine-tuning's.",
        size=size,
        part=100 * part,
    )
    if own is not None and its is not None:
        whole = (state(row) + own) / (state(full) + its)
        said = say(
            "{size}, {part:.0f} % of full fine-tuning's; with the "
            "activations of 64 samples {whole:.0f} %, for these are not "
            "fewer.",
            size=size,
            part=100 * part,
            whole=100 * whole,
        )
    return _truth(part <= LOW), said


def medium_memory(row: Row, rows: Sequence[Row]) -> Finding:
    bounds = {r.strategy: state(r) for r in rows}
    holds = bounds["lora"] < state(row) < bounds["full"]
    extra = row.full[0].parameters["auxiliary"]
    return _truth(holds), (
        say(
            "{own}: it trains the whole network and {extra:,} numbers of a "
            "domain classifier; full fine-tuning holds {full}, LoRA {lora}.",
            own=megabytes(state(row)),
            extra=extra,
            full=megabytes(bounds["full"]),
            lora=megabytes(bounds["lora"]),
        )
    )


def unlabelled(row: Row, rows: Sequence[Row]) -> Finding:
    sees = catalog.entry("strategies", row.strategy).card.sees
    return _truth(sees is Sees.UNLABELLED_TARGET), (
        say(
            "It reads {sees}; target labels are taken away before it starts.",
            sees=sees.value,
        )
    )


def state(row: Row) -> int:
    """Bytes of weights, gradients and optimiser: measured, or by formula
    where they never were."""
    found = matrix_memory.state(row.network, row.strategy)
    return matrix.by_formula(row) if found is None else found


def activations(row: Row) -> int | None:
    """Bytes kept for the backward pass of a batch."""
    return matrix_memory.activations(row.network, row.strategy)
