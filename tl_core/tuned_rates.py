"""Each strategy's own learning rate, chosen by measurement, once, and never by
a test label.

Strategies are compared fairly when each has the rate that suits it. Three
rates ran with three seeds on turned digits; the rule below, written before
anything had run, says whether another than the usual one is better, and it
has to say so again on noisy digits, with twice the steps. Neither is the pair
of the default race.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from tl_core import catalog
from tl_core.analysis.intervals import Interval
from tl_core.analysis.paired import difference
from tl_core.criteria import held_out_of
from tl_core.home import ASSETS
from tl_core.spec import FIELDS, RunSpec, spec_from_settings

FILE = ASSETS / "recorded" / "rates.json"
USUAL = float(FIELDS["lr"].default)
GRID = (3e-4, USUAL, 3e-3)
SEEDS = (0, 1, 2)
MARGIN = {"validation": 0.01, "information": 0.1}
"""A share of held-out samples, and nats: less than that is no better."""
SHIFTED = {"dataset": "mnist_shifted", "dataset.inversion": 0}


@dataclass(frozen=True)
class Stage:
    """A pair and a length on which rates are compared."""

    name: str
    settings: Mapping[str, object]


FIRST = Stage(
    "digits turned by 45°",
    {**SHIFTED, "dataset.rotation": 45, "steps": 150},
)
AGAIN = Stage(
    "noisy digits",
    {**SHIFTED, "dataset.noise": 0.5, "steps": 300},
)


@dataclass(frozen=True)
class Choice:
    """A strategy's rate, and in what it beat the usual one: "validation",
    "information", or "" where none did."""

    lr: float
    by: str


@dataclass(frozen=True)
class Measured:
    """All that is kept of a run, and all that a choice may look at. No number
    of it comes from a test sample: `validation` is the accuracy on held-out
    training samples, `information` is told by predictions on unlabelled
    training inputs of the target (`selection.py`)."""

    stage: str
    strategy: str
    lr: float
    seed: int
    validation: float
    information: float
    seconds: float
    spec: str


def own_rate(strategy: str) -> float:
    """The learning rate on a strategy's card.

    Raises:
        SpecError: there is no such strategy.
    """
    return float(catalog.entry("strategies", strategy).card.lr)


def spec_of(stage: Stage, strategy: str, lr: float, seed: int) -> RunSpec:
    """One run of the search."""
    tokens = catalog.entry("strategies", strategy).card.needs_tokens
    return spec_from_settings(
        {
            **stage.settings,
            "backbone": "vit_tiny" if tokens else "convnet",
            "strategy": strategy,
            "selection": "validation",
            "lr": lr,
            "seed": seed,
        }
    )


def choose(strategy: str, runs: Sequence[Measured]) -> Choice:
    """What both stages say; the usual rate unless they agree."""
    first = better(strategy, runs_of(FIRST, strategy, runs))
    if first.lr == USUAL:
        return first
    again = better(strategy, runs_of(AGAIN, strategy, runs))
    return first if again == first else Choice(USUAL, "")


def better(strategy: str, runs: Sequence[Measured]) -> Choice:
    """The rate of one stage's runs that beats the usual one clearly: by at
    least MARGIN, with a 95 % interval over paired seeds above zero; of two
    such, the one that beats it by more.

    Validation decides. Source validation may not be able to tell rates apart
    for who sees no target label: then information does, among the rates that
    lose less than MARGIN of validation.
    """
    gains = _gains(runs, "validation")
    found = _clearly(gains, "validation")
    blind = held_out_of(strategy) == "source"
    if found.lr != USUAL or not blind:
        return found
    kept = {
        lr: gain
        for lr, gain in _gains(runs, "information").items()
        if gains[lr].mean > -MARGIN["validation"]
    }
    return _clearly(kept, "information")


def _gains(runs: Sequence[Measured], name: str) -> dict[float, Interval]:
    """Of each other rate, by how much it is above the usual one."""
    by_rate: dict[float, dict[int, float]] = {}
    for run in runs:
        by_rate.setdefault(run.lr, {})[run.seed] = getattr(run, name)
    usual = by_rate.pop(USUAL, {})
    return {
        lr: difference(
            [values[s] for s in SEEDS], [usual[s] for s in SEEDS]
        ).span
        for lr, values in by_rate.items()
    }


def _clearly(gains: Mapping[float, Interval], name: str) -> Choice:
    sure = {
        lr: gain.mean
        for lr, gain in gains.items()
        if gain.mean >= MARGIN[name] and gain.low > 0
    }
    return Choice(max(sure, key=sure.__getitem__), name) if sure else _NONE


_NONE = Choice(USUAL, "")


def runs_of(
    stage: Stage, strategy: str, runs: Sequence[Measured]
) -> list[Measured]:
    """What was measured of a strategy in a stage."""
    return [r for r in runs if (r.stage, r.strategy) == (stage.name, strategy)]


@cache
def recorded() -> dict[str, Any]:
    """What `record_rates` wrote; {} when it was never made."""
    if not FILE.is_file():
        return {}
    document: dict[str, Any] = json.loads(FILE.read_text())
    runs = [Measured(**run) for run in document["runs"]]
    return {**document, "runs": runs}
