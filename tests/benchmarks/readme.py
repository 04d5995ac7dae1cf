"""The README's short table, made from the whole one in `results.md`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
START, END = "<!-- bench -->", "<!-- /bench -->"
MARGIN = {
    "≥": lambda ratio, limit: ratio / limit,
    "≤": lambda ratio, limit: limit / ratio,
}
"""By how much a ratio is better than its bound."""


@dataclass(frozen=True)
class Line:
    """A line of the whole table that has a goal."""

    group: str
    work: str
    ours: str
    peer: str
    theirs: str
    ratio: str
    goal: str
    verdict: str

    @property
    def missed(self) -> bool:
        """Whether the goal is missed."""
        return self.verdict.startswith("missed")

    @property
    def margin(self) -> float:
        """Above 1 where the goal is met, the less so the nearer."""
        bound, limit = self.goal.split()
        return MARGIN[bound](float(self.ratio), float(limit))

    @property
    def told(self) -> str:
        """In words."""
        return (
            f"{self.work}: {self.ours}, {self.peer}: {self.theirs}; ratio "
            f"{self.ratio}, goal {self.goal}"
        )


def lines(results: str) -> list[Line]:
    """The lines with a goal of the whole table."""
    table = [text for text in results.splitlines() if text.startswith("| ")]
    every = [Line(*text[2:-2].split(" | ")) for text in table[2:]]
    return [one for one in every if one.goal]


def short(results: str) -> str:
    """The machine, and for each group how many goals are met, what is
    nearest to its goal, and what misses it, by how much and why."""
    machine = " ".join(results.split("\n\n")[1].splitlines())
    groups: dict[str, list[Line]] = {}
    for one in lines(results):
        groups.setdefault(one.group, []).append(one)
    found = [row for of in groups.values() for row in rows(of)]
    return "\n".join(
        [
            f"Speed and memory, as ratios to named peers on {machine}",
            "",
            "| | goals met | nearest to its goal, or missed |",
            "|---|---|---|",
            *found,
            "",
            "All figures: [tests/benchmarks/results.md]"
            "(tests/benchmarks/results.md), made by `make bench`.",
        ]
    )


def rows(group: Sequence[Line]) -> list[str]:
    """The lines of one group."""
    missed = [one for one in group if one.missed]
    met = [one for one in group if not one.missed]
    met.sort(key=lambda one: one.margin)
    count = f"{len(met)} of {len(group)}"
    shown = []
    for one in missed:
        much, *why = one.verdict.split("; ", 1)
        shown.append("; ".join([f"{one.told}: **{much}**", *why]))
    shown += [one.told for one in met[:1]]
    first, *rest = shown
    name = group[0].group
    return [
        f"| {name} | {count} | {first} |",
        *(f"| | | {text} |" for text in rest),
    ]


def with_table(readme: str, results: str) -> str:
    """A README whose table is that of the results."""
    head, rest = readme.split(START)
    tail = rest.split(END)[1]
    return f"{head}{START}\n{short(results)}\n{END}{tail}"


def write(results: str) -> None:
    """Put the table into the README."""
    text = README.read_text(encoding="utf-8")
    README.write_text(with_table(text, results), encoding="utf-8")
