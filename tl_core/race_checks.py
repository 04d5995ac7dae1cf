"""What a race may ask for: its runs, learning rates and search."""

from __future__ import annotations

from collections.abc import Mapping

from tl_core.card import Scalar, SpecError, shown
from tl_core.texts import say

MOST = 60
"""Runs of one race at most, its search included."""
CRITERIA = ("", "source", "information")
"""What a search chooses by; "" for no search."""
RATES = ("", "own")
"""One learning rate for all, or each strategy's own (its card's)."""


def check_amount(runs: int) -> None:
    """Whether these are few enough.

    Raises:
        SpecError: they are too many.
    """
    if runs > MOST:
        raise SpecError(
            say(
                "That would be {runs} runs, and a race has {most} at most; "
                "take fewer strategies, values or seeds.",
                runs=runs,
                most=MOST,
            )
        )


def check_rates(rates: str, settings: Mapping[str, Scalar]) -> None:
    """Whether it is clear which learning rate a run has.

    Raises:
        SpecError: `rates` is unknown, or `settings` have one for all too.
    """
    if rates not in RATES:
        raise SpecError(
            say(
                "rates cannot be {shown}; leave it out or choose: {own}.",
                shown=shown(rates),
                own=RATES[1],
            )
        )
    if rates and "lr" in settings:
        raise SpecError(
            say(
                "Either each strategy has its own learning rate (rates=own) "
                "or all have one (lr); do one of the two."
            )
        )


def check_tuning(tune: str, sweep: str) -> None:
    """Whether a search of the learning rate can go before the race.

    Raises:
        SpecError: what it chooses by is unknown, or the race sweeps it.
    """
    if tune not in CRITERIA:
        raise SpecError(
            say(
                "{name} cannot be {shown}; choose one of: {choices}.",
                name="tune",
                shown=shown(tune),
                choices=", ".join(CRITERIA[1:]),
            )
        )
    if tune and sweep == "lr":
        raise SpecError(
            say(
                "Tuning first chooses the learning rate, so it cannot be "
                "swept as well; do one of the two."
            )
        )
