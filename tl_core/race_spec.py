"""RaceSpec: contenders with equal budgets, several seeds, perhaps a sweep.

A race is plain data that becomes a list of `RunSpec`s. What the contenders
may spend (steps, batch size, source training, labels) is the same for all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

from tl_core import catalog
from tl_core.card import Hyper, Scalar, SpecError, shown
from tl_core.race_checks import MOST, check_amount, check_rates, check_tuning
from tl_core.race_starts import (
    Contender,
    Start,
    check_budgets,
    knob_of,
    sources_first,
)
from tl_core.races import CONTENDERS
from tl_core.spec import FIELDS, LABELS, RunSpec, spec_from_settings
from tl_core.texts import say
from tl_core.tuned_rates import own_rate

FACTORS = (0.3, 1.0, 3.0)
"""Learning rates of the search, as multiples of the one without a search."""


@dataclass(frozen=True)
class RaceSpec:
    """Strategies × backbones × pairs × values of one setting × seeds.

    `settings` are those of all runs, in the flat names of a URL; each goes to
    the contenders that have it. `rates` says whose learning rate it is that
    contenders begin from, `tune` what a search of it chooses by.

    Raises:
        SpecError: one sentence on what cannot be run, or that it is too much.
    """

    strategies: tuple[str, ...] = CONTENDERS
    datasets: tuple[str, ...] = ("mnist_to_optdigits",)
    backbones: tuple[str, ...] = ("convnet",)
    seeds: tuple[int, ...] = (0, 1, 2)
    settings: Mapping[str, Scalar] = field(default_factory=dict)
    sweep: str = ""
    values: tuple[Scalar, ...] = ()
    tune: str = ""
    rates: str = ""

    def __post_init__(self) -> None:
        parts = ("strategies", "datasets", "backbones", "seeds", "values")
        for name in parts:
            unique = tuple(dict.fromkeys(getattr(self, name)))
            object.__setattr__(self, name, unique)
        _check_parts(self)
        check_rates(self.rates, self.settings)
        kept = {n: self._checked(n, v) for n, v in self.settings.items()}
        changed = {n: v for n, v in kept.items() if not self._usual(n, v)}
        object.__setattr__(self, "settings", changed)
        swept = tuple(self._checked(self.sweep, v) for v in self.values)
        object.__setattr__(self, "values", tuple(dict.fromkeys(swept)))
        check_tuning(self.tune, self.sweep)
        check_budgets(self.starts())
        check_amount(len(self.specs()) + len(self.search()))

    @property
    def id(self) -> str:
        """16 hexadecimal digits of the sha256 of all runs' sorted ids, and
        of what the search chooses by."""
        ids = {spec.id for spec in (*self.search(), *self.specs())}
        text = "\n".join([*sorted(ids), self.tune])
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def title(self) -> str:
        """The race in a few words."""
        pairs = say(" and ").join(
            catalog.entry("datasets", key).card.title for key in self.datasets
        )
        count = len(self.strategies)
        who = say("{count} strategies", count=count)
        if count == 1:
            who = say("1 strategy")
        if not self.sweep:
            return say("{who} on {pairs}", who=who, pairs=pairs)
        return say(
            "{who} on {pairs}, {sweep} swept",
            who=who,
            pairs=pairs,
            sweep=self.sweep,
        )

    @cached_property
    def contenders(self) -> tuple[Contender, ...]:
        """Everyone who runs."""
        return tuple(
            Contender(dataset, backbone, strategy)
            for dataset in self.datasets
            for backbone in self.backbones
            for strategy in self.strategies
        )

    def starts(
        self, rates: Mapping[Contender, float] | None = None
    ) -> list[Start]:
        """Every run's place, seed by seed; `rates` are learning rates that
        a search has found."""
        found = rates or {}
        return [
            Start(who, value, self._spec(who, value, seed, found.get(who)))
            for seed in self.seeds
            for who in self.contenders
            for value in self._values(who)
        ]

    def specs(
        self, rates: Mapping[Contender, float] | None = None
    ) -> list[RunSpec]:
        """The race's runs, each once, in the order to submit them."""
        return sources_first(start.spec for start in self.starts(rates))

    def search(self) -> list[RunSpec]:
        """The runs of the search, each once, in the order to submit them."""
        found = (s for who in self.contenders for s in self.candidates(who))
        return sources_first(found) if self.tune else []

    def candidates(self, who: Contender) -> list[RunSpec]:
        """A contender's runs of the search, one a learning rate, with a seed
        that the race does not use."""
        seed = max(self.seeds) + 1
        low, high = FIELDS["lr"].low or 0.0, FIELDS["lr"].high or 1.0
        rates = [self.usual_rate(who) * factor for factor in FACTORS]
        kept = [float(f"{min(max(r, low), high):.6g}") for r in rates]
        found = [self._spec(who, None, seed, rate) for rate in kept]
        if self.tune != "source":
            return found
        return [replace(spec, selection="validation") for spec in found]

    def usual_rate(self, who: Contender) -> float:
        """A contender's learning rate without a search."""
        if self.rates == "own":
            return own_rate(who.strategy)
        return float(self.settings.get("lr", FIELDS["lr"].default))

    def _spec(
        self, who: Contender, value: Scalar | None, seed: int, lr: float | None
    ) -> RunSpec:
        given: dict[str, object] = {
            name: value
            for name, value in self.settings.items()
            if knob_of(name, who)
        }
        given["lr"] = self.usual_rate(who) if lr is None else lr
        if value is not None:
            given[self.sweep] = value
        return spec_from_settings({**given, **asdict(who), "seed": seed})

    def _values(self, who: Contender) -> tuple[Scalar | None, ...]:
        if self.values and knob_of(self.sweep, who):
            return self.values
        return (None,)

    def _knobs(self, name: str) -> list[Hyper]:
        found = (knob_of(name, who) for who in self.contenders)
        return [knob for knob in found if knob is not None]

    def _checked(self, name: str, value: object) -> Scalar:
        knobs = self._knobs(name)
        unread = name == "target_labels" and name != self.sweep
        if not knobs and unread:
            return LABELS.check(name, value)
        if not knobs:
            raise SpecError(
                say("No contender has a setting {shown}.", shown=shown(name))
            )
        return knobs[0].check(name, value)

    def _usual(self, name: str, value: Scalar) -> bool:
        """Whether a setting says what would hold without it."""
        if name == "target_labels":
            return not self._knobs(name)
        return all(knob.default == value for knob in self._knobs(name))


def _check_parts(race: RaceSpec) -> None:
    for name in ("strategies", "datasets", "backbones", "seeds"):
        if not getattr(race, name):
            raise SpecError(
                say("A race needs at least one of its {name}.", name=name)
            )
    if bool(race.sweep) != bool(race.values):
        raise SpecError(
            say("A sweep is a setting and at least one value of it.")
        )
    # Before anything is built: whoever asks for thousands shall not wait.
    upto = len(race.contenders) * len(race.seeds) * max(1, len(race.values))
    if upto > 10 * MOST:
        check_amount(upto)


def race_from_dict(data: Mapping[str, Any]) -> RaceSpec:
    """Read what `asdict` wrote, after JSON.

    Raises:
        SpecError: it cannot be run.
    """
    lists = {n: tuple(v) for n, v in data.items() if isinstance(v, list)}
    return RaceSpec(**{**data, **lists})
