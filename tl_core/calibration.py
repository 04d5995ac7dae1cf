r"""Does one know what one knows? Stated confidence against the truth.

The Brier score is the mean of $(p - o)^2$ over statements made with
confidence p, where o is 1 for a right one and 0 for a wrong one: 0 is
perfect, and whoever always says 50 % gets 0.25 (Brier 1950,
doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tl_core.progress import AnyEntry, Code, Review
from tl_core.spaced import KNOWN
from tl_core.texts import say

COIN = 0.25
"""The Brier score of always saying 50 %."""
LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Confidences that can be stated, shares."""


@dataclass(frozen=True)
class Statement:
    """One answer: when, with what confidence in [0.5, 1], and whether it
    was right."""

    at: float
    sure: float
    right: bool


@dataclass(frozen=True)
class Bin:
    """Statements of about one confidence: the `share` that was right."""

    sure: float
    share: float
    n: int


def statements(entries: Sequence[AnyEntry]) -> list[Statement]:
    """Cards and code items that came with a confidence, oldest first."""
    found = []
    for entry in entries:
        if isinstance(entry, Review) and entry.sure is not None:
            known = entry.rating >= KNOWN
            found.append(Statement(entry.at, entry.sure, known))
        if isinstance(entry, Code) and entry.sure is not None:
            found.append(Statement(entry.at, entry.sure, entry.right))
    return sorted(found, key=lambda statement: statement.at)


def brier(said: Sequence[Statement]) -> float:
    """The mean of (p - o)^2; at least one statement."""
    return sum((s.sure - s.right) ** 2 for s in said) / len(said)


def over_time(said: Sequence[Statement]) -> list[float]:
    """The Brier score of all statements up to each one."""
    return [brier(said[: count + 1]) for count in range(len(said))]


def reliability(said: Sequence[Statement]) -> list[Bin]:
    """The share that was right at each stated confidence that was used."""
    found = []
    for level in LEVELS:
        mine = [s for s in said if abs(s.sure - level) < 0.05]
        if mine:
            share = sum(s.right for s in mine) / len(mine)
            found.append(Bin(level, share, len(mine)))
    return found


def told(said: Sequence[Statement]) -> str:
    """The score in a sentence, and on which side one errs."""
    score = brier(said)
    mean = sum(s.sure for s in said) / len(said)
    share = sum(s.right for s in said) / len(said)
    gap = 100 * (mean - share)
    answers = (
        say("one answer")
        if len(said) == 1
        else say("{said} answers", said=len(said))
    )
    side = say("as sure as you were right")
    if abs(gap) >= 5:
        more = "more" if gap > 0 else "less"
        side = say(
            "{gap:.0f} points {more} sure than you were right",
            gap=abs(gap),
            more=more,
        )
    against = "below" if score < COIN else say("not below")
    return say(
        "Brier score {score:.3f} over {answers}, {against} the {coin} of "
        "always saying 50 %. You were {side}.",
        score=score,
        answers=answers,
        against=against,
        coin=COIN,
        side=side,
    )
