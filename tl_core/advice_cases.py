"""Situations in which strategies competed, and what each reached.

The cases are drawn from the recorded runs once and kept in one small file,
so that a page need not read hundreds of runs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cache
from statistics import fmean
from typing import Any

from tl_core import case_names, catalog, matrix
from tl_core.history import History
from tl_core.home import ASSETS
from tl_core.lesson_studies import CROSSOVER, MATRIX_UNTAUGHT
from tl_core.races import RACES, Race
from tl_core.races import race as race_of
from tl_core.recommend import YARDSTICKS, Situation
from tl_core.studies import PROPORTIONS
from tl_core.texts import say

FILE = ASSETS / "recorded" / "advice.json"
PAIRS = (*RACES, PROPORTIONS)
Groups = Mapping[str, Sequence[History]]


@dataclass(frozen=True)
class Case:
    """A situation, and the target accuracies that strategies reached in it,
    a number a seed."""

    name: str
    pair: str
    situation: Situation
    reached: Mapping[str, Sequence[float]]

    @property
    def best(self) -> str:
        """The strategy with the highest mean."""
        return max(self.reached, key=lambda key: fmean(self.reached[key]))

    def regrets(self, choice: str) -> list[float]:
        """How far a choice stays below the best, seed by seed."""
        pairs = zip(self.reached[self.best], self.reached[choice], strict=True)
        return [best - mine for best, mine in pairs]


def record_cases(tell: Callable[[str], None]) -> None:
    """Draw the cases and the similarity of each pair from the runs again."""
    document = {
        "cases": [_plain(case) for case in from_runs()],
        "pairs": {race.title: similarity(race) for race in PAIRS},
        "recorded": datetime.now(UTC).date().isoformat(),
    }
    FILE.write_text(json.dumps(document, indent=0))
    tell("situations to score advice by")


def _plain(case: Case) -> dict[str, Any]:
    document = asdict(case)
    for name in ("memory", "calibration"):
        del document["situation"][name]
    return document


@cache
def _document() -> dict[str, Any]:
    if not FILE.is_file():
        return {"cases": [], "pairs": {}, "recorded": ""}
    document: dict[str, Any] = json.loads(FILE.read_text())
    return document


@cache
def recorded() -> tuple[Case, ...]:
    """Every case of the file; none when it was never made."""
    return tuple(
        Case(
            case_names.said(case["name"], case["pair"]),
            say(case["pair"]),
            Situation(**case["situation"]),
            case["reached"],
        )
        for case in _document()["cases"]
    )


def pairs() -> dict[str, dict[str, float]]:
    """The recorded similarity of each pair, by its title."""
    found: dict[str, dict[str, float]] = _document()["pairs"]
    return {say(title): measured for title, measured in found.items()}


def day() -> str:
    """When the cases were drawn."""
    return str(_document()["recorded"])


def similarity(race: Race) -> dict[str, float]:
    """What the source model reads of the target, the A-distance and MMD^2 of
    its deepest features, means over seeds; and how many training samples of
    the target there are to label."""
    runs = groups_of(race)["source_only"]
    assert runs[0].finished is not None
    found = {
        "reads": reads({"source_only": runs}),
        "mmd": mmd(runs),
        "seeds": len(runs),
        "labels": runs[0].finished.samples["target_train"],
    }
    distance = apart(race)
    return found if distance is None else {**found, "apart": distance}


def from_runs() -> list[Case]:
    """Every case whose runs are recorded."""
    found = [_unlabelled(race) for race in PAIRS]
    found += [_crossover(labels) for labels in CROSSOVER]
    found += [
        case
        for labels in matrix.BUDGETS
        for case in (_taught(labels), _both(labels), _tokens(labels))
    ]
    return [case for case in found if case is not None]


def groups_of(race: Race) -> Groups:
    """The finished runs of a race by strategy, those of its competitors."""
    found = {key: matrix.recorded(race, key) for key in race.strategies}
    return {
        key: runs
        for key, runs in found.items()
        if key not in YARDSTICKS and len(runs) == len(race.seeds)
    }


def apart(race: Race) -> float | None:
    """The A-distance of the source model's deepest features, where it was
    taken."""
    runs = groups_of(race).get("source_only", [])
    taken = [run.arrays("a_distance").get("before") for run in runs]
    found = [float(values[-1]) for values in taken if values is not None]
    return fmean(found) if found else None


def mmd(runs: Sequence[History]) -> float:
    """MMD^2 of the source model's deepest features."""
    stage = runs[0].stages[-1]
    return fmean(run.mmd(stage)[1][0] for run in runs)


def reads(groups: Groups) -> float:
    """Share of the target that the source model reads."""
    runs = groups["source_only" if "source_only" in groups else "full"]
    return fmean(matrix.accuracies(runs, "target_before"))


def _case(name: str, pair: str, situation: Situation, groups: Groups) -> Case:
    return Case(
        name,
        pair,
        situation,
        {k: matrix.accuracies(runs, "target") for k, runs in groups.items()},
    )


def _unlabelled(race: Race) -> Case | None:
    groups = groups_of(race)
    if len(groups) < 2:
        return None
    situation = Situation(
        same_proportions=race is not PROPORTIONS,
        batch_norm="adabn" in groups,
        apart=apart(race),
        mmd=mmd(groups["source_only"]),
    )
    return _case(f"{race.title}, no labels", race.title, situation, groups)


def _crossover(labels: int) -> Case | None:
    groups = groups_of(CROSSOVER[labels])
    if len(groups) < 2:
        return None
    situation = Situation(labels, False, False, reads=reads(groups))
    name = f"Printed fonts → MNIST, {labels} labels"
    return _case(name, race_of("fonts").title, situation, groups)


def _taught(labels: matrix.Labels) -> Case | None:
    """The matrix, without source samples."""
    groups = groups_of(matrix.MATRIX[labels])
    kept = {k: runs for k, runs in groups.items() if not _source(k)}
    alone = Situation(unlabelled=False, source=False)
    return _of_matrix("labels alone", kept, alone)


def _both(labels: matrix.Labels) -> Case | None:
    """The matrix, with source samples and unlabelled target ones."""
    taught = groups_of(matrix.MATRIX[labels])
    untaught = groups_of(MATRIX_UNTAUGHT)
    if not taught or not untaught:
        return None
    given = Situation(
        apart=apart(race_of("rotated")), mmd=mmd(untaught["source_only"])
    )
    return _of_matrix("all data", {**taught, **untaught}, given)


def _tokens(labels: matrix.Labels) -> Case | None:
    groups = groups_of(matrix.MATRIX_TOKENS[labels])
    given = Situation(
        unlabelled=False, source=False, tokens=True, batch_norm=False
    )
    return _of_matrix("transformer", groups, given)


def _of_matrix(name: str, groups: Groups, given: Situation) -> Case | None:
    """One number of labels of the matrix; `given` says what else is known."""
    if len(groups) < 2:
        return None
    (run, *_) = groups["full"]
    assert run.finished is not None
    situation = replace(
        given,
        labels=run.finished.samples["target_labels"],
        reads=reads(groups),
        parameters=run.parameters["total"],
    )
    pair = race_of("rotated").title
    title = f"{pair}, {situation.labels:,} labels, {name}"
    return _case(title, pair, situation, groups)


def _source(strategy: str) -> bool:
    return bool(catalog.entry("strategies", strategy).card.needs_source)
