"""The same small search of the learning rate for every contender of a race.

Each contender tries the same multiples of its learning rate, with one seed
that the race does not use. What a run is chosen by is a `Tried`: one number
from training samples that were held out (`validation.py`), or from
predictions on unlabelled target inputs. No test sample, of either domain, has
a part in it.

Source validation says little of a strategy that learns from target labels: it
would be drawn to the rate that moves least. Such a strategy holds out a fifth
of its own labelled target samples instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tl_core.criteria import held_out_of
from tl_core.history import History
from tl_core.race_spec import RaceSpec
from tl_core.race_starts import Contender
from tl_core.texts import say

WORDS = {
    "source": say("accuracy on source training samples that are held out"),
    "target": say(
        "accuracy on a fifth of its labelled target samples, held out"
    ),
    "information": say("information about unlabelled target samples"),
}


@dataclass(frozen=True)
class Tried:
    """All that a choice may look at: a rate, and what its run scored."""

    rate: float
    score: float


def criterion(race: RaceSpec, who: Contender) -> str:
    """What a contender's learning rate is chosen by: a key of WORDS."""
    if race.tune == "information":
        return race.tune
    return held_out_of(who.strategy)


def rates(
    race: RaceSpec, found: Mapping[str, History | None]
) -> dict[Contender, float]:
    """The chosen learning rate of each contender, from the search's runs by
    id. Who has no finished run keeps the usual rate."""
    tries = {who: tried(race, who, found) for who in race.contenders}
    return {
        who: best(some, race.usual_rate(who))
        for who, some in tries.items()
        if some
    }


def best(tries: Sequence[Tried], usual: float) -> float:
    """The rate with the highest score, of equals the nearest to the usual."""
    highest = max(one.score for one in tries)
    equals = [one.rate for one in tries if one.score == highest]
    return min(equals, key=lambda rate: abs(rate - usual))


def tried(
    race: RaceSpec, who: Contender, found: Mapping[str, History | None]
) -> list[Tried]:
    """A contender's learning rates whose runs are done."""
    name = "information" if race.tune == "information" else "validation"
    tries = []
    for spec in race.candidates(who):
        value = _score(found.get(spec.id), name)
        if value is not None:
            tries.append(Tried(spec.lr, value))
    return tries


def _score(history: History | None, name: str) -> float | None:
    """What was scored at the last step of a finished run, None without one.
    Of all that a run measured only `scores` are read here: accuracies on test
    samples stand elsewhere."""
    if history is None or history.finished is None:
        return None
    return history.evaluations[-1].scores.get(name)
