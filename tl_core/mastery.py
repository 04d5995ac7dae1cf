"""What a learner has predicted, run and explained, idea by idea.

Pure: from a learner's entries and what the lab knows of questions and runs
to counts for each row of the syllabus, and to the one next step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from tl_core import lessons, spaced
from tl_core.lessons import Choice, Contest
from tl_core.lessons import Guess as Amount
from tl_core.progress import (
    AnyEntry,
    Board,
    Card,
    Code,
    Guess,
    Mock,
    Run,
)
from tl_core.progress import Choice as Chosen
from tl_core.spec import RunSpec
from tl_core.syllabus import ROWS, Row, rows_of
from tl_core.syllabus_runs import rows_of_run
from tl_core.texts import say

ENOUGH = 0.6
"""Share of a rubric, or of a derivation's lines, that counts as explained."""
RUN = "run:"
"""What the key of a guess about a run begins with."""
WAYS = ("predicted", "run", "explained")
Ask = Choice | Amount | Contest
Specs = Mapping[str, RunSpec]
Sections = Mapping[str, str]
"""Syllabus sections of questions and code items, by key."""


@dataclass(frozen=True)
class Done:
    """How often an idea was predicted, run and explained."""

    predicted: int = 0
    run: int = 0
    explained: int = 0

    @property
    def ways(self) -> int:
        """Of the three, how many were done at all."""
        return sum(getattr(self, way) > 0 for way in WAYS)


@dataclass(frozen=True)
class Asked:
    """A lesson's question, and where it is asked: `walk` is the URL's name
    for the lesson or the tour."""

    page: str
    view: str
    step: int
    ask: Ask
    walk: str = "lesson"


@dataclass(frozen=True)
class Step:
    """The one thing to do next: `way` is one of WAYS."""

    row: Row
    way: str


def choice_key(question: str) -> str:
    """The name under which the answer to a lesson's choice is kept."""
    return sha256(question.encode()).hexdigest()[:16]


@cache
def asked() -> Mapping[str, Asked]:
    """Every question of every lesson by the key of its answer, then those
    that only the tour asks."""
    found: dict[str, Asked] = {}
    for walk in (*lessons.pages(), lessons.TOUR):
        name, view = "tour" if walk == lessons.TOUR else "lesson", ""
        for number, step in enumerate(lessons.walk(walk).steps, 1):
            view = step.view or view
            if step.ask is not None:
                key = (
                    choice_key(step.ask.question)
                    if isinstance(step.ask, Choice)
                    else step.ask.key
                )
                here = Asked(step.page, view, number, step.ask, name)
                found.setdefault(key, here)
    return found


def rows_of_question(key: str) -> list[Row]:
    """The ideas that a lesson's question is about: those that its view
    shows, else the first one of its page."""
    where = asked().get(key)
    if where is None:
        return []
    page = [row for row in ROWS if row.page == where.page]
    return [row for row in page if row.view == where.view] or page[:1]


def question_of(row: Row) -> Asked | None:
    """The first question of a lesson that is about an idea."""
    found = [a for k, a in asked().items() if row in rows_of_question(k)]
    return found[0] if found else None


def done(
    entries: Sequence[AnyEntry], specs: Specs, sections: Sections
) -> dict[str, Done]:
    """Counts by the id of each row; `specs` are those of the runs that
    entries name, as far as they are known."""
    counts = {row.id: dict.fromkeys(WAYS, 0) for row in ROWS}
    for way, row in _touched(entries, specs, sections):
        counts[row.id][way] += 1
    return {name: Done(**count) for name, count in counts.items()}


def _touched(
    entries: Sequence[AnyEntry], specs: Specs, sections: Sections
) -> Iterator[tuple[str, Row]]:
    for entry in entries:
        if isinstance(entry, Run) and entry.key in specs:
            yield from (("run", r) for r in rows_of_run(specs[entry.key]))
        elif isinstance(entry, Guess) and entry.key.startswith(RUN):
            spec = specs.get(entry.key.removeprefix(RUN))
            rows = rows_of_run(spec) if spec else []
            yield from (("predicted", row) for row in rows)
        elif isinstance(entry, Guess | Chosen):
            rows = rows_of_question(entry.key)
            yield from (("predicted", row) for row in rows)
        else:
            for key in explained(entry):
                rows = list(rows_of(sections[key])) if key in sections else []
                yield from (("explained", row) for row in rows)


def explained(entry: AnyEntry) -> list[str]:
    """The keys of what an entry shows to be known: questions and code."""
    if isinstance(entry, Card):
        return [entry.key] if entry.rating >= spaced.KNOWN else []
    if isinstance(entry, Code):
        return [entry.item] if entry.right else []
    if isinstance(entry, Board):
        enough = entry.lines and entry.said >= ENOUGH * entry.lines
        return [entry.key] if enough else []
    if isinstance(entry, Mock):
        scored = [a for a in entry.answers if a.score is not None]
        return [a.question for a in scored if (a.score or 0) >= ENOUGH]
    return []


def next_step(found: Mapping[str, Done]) -> Step | None:
    """What to do next: the first idea with something undone, in the order
    predict, run, explain; None when all is done."""
    for row in ROWS:
        for way in WAYS:
            if getattr(found[row.id], way) == 0:
                return Step(row, way)
    return None


@dataclass(frozen=True)
class Expectation:
    """A number that was expected, and what was measured: shares, or
    differences of shares."""

    at: float
    what: str
    expected: float
    measured: float

    @property
    def error(self) -> float:
        """How far off it was, as a share."""
        return abs(self.measured - self.expected)


def expectations(
    entries: Sequence[AnyEntry], reached: Callable[[str], float | None]
) -> list[Expectation]:
    """Guesses of amounts beside what was measured, oldest first; `reached`
    is the target accuracy of a run by id."""
    found = []
    for entry in entries:
        if not isinstance(entry, Guess):
            continue
        where = asked().get(entry.key)
        if entry.key.startswith(RUN):
            run = entry.key.removeprefix(RUN)
            what, measured = say("A run's target accuracy"), reached(run)
        elif where and isinstance(where.ask, Amount):
            what, measured = where.ask.question, _mean(where.ask)
        else:
            continue
        if measured is not None:
            found.append(Expectation(entry.at, what, entry.value, measured))
    return found


def _mean(ask: Amount) -> float | None:
    try:
        return ask.measured().mean
    except LookupError:
        return None


def hits(entries: Sequence[AnyEntry]) -> list[bool]:
    """Whether each choice in a lesson, and each bet on a winner, was
    right."""
    found = [e.right for e in entries if isinstance(e, Chosen)]
    for entry in entries:
        where = asked().get(entry.key)
        if (
            isinstance(entry, Guess)
            and where
            and isinstance(where.ask, Contest)
        ):
            found += _won(where.ask, entry.value)
    return found


def _won(ask: Contest, value: float) -> list[bool]:
    try:
        measured = ask.measured()
    except LookupError:
        return []
    best = max(measured, key=lambda name: measured[name].mean)
    place = int(value)
    known = 0 <= place < len(ask.strategies)
    return [known and ask.strategies[place] == best]
