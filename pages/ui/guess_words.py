"""Guesses beside what was measured, in words."""

from __future__ import annotations

from tl_core import sentences
from tl_core.analysis.intervals import Interval
from tl_core.texts import say

CLOSE = 0.03
"""A guess within three points counts as right."""


def gap(mine: float | None, measured: Interval, unit: str = "%") -> str:
    """A guess beside what was measured, in words."""
    found = _measured(measured, unit)
    if mine is None:
        return found
    off = 100 * (measured.mean - mine)
    guess = 100 * mine
    if abs(measured.mean - mine) <= CLOSE:
        return f"{found} " + say(
            "You guessed {guess:.0f}: well seen.", guess=guess
        )
    if off > 0:
        return f"{found} " + say(
            "You guessed {guess:.0f}: it is {off:.1f} points more than you "
            "thought.",
            guess=guess,
            off=off,
        )
    return f"{found} " + say(
        "You guessed {guess:.0f}: it is {off:.1f} points less than you "
        "thought.",
        guess=guess,
        off=-off,
    )


def _measured(measured: Interval, unit: str) -> str:
    """What was measured, with its interval where there are several seeds."""
    mean = 100 * measured.mean
    if measured.n == 1:
        return say(
            "Measured in one run: {mean:.1f} {unit}.", mean=mean, unit=unit
        )
    return say(
        "Measured over {n} seeds: {mean:.1f} ± {half:.1f} {unit}.",
        n=measured.n,
        mean=mean,
        half=100 * measured.half,
        unit=unit,
    )


def guessed_by(count: int) -> str:
    """How many people guessed."""
    if count == 1:
        return say("One person guessed.")
    return say("{count} people guessed.", count=count)


def winner(
    names: dict[str, str],
    measured: dict[str, Interval],
    best: str,
    voted: str | None,
) -> str:
    """Who won, and how far one's own favourite fell behind."""
    top = measured[best].mean
    said = say(
        "{name} with {top} of the target.",
        name=names[best],
        top=sentences.percent(top),
    )
    if voted is None:
        return said
    if voted == best:
        return f"{said} " + say("You said so.")
    return f"{said} " + say(
        "Your {name} ends {behind:.1f} points behind.",
        name=names[voted],
        behind=100 * (top - measured[voted].mean),
    )
