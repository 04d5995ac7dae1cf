"""A mock interview: which questions, how much time, what came of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from random import Random

from tl_core.progress import LETTERS, Answer, Mock
from tl_core.question import Question
from tl_core.texts import say

WEAK = 0.6
"""A score below this is to be repeated."""
FORGOTTEN = 86_400.0
"""Seconds after which nobody sits there any more."""
LENGTHS = (10, 20, 30, 45)
"""Minutes."""


@dataclass(frozen=True)
class Role:
    """What an interviewer for a role likes to ask: chapters of the syllabus,
    and how levels are mixed, by weight."""

    title: str
    chapters: tuple[str, ...]
    levels: dict[str, float]


ROLES = {
    "engineer": Role(
        say("Machine learning engineer"),
        ("3", "4", "5", "7"),
        {"screen": 2, "senior": 2, "whiteboard": 0.5},
    ),
    "scientist": Role(
        say("Applied scientist"),
        ("1", "3", "5", "6", "7"),
        {"screen": 1, "senior": 2, "whiteboard": 1},
    ),
    "researcher": Role(
        say("Research scientist"),
        ("2", "4", "5", "6"),
        {"screen": 0.5, "senior": 1, "whiteboard": 2},
    ),
    "student": Role(
        say("Student or intern"),
        ("1", "2", "3", "4", "5", "6", "7"),
        {"screen": 3, "senior": 1, "whiteboard": 0.5},
    ),
}


def choose(
    every: Sequence[Question],
    role: str,
    minutes: int,
    chapters: Collection[str],
    seed: int,
) -> list[Question]:
    """Questions that fill the time, drawn by `seed`: levels by the role's
    weights, from `chapters` (none: the role's own), easier ones first."""
    wanted, draw = chapters or ROLES[role].chapters, Random(seed)
    levels = ROLES[role].levels
    pool = [q for q in every if q.chapter in wanted]
    order = sorted(
        pool,
        # A weighted order without replacement (Efraimidis, Spirakis 2006).
        key=lambda q: draw.random() ** (1 / levels[q.level]),
        reverse=True,
    )
    taken: list[Question] = []
    for asked in order:
        used = sum(q.minutes for q in taken)
        if not taken or used + asked.minutes <= minutes:
            taken.append(asked)
    place = list(levels)
    return sorted(taken, key=lambda q: place.index(q.level))


def elapsed(mock: Mock, now: float) -> float:
    """Seconds on the clock, which stops when it was forgotten for days."""
    going = max(0.0, now - mock.since) if mock.since else 0.0
    return min(mock.spent + going, FORGOTTEN)


def paused(mock: Mock, now: float) -> Mock:
    """The clock stands."""
    spent = elapsed(mock, now)
    return mock.model_copy(update={"spent": spent, "since": None, "at": now})


def going(mock: Mock, now: float) -> Mock:
    """The clock goes."""
    since = mock.since or now
    return mock.model_copy(update={"since": since, "at": now})


def ended(mock: Mock, now: float) -> Mock:
    """It is over, however far it got."""
    stopped = paused(mock, now)
    return stopped.model_copy(update={"done": True, "comparing": False})


def written(mock: Mock, text: str, now: float) -> Mock:
    """The answer at hand has this text."""
    return _answer(mock, now, text=text[:LETTERS])


def compared(mock: Mock, now: float) -> Mock:
    """The answer is given: the clock stands while it is compared."""
    before = sum(answer.seconds for answer in mock.answers)
    stopped = paused(mock, now)
    took = max(0.0, stopped.spent - before)
    done = _answer(stopped, now, seconds=took)
    return done.model_copy(update={"comparing": True})


def scored(
    mock: Mock, ticks: tuple[bool, ...], score: float, now: float
) -> Mock:
    """The answer is judged, and the next question begins, or the end."""
    judged = _answer(mock, now, ticks=ticks, score=score)
    place = mock.place + 1
    done = place == len(mock.answers)
    return judged.model_copy(
        update={
            "place": mock.place if done else place,
            "comparing": False,
            "done": done,
            "since": None if done else now,
        }
    )


def _answer(mock: Mock, now: float, **changed: object) -> Mock:
    answers = list(mock.answers)
    answers[mock.place] = answers[mock.place].model_copy(update=changed)
    return mock.model_copy(update={"answers": tuple(answers), "at": now})


def begin(
    key: str, role: str, minutes: int, asked: Sequence[Question], now: float
) -> Mock:
    """An interview whose clock goes."""
    answers = tuple(Answer(question=q.key) for q in asked)
    return Mock(
        key=key,
        at=now,
        role=role,
        minutes=minutes,
        answers=answers,
        since=now,
    )


def score(mock: Mock) -> float | None:
    """The mean of the scores given, None before the first."""
    given = [a.score for a in mock.answers if a.score is not None]
    return sum(given) / len(given) if given else None


def weak(mock: Mock) -> list[str]:
    """The questions to repeat: scored below WEAK, or never answered."""
    return [a.question for a in mock.answers if (a.score or 0) < WEAK]


def clock(seconds: float) -> str:
    """Minutes and seconds, as a clock shows them."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
