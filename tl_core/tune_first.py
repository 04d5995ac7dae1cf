"""The same small search of the learning rate for every contender of a race.

Each contender tries the same multiples of the race's learning rate, with one
seed that the race does not use. What a run is chosen by never looks at a
target label: held-out source accuracy, or the information that predictions
on unlabelled target inputs carry. A strategy that learns from target labels
would be drawn to the rate that moves least by source accuracy, and no
labelled target samples are held out for choosing, so it is chosen by
information.
"""

from __future__ import annotations

from collections.abc import Mapping

from tl_core import catalog, criteria
from tl_core.card import Sees
from tl_core.history import History
from tl_core.race_spec import RaceSpec
from tl_core.race_starts import Contender
from tl_core.spec import FIELDS

WORDS = {
    "source": "held-out source accuracy",
    "information": "information about unlabelled target samples",
}


def criterion(race: RaceSpec, who: Contender) -> str:
    """What a contender's learning rate is chosen by."""
    sees = catalog.entry("strategies", who.strategy).card.sees
    return race.tune if sees is Sees.UNLABELLED_TARGET else "information"


def rates(
    race: RaceSpec, found: Mapping[str, History | None]
) -> dict[Contender, float]:
    """The chosen learning rate of each contender, from the search's runs by
    id; of equals the one nearest the usual rate. Who has no finished run
    keeps the usual rate."""
    usual = float(race.settings.get("lr", FIELDS["lr"].default))
    scored = {who: scores(race, who, found) for who in race.contenders}
    return {who: _best(s, usual) for who, s in scored.items() if s}


def _best(scored: Mapping[float, float], usual: float) -> float:
    """The rate with the highest score, of equals the nearest."""
    highest = max(scored.values())
    best = [rate for rate, value in scored.items() if value == highest]
    return min(best, key=lambda rate: abs(rate - usual))


def scores(
    race: RaceSpec, who: Contender, found: Mapping[str, History | None]
) -> dict[float, float]:
    """What the criterion says of each learning rate whose run is done."""
    name = criterion(race, who)
    scored = {}
    for spec in race.candidates(who):
        history = found.get(spec.id)
        value = None if history is None else score(history, name)
        if value is not None:
            scored[spec.lr] = value
    return scored


def score(history: History, name: str) -> float | None:
    """What a criterion says of a finished run; None where it cannot."""
    if history.finished is None:
        return None
    if name == "source":  # on all held-out samples
        return history.finished.accuracy.get("source")
    return criteria.score(history.evaluations[-1], name)
