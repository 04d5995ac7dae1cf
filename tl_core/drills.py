"""Drills: small sums with fresh numbers, each with a worked solution.

A drill draws its numbers by a seed, so that a link or a second look gives
the same ones. Counts have to be met exactly, other numbers to two per cent.
The tests hold every drill's answer against the network, the optimiser or the
estimate that the lab itself uses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from math import inf, isclose
from random import Random

EXACT = 0.0
NEAR = 0.02
"""Share by which an answer that is no count may be off."""


@dataclass(frozen=True)
class Task:
    """One drill with numbers: `question` in markdown with LaTeX, `steps` the
    solution line by line in LaTeX, `numbers` what was drawn."""

    question: str
    answer: float
    steps: tuple[str, ...]
    numbers: Mapping[str, float]
    unit: str = "numbers"
    tolerance: float = EXACT


@dataclass(frozen=True)
class Drill:
    """A kind of task; `section` is the syllabus' number."""

    key: str
    title: str
    section: str
    make: Callable[[Random], Task]


@cache
def drills() -> Mapping[str, Drill]:
    """Every drill by key, counts first."""
    from tl_core import drill_counts, drill_estimates, drill_sums

    every = (
        *drill_counts.DRILLS,
        *drill_sums.DRILLS,
        *drill_estimates.DRILLS,
    )
    return {drill.key: drill for drill in every}


def task(key: str, seed: int) -> Task:
    """A drill with the numbers of a seed."""
    return drills()[key].make(Random(f"{key} {seed}"))


def right(asked: Task, given: float) -> bool:
    """Whether an answer is near enough."""
    if abs(given) == inf:
        return False
    if asked.tolerance == EXACT:
        return round(given) == asked.answer and given == round(given)
    return isclose(given, asked.answer, rel_tol=asked.tolerance, abs_tol=5e-4)


def tex(number: float) -> str:
    """A number for LaTeX: thousands apart in counts, else four digits."""
    if number == round(number) and abs(number) >= 1000:
        return f"{round(number):,}".replace(",", "{,}")
    return f"{number:.4g}"
