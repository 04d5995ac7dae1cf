"""What freezing the first stages of a network spares.

For P parameters of which T are trained, in 32 bits: 4 P bytes of weights,
4 T of gradients, 8 T for Adam's two moments, and for each of b samples the
activations that the backward pass needs. `anatomy.py` counts all of these;
here they are recorded and added up.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from tl_core import catalog
from tl_core.fit import fitting_backbones
from tl_core.home import ASSETS
from tl_core.spec import RunSpec, spec_from_settings

FILE = ASSETS / "recorded" / "anatomy.json"
DIGITS = "mnist_shifted"
NUMBER = 4
"""Bytes of a number in 32 bits."""


@dataclass(frozen=True)
class Stage:
    """A stage or, last, the head: how many parameters it has, how many of
    them are trained, the bytes kept of one sample, and the shape of its
    output."""

    name: str
    parameters: int
    trained: int
    kept: int
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """A network whose first `frozen` stages are frozen."""

    frozen: int
    stages: tuple[Stage, ...]

    @property
    def deep(self) -> int:
        """How many stages the network has, without its head."""
        return len(self.stages) - 1

    @property
    def total(self) -> int:
        """Parameters in all, P."""
        return sum(stage.parameters for stage in self.stages)

    @property
    def trained(self) -> int:
        """Parameters that are trained, T."""
        return sum(stage.trained for stage in self.stages)

    @property
    def share(self) -> float:
        """T / P."""
        return self.trained / self.total

    @property
    def kept(self) -> int:
        """Bytes kept of one sample for the backward pass."""
        return sum(stage.kept for stage in self.stages)

    @property
    def strategy(self) -> str:
        """What the lab calls it."""
        if self.frozen == self.deep:
            return "linear_probe"
        return "partial" if self.frozen else "full"

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a run that freezes the same."""
        chosen = {"strategy": self.strategy}
        if self.strategy == "partial":
            chosen["strategy.trained"] = str(self.deep - self.frozen)
        return chosen

    def memory(self, batch: int) -> dict[str, int]:
        """Bytes of one step with Adam, by PARTS."""
        return {
            "weights": NUMBER * self.total,
            "gradients": NUMBER * self.trained,
            "optimiser": 2 * NUMBER * self.trained,
            "activations": batch * self.kept,
        }


def plans(found: Mapping[str, Any]) -> list[Plan]:
    """From what `anatomy.dissected` found: a plan for every number of frozen
    stages, 0 to all."""
    return [
        Plan(
            frozen,
            tuple(
                Stage(
                    part["name"],
                    part["parameters"],
                    trained,
                    kept,
                    tuple(part["shape"]),
                )
                for part, trained, kept in zip(
                    found["stages"], *rows, strict=True
                )
            ),
        )
        for frozen, rows in enumerate(
            zip(found["trained"], found["kept"], strict=True)
        )
    ]


def chosen(found: Mapping[str, Any], settings: Mapping[str, str]) -> Plan:
    """The plan that a run's settings name; where they name none, the one
    that trains the deepest stage and the head."""
    known = plans(found)
    deep = known[0].deep
    cuts = {"full": 0, "linear_probe": deep}
    told = settings.get("strategy.trained", "1")
    trained = int(told) if re.fullmatch(r"\d{1,2}", told) else 1
    cut = cuts.get(settings.get("strategy", ""), max(0, deep - trained))
    return known[meant(known, cut)]


def meant(known: Sequence[Plan], frozen: int) -> int:
    """The number of frozen stages that says best what is trained: stages
    without weights and new ones, which are never frozen, do not count."""
    trained = [stage.trained for stage in known[frozen].stages]
    for end in (known[-1], known[0]):
        if trained == [stage.trained for stage in end.stages]:
            return end.frozen
    return frozen


def pressed(known: Sequence[Plan], frozen: int, part: int) -> int:
    """How many stages are frozen after one was pressed: a frozen stage thaws
    with all behind it, a trained one freezes with all before it."""
    return meant(known, part if part < frozen else part + 1)


def fixed(known: Sequence[Plan], part: int) -> bool:
    """Whether freezing can change nothing of a part: the head, a stage
    without weights, a new stage."""
    return known[0].stages[part].trained == known[-1].stages[part].trained


def rates(stages: int, scale: float, rate: float) -> list[float]:
    """Learning rates of the stages, shallow to deep, and of the head: rate
    times scale^(1 - l / L) (J. Howard, S. Ruder 2018, arXiv:1801.06146)."""
    return [rate * scale ** (1 - k / stages) for k in range(stages + 1)]


def thawed_at(strategy: str, stages: int, share: float) -> list[float]:
    """When each stage, shallow to deep, and the head begin to learn, as a
    share of the steps; 1 is never. LP-FT waits for a share of the steps (A.
    Kumar et al. 2022, arXiv:2202.10054); gradual unfreezing thaws the deepest
    first and all until then (J. Howard, S. Ruder 2018)."""
    starts = {
        "linear_probe": [1.0] * stages,
        "lp_ft": [share] * stages,
        "gradual": [share * (stages - k) / stages for k in range(stages)],
    }
    return [*starts.get(strategy, [0.0] * stages), 0.0]


def backbones() -> tuple[str, ...]:
    """The backbones that read pictures."""
    return fitting_backbones(DIGITS)


def dataset_of(backbone: str) -> str:
    """A pair that a backbone with its default weights can start on: one
    whose source it has learned from, or the digits."""
    entry = catalog.entry("backbones", backbone)
    weights = entry.knobs.get("weights")
    learned = weights and weights.default == entry.card.pretrained.lower()
    known = {
        catalog.entry("datasets", key).card.source_task: key
        for key in reversed(catalog.keys("datasets"))
        if not catalog.entry("datasets", key).card.online
    }
    return known[entry.card.pretrained] if learned else DIGITS


def spec(backbone: str) -> RunSpec:
    """The network that is taken apart."""
    return spec_from_settings(
        {
            "dataset": dataset_of(backbone),
            "backbone": backbone,
            "strategy": "partial",
        }
    )


def record(tell: Callable[[str], None]) -> None:
    """Take every network apart again."""
    from tl_core.anatomy import anatomy
    from tl_core.device import describe, device

    document = {
        "networks": {key: anatomy(spec(key)) for key in backbones()},
        "device": describe(device()),
        "recorded": datetime.now(UTC).date().isoformat(),
    }
    FILE.write_text(json.dumps(document, separators=(",", ":")))
    tell(f"anatomy of {len(document['networks'])} networks")


@cache
def recorded() -> dict[str, Any]:
    """What `record` wrote; {} when it was never made."""
    if not FILE.is_file():
        return {}
    document: dict[str, Any] = json.loads(FILE.read_text())
    return document
