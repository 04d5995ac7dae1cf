"""Criteria for the moment of adaptation that is kept; see `selection.py`."""

from __future__ import annotations

from collections.abc import Sequence

from tl_core import catalog
from tl_core.card import Sees
from tl_core.events import Evaluated
from tl_core.texts import say

CRITERIA = {
    "last": say("the last step"),
    "validation": say("best on training samples that were held out for it"),
    "source": say("best on held-out source samples"),
    "information": say("most information about unlabelled target samples"),
    "oracle": say(
        "best on the target's test samples (a yardstick, no method)"
    ),
}


def held_out_of(strategy: str) -> str:
    """The domain whose labelled training samples are held out to choose by:
    "target" for a strategy that learns from target labels, else "source"."""
    sees = catalog.entry("strategies", strategy).card.sees
    return "source" if sees is Sees.UNLABELLED_TARGET else "target"


def chosen(seen: Sequence[Evaluated], criterion: str) -> int:
    """The index of the moment that a criterion takes, the earliest of equal
    ones; the last where the criterion cannot be read (no source)."""
    scores = [score(looked, criterion) for looked in seen]
    known = [value for value in scores if value is not None]
    if len(known) < len(scores) or not known:
        return len(seen) - 1
    return known.index(max(known))


def score(looked: Evaluated, criterion: str) -> float | None:
    """What a criterion thinks of a moment; None where it cannot tell."""
    if criterion == "last":
        return float(looked.step)
    if criterion == "source":
        return looked.accuracy.get("source")
    if criterion == "oracle":
        return looked.accuracy["target"]
    return looked.scores.get(criterion)


def regrets(seen: Sequence[Evaluated]) -> list[dict[str, float | str]]:
    """For each criterion the step it takes, the target accuracy there, and
    how far that stays below the best that was seen. Validation is a criterion
    only of runs that held something out for it."""
    best = max((e.accuracy["target"] for e in seen), default=0.0)
    rows: list[dict[str, float | str]] = []
    for criterion in CRITERIA if seen else ():
        if criterion == "validation" and score(seen[0], criterion) is None:
            continue
        taken = seen[chosen(seen, criterion)]
        share = taken.accuracy["target"]
        rows.append(
            {
                "criterion": criterion,
                "step": taken.step,
                "accuracy": share,
                "regret": best - share,
            }
        )
    return rows
