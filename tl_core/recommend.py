"""Which strategy for which situation? A table of rules, each with its source.

What cannot run is left out first: by what a strategy has to read, by the
network, by memory. Every rule whose condition holds then gives points to some
strategies; the most points win, and of equal ones the one that trains less.
The rules come from papers and textbooks, not from the lab's runs, by which
`advice_score.py` judges them; that about MMD^2 was written when the runs were
known, so advice without it is judged too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from tl_core import catalog
from tl_core.card import Sees
from tl_core.texts import say

FEW, MORE = 100, 10
"""Labels that count as few, ten for each of ten classes; many are MORE times
as many."""
TINY = 20
"""Labels that say next to nothing."""
NEAR = 0.8
"""Share of the target that the source model reads if the domains are near."""
BARELY = 1.0
"""An A-distance below it means that a classifier of the domains errs on more
than a quarter of all samples."""
APART = 0.1
"""MMD^2 of the deepest features from which on their means lie far apart."""
LARGE = 100_000_000
"""Parameters of a large network."""
NUMBER = 4
"""Bytes of a number."""
YARDSTICKS = ("oracle", "transplant")
"""Strategies that answer questions and are no advice."""
TRAINED: dict[str, float] = {
    "prompt": 0.001,
    "prefix": 0.001,
    "bitfit": 0.001,
    "linear_probe": 0.005,
    "lora": 0.01,
    "partial": 0.5,
}
"""Share of a large network's numbers that is trained; of the others all."""
COPIES = {"ewc": 2, "l2sp": 1}
"""Numbers beside each weight: theta*, and its Fisher information."""


@dataclass(frozen=True)
class Calibration:
    """Two things on which textbooks are vague: how many labels are few, and
    which alignment to try first ("dann" or "mmd")."""

    few: int = FEW
    first: str = "dann"


TEXTBOOK = Calibration()


@dataclass(frozen=True)
class Situation:
    """What is known before anything is trained.

    `labels`: labelled target samples; `unlabelled`, `source`: whether there
    are unlabelled target samples and source samples to read; `keep`: the
    source task is still needed; `memory`: bytes for weights, gradients and
    optimiser; `reads`: share of the target that the source model reads,
    known only with labels; `apart`: proxy A-distance in [0, 2], `mmd`: MMD^2,
    both of the source model's deepest features. `calibration`: what the rules
    leave open.
    """

    labels: int = 0
    unlabelled: bool = True
    source: bool = True
    keep: bool = False
    same_classes: bool = True
    same_proportions: bool = True
    tokens: bool = False
    batch_norm: bool = True
    parameters: int = 117_550
    memory: float = inf
    reads: float | None = None
    apart: float | None = None
    mmd: float | None = None
    calibration: Calibration = TEXTBOOK

    @property
    def few(self) -> int:
        """Labels that count as few."""
        return self.calibration.few

    @property
    def many(self) -> int:
        """Labels that count as many."""
        return MORE * self.few

    @property
    def is_few(self) -> bool:
        """Some labels, but few."""
        return 0 < self.labels <= self.few

    @property
    def is_many(self) -> bool:
        """Enough labels to place every weight."""
        return self.labels >= self.many

    @property
    def is_between(self) -> bool:
        """More than few, less than many."""
        return self.labels > 0 and not self.is_few and not self.is_many

    @property
    def is_near(self) -> bool:
        """The source model already reads most of the target."""
        return self.reads is not None and self.reads >= NEAR

    @property
    def can_align(self) -> bool:
        """There are samples of both domains to make alike."""
        return self.unlabelled and self.source


@dataclass(frozen=True)
class Rule:
    """If a condition holds, some strategies get points, for a reason that
    somebody gave."""

    key: str
    says: str
    when: Callable[[Situation], bool]
    points: Mapping[str, int]
    reason: str
    source: str

    def told(self, at: Situation) -> str:
        """The condition with the numbers of a situation."""
        return self.says.format(few=at.few, many=at.many)


@dataclass(frozen=True)
class Advice:
    """A strategy, its points, and the rules that gave or took them."""

    strategy: str
    points: int
    because: tuple[Rule, ...]


def memory(strategy: str, parameters: int) -> float:
    """Bytes of weights, gradients and Adam's moments, adapters and copies
    included: 4 P + 12 T, as `matrix.state_bytes`."""
    share = TRAINED.get(strategy, 1.0)
    held = 1.0 + COPIES.get(strategy, 0)
    if strategy in ("lora", "prefix", "prompt"):
        held += share
    return NUMBER * parameters * (held + 3 * share)


def cannot(strategy: str, at: Situation) -> str:
    """Why a strategy cannot run in a situation; "" if it can."""
    card = catalog.entry("strategies", strategy).card
    if card.sees is not Sees.UNLABELLED_TARGET and not at.labels:
        return say("learns from target labels, and there are none")
    if card.needs_source and not at.source:
        return say("reads source samples, which may not be used")
    if card.sees is Sees.UNLABELLED_TARGET:
        if not at.same_classes:
            return say("cannot learn classes that the source lacks")
        if not at.unlabelled and strategy != "source_only":
            return say("needs unlabelled target samples")
    if card.needs_tokens and not at.tokens:
        return say("works on the tokens of a transformer")
    if card.needs_batch_norm and not at.batch_norm:
        return say(
            "re-estimates BatchNorm statistics, which the network lacks"
        )
    wanted = memory(strategy, at.parameters)
    if wanted > at.memory:
        return say(
            "takes {size} of memory before activations", size=size(wanted)
        )
    return ""


def size(number: float) -> str:
    """Bytes in words."""
    for unit, scale in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if number >= scale:
            return f"{number / scale:.3g} {unit}"
    return f"{number / 1e3:.3g} kB"


def candidates(at: Situation) -> list[str]:
    """The strategies that can run."""
    return [key for key in known() if not cannot(key, at)]


def left_out(at: Situation) -> dict[str, str]:
    """The others, and why."""
    reasons = {key: cannot(key, at) for key in known()}
    return {key: reason for key, reason in reasons.items() if reason}


def known() -> list[str]:
    """Every strategy of the catalog that can be an advice."""
    return [k for k in catalog.keys("strategies") if k not in YARDSTICKS]


def advise(
    at: Situation,
    rules: Sequence[Rule],
    among: Sequence[str] | None = None,
) -> list[Advice]:
    """Every strategy that can run (or those `among` them), best first."""
    holding = [rule for rule in rules if rule.when(at)]
    found = []
    for key in candidates(at):
        if among is not None and key not in among:
            continue
        mine = tuple(rule for rule in holding if key in rule.points)
        total = sum(rule.points[key] for rule in mine)
        found.append(Advice(key, total, mine))
    return sorted(found, key=lambda a: (-a.points, TRAINED.get(a.strategy, 1)))
