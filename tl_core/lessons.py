"""Lessons as data: walks through a page, step by step.

Each file in assets/lessons is one lesson in TOML: a question, and steps with
a text (markdown), the state they put the page into, what they highlight, and
perhaps something to think about first. One of them, the tour, leads from page
to page. Answers that are numbers are not
written there: they are taken from recorded runs.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tl_core import recording, texts
from tl_core.analysis.intervals import Interval, interval
from tl_core.claim import EXPERIMENTS, Arm, Fact, Side
from tl_core.home import ASSETS
from tl_core.spec import RunSpec

FOLDER = ASSETS / "lessons"
TOUR = "tour"
"""The walk that leads through all pages; the others stay on one."""


@dataclass(frozen=True)
class Choice:
    """A question with one right option, and why it is."""

    question: str
    options: tuple[str, ...]
    right: int
    why: str


@dataclass(frozen=True)
class Guess:
    """How large is an accuracy that was measured? Or, with `against`, how
    much larger than another, in points?"""

    question: str
    arm: Side
    why: str
    against: Side | None = None

    @property
    def key(self) -> str:
        """The name under which guesses are kept."""
        sides = [side.name for side in (self.arm, self.against) if side]
        return f"guess:{' - '.join(sides)}"

    def specs(self) -> list[RunSpec]:
        """The runs behind the answer."""
        sides = [side for side in (self.arm, self.against) if side]
        return [spec for side in sides for spec in side.specs()]

    def measured(self) -> Interval:
        """What the runs say, over seeds.

        Raises:
            LookupError: a run is missing.
        """
        values = self.arm.values(recording.read)
        if self.against is not None:
            others = self.against.values(recording.read)
            values = [a - b for a, b in zip(values, others, strict=True)]
        return interval(values)


@dataclass(frozen=True)
class Contest:
    """Which strategy of a race reaches the highest target accuracy?"""

    question: str
    race: str
    strategies: tuple[str, ...]
    why: str

    @property
    def key(self) -> str:
        """The name under which guesses are kept."""
        return f"contest:{self.race}:{','.join(self.strategies)}"

    def specs(self) -> list[RunSpec]:
        """The runs behind the answer."""
        arms = [Arm(self.race, name) for name in self.strategies]
        return [spec for arm in arms for spec in arm.specs()]

    def measured(self) -> dict[str, Interval]:
        """Target accuracy of each strategy over seeds.

        Raises:
            LookupError: a run is missing.
        """
        return {
            name: interval(Arm(self.race, name).values(recording.read))
            for name in self.strategies
        }


@dataclass(frozen=True)
class Step:
    """One step on a page: `view` and `state` (widgets by key) are what it
    shows, `link` what the URL names, `highlight` the key of what to look at;
    `touch` says what to do there, `onward` names pages to go on to."""

    page: str
    title: str
    text: str
    view: str = ""
    state: dict[str, Any] = field(default_factory=dict)
    link: dict[str, str] = field(default_factory=dict)
    highlight: str = ""
    ask: Choice | Guess | Contest | None = None
    touch: str = ""
    onward: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lesson:
    """A walk through one page, or from page to page: `key` is its file."""

    key: str
    title: str
    question: str
    minutes: int
    steps: tuple[Step, ...]


def lesson(page: str) -> Lesson | None:
    """The lesson of a page, None when it has none."""
    return walk(page) if page in pages() else None


def pages() -> tuple[str, ...]:
    """The pages that have a lesson."""
    found = {path.stem for path in FOLDER.glob("*.toml")}
    return tuple(sorted(found - {TOUR}))


@cache
def walk(key: str) -> Lesson:
    """The walk in a file.

    Raises:
        OSError: there is no such file.
    """
    data = tomllib.loads(texts.file(f"lessons/{key}.toml").read_text("utf-8"))
    steps = tuple(_step({"page": key, **row}) for row in data.pop("steps"))
    return Lesson(key, steps=steps, **data)


def _step(row: dict[str, Any]) -> Step:
    asked = {kind: row.pop(kind) for kind in _KINDS if kind in row}
    for kind, given in asked.items():
        row["ask"] = _KINDS[kind](given)
    return Step(**{**row, "onward": tuple(row.pop("onward", ()))})


def _choice(row: dict[str, Any]) -> Choice:
    return Choice(**{**row, "options": tuple(row["options"])})


def _guess(row: dict[str, Any]) -> Guess:
    against = row.get("against")
    other = _side(against) if against else None
    return Guess(row["question"], _side(row["arm"]), row["why"], other)


def _side(row: dict[str, str]) -> Side:
    return Fact(**row) if "key" in row else Arm(**row)


def _contest(row: dict[str, Any]) -> Contest:
    race = EXPERIMENTS[row["race"]]
    named = tuple(row.get("strategies", race.strategies))
    return Contest(row["question"], race.key, named, row["why"])


_KINDS = {"choice": _choice, "guess": _guess, "contest": _contest}
