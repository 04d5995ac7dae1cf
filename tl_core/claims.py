"""What textbooks claim, and what the recorded runs say of it.

A claim compares two arms seed by seed. Its bounds were fixed before its runs
were made: it holds when the 95 % interval of the difference lies inside
them, does not hold when it lies outside, and is otherwise not clear.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from tl_core.analysis.intervals import Interval, interval
from tl_core.history import History
from tl_core.races import RACES, Race
from tl_core.spec import RunSpec
from tl_core.studies import STUDIES

EXPERIMENTS = {race.key: race for race in (*RACES, *STUDIES)}


@dataclass(frozen=True)
class Arm:
    """One side of a comparison: a strategy in a race, and what is measured:
    an accuracy of a finished run such as "target", "source",
    "source_before" or "source_adapter_off"."""

    race: str
    strategy: str
    measure: str = "target"

    @property
    def experiment(self) -> Race:
        """The race it belongs to."""
        return EXPERIMENTS[self.race]

    def specs(self) -> list[RunSpec]:
        """One run a seed."""
        race = self.experiment
        return [race.spec(self.strategy, seed) for seed in race.seeds]


@dataclass(frozen=True)
class Claim:
    """`arm` minus `against` lies between `low` and `high` (accuracies).

    `section` is the syllabus' number; `source` says who claims it.
    """

    key: str
    statement: str
    section: str
    source: str
    arm: Arm
    against: Arm
    low: float = 0.0
    high: float = inf


@dataclass(frozen=True)
class Verdict:
    """ "holds", "does not hold" or "not clear", and the difference seen."""

    badge: str
    effect: Interval


def judge(claim: Claim, found: Callable[[str], History | None]) -> Verdict:
    """What the runs say; `found` gives the finished run of a spec's id.

    Raises:
        LookupError: a run of the claim is missing.
    """
    one, other = _values(claim.arm, found), _values(claim.against, found)
    effect = interval([a - b for a, b in zip(one, other, strict=True)])
    if claim.low < effect.low and effect.high < claim.high:
        return Verdict("holds", effect)
    if effect.high <= claim.low or claim.high <= effect.low:
        return Verdict("does not hold", effect)
    return Verdict("not clear", effect)


def _values(arm: Arm, found: Callable[[str], History | None]) -> list[float]:
    values = []
    for spec in arm.specs():
        history = found(spec.id)
        if history is None or history.finished is None:
            raise LookupError(f"No finished run of {arm.strategy}.")
        values.append(history.finished.accuracy[arm.measure])
    return values


def _alignment(race: Race) -> list[Claim]:
    """Each way of aligning, against doing nothing and against AdaBN."""
    titles = {"mmd": "Aligning by MMD", "coral": "CORAL", "dann": "DANN"}
    others = {"source_only": "the source model", "adabn": "AdaBN"}
    return [
        Claim(
            f"{strategy}_over_{other}_{race.key}",
            f"{title} beats {name} on: {race.title}.",
            "6.2" if strategy == "dann" else "6.1",
            SAID[strategy],
            Arm(race.key, strategy),
            Arm(race.key, other),
        )
        for strategy, title in titles.items()
        for other, name in others.items()
    ]


SAID = {
    "mmd": "Long et al. 2015",
    "coral": "Sun and Saenko 2016",
    "dann": "Ganin et al. 2016",
}
SAME = 1e-9
"""Accuracies this close are the same number."""
CLAIMS = (
    Claim(
        "full_forgets",
        "Full fine-tuning forgets: at least ten points of source accuracy "
        "are lost.",
        "5.1",
        "McCloskey and Cohen 1989",
        Arm("forgetting", "full", "source_before"),
        Arm("forgetting", "full", "source"),
        low=0.1,
    ),
    Claim(
        "ewc_remembers",
        "EWC keeps at least ten points more of the source than full "
        "fine-tuning.",
        "5.2",
        "Kirkpatrick et al. 2017",
        Arm("forgetting", "ewc", "source"),
        Arm("forgetting", "full", "source"),
        low=0.1,
    ),
    Claim(
        "ewc_is_cheap",
        "EWC costs at most six points of target accuracy.",
        "5.2",
        "Kirkpatrick et al. 2017",
        Arm("forgetting", "ewc"),
        Arm("forgetting", "full"),
        low=-0.06,
    ),
    Claim(
        "lora_on_remembers",
        "LoRA forgets little: at most five points of source accuracy while "
        "the adapter is on.",
        "7",
        "the textbook's strategy table",
        Arm("forgetting", "lora", "source"),
        Arm("forgetting", "lora", "source_before"),
        low=-0.05,
    ),
    Claim(
        "lora_off_restores",
        "LoRA switched off, the source is read exactly as before.",
        "4.1",
        "Hu et al. 2022",
        Arm("forgetting", "lora", "source_adapter_off"),
        Arm("forgetting", "lora", "source_before"),
        -SAME,
        SAME,
    ),
    Claim(
        "probe_cannot_forget",
        "A linear probe with its old head put back has forgotten nothing.",
        "5.1",
        "the textbook",
        Arm("forgetting", "linear_probe", "source_old_head"),
        Arm("forgetting", "linear_probe", "source_before"),
        -SAME,
        SAME,
    ),
    Claim(
        "lp_ft_generalises",
        "LP-FT keeps more accuracy outside the domain it was tuned on than "
        "full fine-tuning.",
        "3",
        "Kumar et al. 2022",
        Arm("forgetting", "lp_ft", "source"),
        Arm("forgetting", "full", "source"),
    ),
    Claim(
        "probe_wins_with_few",
        "With 10 labels a linear probe loses at most five points against "
        "full fine-tuning.",
        "3",
        "the textbook",
        Arm("ten_labels", "linear_probe"),
        Arm("ten_labels", "full"),
        low=-0.05,
    ),
    Claim(
        "full_wins_with_many",
        "With 200 labels full fine-tuning beats a linear probe.",
        "3",
        "the textbook",
        Arm("two_hundred_labels", "full"),
        Arm("two_hundred_labels", "linear_probe"),
    ),
    Claim(
        "kept_head_hurts",
        "A kept head whose names no longer fit is worse than starting from "
        "scratch, at a small budget.",
        "5.4",
        "Wang et al. 2019",
        Arm("renamed", "full"),
        Arm("renamed", "scratch"),
        low=-inf,
        high=0,
    ),
    Claim(
        "shuffled_source_hurts",
        "A source with shuffled labels costs at least five points, even "
        "with a new head.",
        "5.4",
        "a common belief",
        Arm("shuffled", "full"),
        Arm("shuffled", "scratch"),
        low=-inf,
        high=-0.05,
    ),
    *(
        Claim(
            f"{strategy}_hurts_on_label_shift",
            f"{strategy.upper()} makes the target worse when only the class "
            "proportions moved.",
            "5.4",
            "Zhao et al. 2019",
            Arm("label_shift", strategy),
            Arm("label_shift", "source_only"),
            low=-inf,
            high=0,
        )
        for strategy in ("mmd", "coral", "dann")
    ),
    *(
        claim
        for race in RACES
        if race.key != "moons"
        for claim in _alignment(race)
    ),
)
