"""The strategy matrix: what every strategy costs and what it brings, from
recorded runs on one pair with equal budgets.

A row is a strategy on a network. Those that read tokens need a transformer,
so it has rows of its own, with full fine-tuning, LoRA and the probe beside
them: only rows of one network can be compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tl_core import catalog, recording, sentences
from tl_core.analysis.intervals import Interval, interval
from tl_core.card import Sees
from tl_core.history import History
from tl_core.lesson_studies import MATRIX, MATRIX_TOKENS, MATRIX_UNTAUGHT
from tl_core.races import Race
from tl_core.texts import say

Labels = int | str
BUDGETS: tuple[Labels, ...] = tuple(MATRIX)
"""Labelled target samples: numbers, and "all" there are."""
ALL: Labels = "all"
NONE: Labels = "none"
"""Where the runs of a strategy stand that reads no target label."""
CONVNET, TRANSFORMER = "convnet", "vit_tiny"
SHORT = {
    "discriminative_lr": say("Discriminative rates"),
    "full": say("Full"),
    "partial": say("Partial"),
    "prefix": say("Prefix"),
    "prompt": say("Prompt"),
    "joint": say("Joint"),
    "gradual": say("Gradual"),
    "mmd": "MMD",
    "scratch": say("Scratch"),
    "oracle": say("Oracle"),
}
"""Names on charts, where there is little room."""
NUMBER = 4
"""Bytes of a number in 32 bits."""


@dataclass(frozen=True)
class Row:
    """A strategy on a network, and its runs by number of labels."""

    strategy: str
    network: str
    runs: Mapping[Labels, Sequence[History]]

    @property
    def key(self) -> str:
        """Its name in links."""
        there = "" if self.network == CONVNET else f"-{self.network}"
        return self.strategy + there

    @property
    def name(self) -> str:
        """Its title; a transformer is said."""
        title = sentences.title(self.strategy)
        return (
            title
            if self.network == CONVNET
            else say("{title} · transformer", title=title)
        )

    @property
    def label(self) -> str:
        """Its short name; a transformer is said."""
        there = "" if self.network == CONVNET else say(" · transf.")
        return self.short + there

    @property
    def short(self) -> str:
        """Its name on a chart."""
        return short(self.strategy)

    @property
    def taught(self) -> bool:
        """Whether it has runs with different numbers of labels."""
        return NONE not in self.runs

    @property
    def full(self) -> Sequence[History]:
        """Its runs with all the data that it may see."""
        return self.runs[ALL if self.taught else NONE]

    def at(self, labels: Labels) -> Sequence[History]:
        """Its runs with a number of labels; those of a strategy that reads
        none serve all numbers."""
        return self.runs[labels if self.taught else NONE]


def short(strategy: str) -> str:
    """A strategy's name where there is little room."""
    return SHORT.get(strategy) or sentences.title(strategy)


def races_of() -> Iterator[tuple[str, str, Race]]:
    """Network, strategy and the race of its runs with all data."""
    for strategy in MATRIX_UNTAUGHT.strategies:
        yield CONVNET, strategy, MATRIX_UNTAUGHT
    for network, races in (CONVNET, MATRIX), (TRANSFORMER, MATRIX_TOKENS):
        for strategy in races[ALL].strategies:
            yield network, strategy, races[ALL]


def rows() -> list[Row]:
    """Every strategy whose runs are recorded, in the order of the catalog,
    the convolutional network's first."""
    found = []
    for network, strategy, race in races_of():
        if race is MATRIX_UNTAUGHT:
            runs = {NONE: recorded(race, strategy)}
        else:
            races = MATRIX if network == CONVNET else MATRIX_TOKENS
            runs = {n: recorded(r, strategy) for n, r in races.items()}
        if all(runs.values()):
            found.append(Row(strategy, network, runs))
    order = catalog.keys("strategies").index
    return sorted(
        found, key=lambda r: (r.network != CONVNET, order(r.strategy))
    )


def recorded(race: Race, strategy: str) -> list[History]:
    """The recorded runs of one strategy of a race, seed by seed."""
    found = [
        recording.read(race.spec(strategy, seed).id) for seed in race.seeds
    ]
    return [run for run in found if run is not None and run.finished]


def share(row: Row) -> float:
    """Share of the network's numbers, adapters included, that is trained."""
    counts = row.full[0].parameters
    return counts["trained"] / counts["total"]


def trained(row: Row) -> int:
    """Numbers that are trained, with those that only help to train."""
    counts = row.full[0].parameters
    return counts["trained"] + counts["auxiliary"]


def state_bytes(total: int, trained: int) -> int:
    """Weights, gradients and Adam's two moments: 4 P + 4 T + 8 T bytes for P
    numbers of which T are trained (Kingma and Ba 2015, arXiv:1412.6980)."""
    return NUMBER * total + NUMBER * trained + 2 * NUMBER * trained


def by_formula(row: Row) -> int:
    """Bytes of a row's state."""
    counts = row.full[0].parameters
    total = counts["total"] + counts["auxiliary"]
    return state_bytes(total, trained(row))


def pace(row: Row) -> Interval:
    """Seconds of 100 steps of adaptation, what is measured on the way
    included."""
    return interval(
        [
            100 * (run.seconds - run.phase_began) / run.spec.steps
            for run in row.full
        ]
    )


def reached(row: Row, labels: Labels) -> Interval:
    """Target accuracy over seeds."""
    return interval(accuracies(row.at(labels), "target"))


def lost(
    row: Row, labels: Labels = ALL, kept: str = "source"
) -> Interval | None:
    """Source accuracy lost to adaptation, a share; read by the adapted
    network ("source") or another of RESTORED. None where nothing had been
    learned or was measured."""
    runs = row.at(labels)
    if not catalog.entry("strategies", row.strategy).card.pretrained:
        return None
    if any(
        kept not in (r.finished.accuracy if r.finished else ()) for r in runs
    ):
        return None
    before = accuracies(runs, "source_before")
    after = accuracies(runs, kept)
    return interval([b - a for b, a in zip(before, after, strict=True)])


RESTORED = {
    "source_adapter_off": say("adapter off"),
    "source_old_head": say("old head"),
}
"""What can be put back: readings of the source, and their names."""


def restored(
    row: Row, labels: Labels = ALL
) -> tuple[str, Interval] | tuple[None, None]:
    """What is lost once something is put back, and what that is."""
    for kept, name in RESTORED.items():
        found = lost(row, labels, kept)
        if found is not None:
            return name, found
    return None, None


def accuracies(runs: Sequence[History], domain: str) -> list[float]:
    """A final accuracy of each run."""
    return [r.finished.accuracy[domain] for r in runs if r.finished]


def needs(strategy: str) -> str:
    """What a strategy has to read, in words."""
    card = catalog.entry("strategies", strategy).card
    wanted = {
        Sees.TARGET: [say("target labels")],
        Sees.UNLABELLED_TARGET: [
            say("source samples"),
            say("unlabelled target"),
        ],
        Sees.BOTH: [say("source samples"), say("target labels")],
    }[card.sees]
    if strategy == "source_only":
        wanted = [say("source samples")]
    if card.measures_source:
        wanted = [say("source samples before"), *wanted]
    if strategy == "oracle":
        wanted = [say("all target labels")]
    return ", ".join(wanted)
