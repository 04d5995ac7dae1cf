"""What one learner has done, as entries of a few kinds.

Entries are plain data: they are kept in the store, written to a file and read
back from one. Every field is checked when an entry is read, for a file may
come from anywhere. Text that a learner wrote is only ever shown as text.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from tl_core.texts import say

MOST = 5_000
"""Entries a learner keeps; the oldest make room."""
LETTERS = 6_000
"""Of one written answer."""

Name = Annotated[str, Field(min_length=1, max_length=200)]
Share = Annotated[float, Field(ge=0, le=1)]
Sure = Annotated[float, Field(ge=0.5, le=1)] | None
Seconds = Annotated[float, Field(ge=0, le=1e6)]
Moment = Annotated[float, Field(ge=0, le=1e10)]
"""Seconds since 1970."""
Day = Annotated[
    AwareDatetime,
    Field(ge=datetime(2000, 1, 1, tzinfo=UTC)),
    Field(le=datetime(2300, 1, 1, tzinfo=UTC)),
]
STABLE = 1e6
"""Days: a card is known for no longer than that."""
Rating = Annotated[int, Field(ge=1, le=4)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]


class Checked(BaseModel):
    """Plain data whose every field is checked."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, allow_inf_nan=False
    )


class Memory(Checked):
    """The state of a card in the terms of FSRS: `stability` in days,
    `difficulty` from 1 to 10, `state` 1 learning, 2 review, 3 relearning."""

    card_id: Annotated[int, Field(ge=0, le=10**15)]
    state: Annotated[int, Field(ge=1, le=3)]
    step: Annotated[int, Field(ge=0, le=9)] | None
    stability: Annotated[float, Field(gt=0, le=STABLE)] | None
    difficulty: Annotated[float, Field(ge=1, le=10)] | None
    due: Day
    last_review: Day | None

    @model_validator(mode="after")
    def _whole(self) -> Memory:
        """A card is new, or has all that its next look is worked out from."""
        looks = (self.stability, self.difficulty, self.last_review)
        missing = sum(value is None for value in looks)
        fresh = missing == 3 and self.state == 1
        if not fresh and (missing or (self.state == 3 and self.step is None)):
            raise ValueError(say("a card is new, or has every number of FSRS"))
        return self


class _Entry(Checked):
    """`key` tells entries of one kind apart; `at` is when it was written."""

    key: Name
    at: Moment


class Card(_Entry):
    """A flash card: `key` is the question."""

    kind: Literal["card"] = "card"
    memory: Memory
    rating: Rating
    reviews: Count


class Review(_Entry):
    """One look at a card, with how sure the learner was beforehand."""

    kind: Literal["review"] = "review"
    card: Name
    rating: Rating
    sure: Sure = None


class Answer(Checked):
    """One question of a mock interview: what was written, which points of
    the rubric were met, and the learner's own score."""

    question: Name
    text: Annotated[str, Field(max_length=LETTERS)] = ""
    ticks: Annotated[tuple[bool, ...], Field(max_length=20)] = ()
    score: Share | None = None
    seconds: Seconds = 0.0


class Mock(_Entry):
    """A mock interview. `spent` seconds had passed when the clock was set
    going at `since` (None: it stands); `place` is the question at hand."""

    kind: Literal["mock"] = "mock"
    role: Name
    minutes: Annotated[int, Field(ge=1, le=240)]
    answers: Annotated[tuple[Answer, ...], Field(min_length=1, max_length=40)]
    place: Count = 0
    comparing: bool = False
    spent: Seconds = 0.0
    since: Moment | None = None
    done: bool = False

    @model_validator(mode="after")
    def _at_a_question(self) -> Mock:
        if self.place >= len(self.answers):
            raise ValueError(say("the place is one of its questions"))
        return self


class Code(_Entry):
    """An answer about a piece of code."""

    kind: Literal["code"] = "code"
    item: Name
    chosen: Count
    right: bool
    sure: Sure = None


class Drill(_Entry):
    """An answer to a drill with numbers drawn by `seed`."""

    kind: Literal["drill"] = "drill"
    drill: Name
    seed: Count
    given: float
    right: bool


class Board(_Entry):
    """A derivation gone through: `said` of its `lines` were said first."""

    kind: Literal["board"] = "board"
    said: Count
    lines: Count


class Guess(_Entry):
    """A number that was expected; `key` is the question's."""

    kind: Literal["guess"] = "guess"
    value: Annotated[float, Field(ge=-100, le=100)]


class Choice(_Entry):
    """An answer to a lesson's question; `key` is the question."""

    kind: Literal["choice"] = "choice"
    right: bool


class Run(_Entry):
    """A run that was started from this browser; `key` is its id."""

    kind: Literal["run"] = "run"


AnyEntry = Card | Review | Mock | Code | Drill | Board | Guess | Choice | Run
Entry = Annotated[AnyEntry, Field(discriminator="kind")]
_entry: TypeAdapter[AnyEntry] = TypeAdapter(Entry)


def read(line: str) -> AnyEntry | None:
    """One entry as JSON; None when it is not one."""
    try:
        return _entry.validate_json(line)
    except ValidationError:
        return None
