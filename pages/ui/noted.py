"""What pages note of the reader's doings, for the map of mastery.

What checks entries takes half a second to load: not before it is needed.
"""

from __future__ import annotations


def ran(run: str) -> None:
    """A run was started from this browser."""
    from pages.ui import progress
    from tl_core.progress import Run

    progress.keep(Run(key=run, at=progress.now()))


def guessed(question: str, value: float) -> None:
    """An amount was expected."""
    from pages.ui import progress
    from tl_core.progress import Guess

    progress.keep(Guess(key=question, at=progress.now(), value=value))


def chose(question: str, right: bool) -> None:
    """A lesson's choice was answered."""
    from pages.ui import progress
    from tl_core.mastery import choice_key
    from tl_core.progress import Choice

    key = choice_key(question)
    progress.keep(Choice(key=key, at=progress.now(), right=right))
