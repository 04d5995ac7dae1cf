"""A race in the flat names of a URL, and back: `strategies=mmd,dann`,
`seeds=5`, `sweep=strategy.weight`, `values=0.1,1`, `steps=100`."""

from __future__ import annotations

from collections.abc import Mapping

from tl_core.card import Scalar, check_number
from tl_core.fit import fitting_backbones, fitting_strategies
from tl_core.race_checks import RATES
from tl_core.race_spec import RaceSpec
from tl_core.races import CONTENDERS

OWN = (
    "dataset",
    "dataset2",
    "backbone",
    "backbone2",
    "strategies",
    "seeds",
    "sweep",
    "values",
    "tune",
    "rates",
)
"""Names of a race's own; all others are settings of its runs."""
SEEDS = 3
MOST_SEEDS = 20
FEW = ("linear_probe", "full", "scratch")
PROPOSED = {"rates": RATES[1]}
"""The link of the race that is proposed to who asks for none. One that says
neither `rates` nor `lr` means one rate for all, as it always did."""


def usual_strategies(dataset: str, backbone: str) -> tuple[str, ...]:
    """Who races unless something else is said: methods that see no target
    label between their bounds, or what learns from target labels."""
    fitting = fitting_strategies(dataset, backbone)
    usual = tuple(key for key in CONTENDERS if key in fitting)
    return usual if "mmd" in usual else FEW


def race_from_link(given: Mapping[str, str]) -> RaceSpec:
    """Read what `changes` wrote.

    Raises:
        SpecError: an unknown name or a value that cannot be run.
    """
    dataset = given.get("dataset", RaceSpec.datasets[0])
    backbone = given.get("backbone") or fitting_backbones(dataset)[0]
    listed = _split(given.get("strategies", ""))
    seeds = given.get("seeds", SEEDS)
    count = check_number("seeds", seeds, int, 1, MOST_SEEDS)
    return RaceSpec(
        strategies=listed or usual_strategies(dataset, backbone),
        datasets=_both(dataset, given.get("dataset2", "")),
        backbones=_both(backbone, given.get("backbone2", "")),
        seeds=tuple(range(int(count))),
        settings={n: v for n, v in given.items() if n not in OWN},
        sweep=given.get("sweep", ""),
        values=_split(given.get("values", "")),
        tune=given.get("tune", ""),
        rates=given.get("rates", ""),
    )


def changes(race: RaceSpec) -> dict[str, str]:
    """What differs from the race that an empty link means."""
    said = {
        "dataset": race.datasets[0],
        "backbone": race.backbones[0],
        "strategies": ",".join(race.strategies),
        "seeds": str(len(race.seeds)),
        **dict(zip(("dataset2",), race.datasets[1:2], strict=False)),
        **dict(zip(("backbone2",), race.backbones[1:2], strict=False)),
    }
    usual = {
        "dataset": RaceSpec.datasets[0],
        "backbone": fitting_backbones(race.datasets[0])[0],
        "strategies": ",".join(
            usual_strategies(race.datasets[0], race.backbones[0])
        ),
        "seeds": str(SEEDS),
    }
    found = {n: v for n, v in said.items() if usual.get(n) != v}
    found |= {n: as_text(v) for n, v in race.settings.items()}
    if race.sweep:
        found["sweep"] = race.sweep
        found["values"] = ",".join(map(as_text, race.values))
    found |= {"rates": race.rates} if race.rates else {}
    return found | ({"tune": race.tune} if race.tune else {})


def as_text(value: Scalar) -> str:
    """A value as a link writes it."""
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _both(first: str, second: str) -> tuple[str, ...]:
    return (first, second) if second else (first,)
