"""How anything is timed: two works in turn, A B A B, in one process.

What a busy machine takes from one it then takes from the other too, so the
ratio holds where the seconds do not.
"""

from __future__ import annotations

import operator
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

Work = Callable[[], object]
BOUNDS = {"≥": operator.ge, "≤": operator.le}


@dataclass(frozen=True)
class Row:
    """A line of the table: our work and a peer's, and their ratio.

    `goal` is a bound on the ratio, such as "≥ 20"; where it is missed, `note`
    says why.
    """

    group: str
    work: str
    ours: str
    peer: str
    theirs: str
    ratio: float | None
    goal: str = ""
    note: str = ""

    @property
    def verdict(self) -> str:
        """Whether the goal is met, or by how much it is missed."""
        if not self.goal or self.ratio is None:
            return ""
        bound, limit = self.goal.split()
        if BOUNDS[bound](round(self.ratio, 2), float(limit)):
            return "met"
        return f"missed by {abs(self.ratio / float(limit) - 1):.0%}"


@dataclass(frozen=True)
class Sizes:
    """How much work a benchmark does: `rounds` of A B, `steps` of training,
    of slow loops fewer (`few`), `labels` to train on, `samples` to measure
    on, a `batch`, and `points` of a curve of costs."""

    rounds: int = 3
    steps: int = 24
    few: int = 6
    labels: int = 500
    samples: int = 512
    batch: int = 64
    points: int = 4


FULL = Sizes()
TINY = Sizes(1, steps=2, few=1, labels=8, samples=32, batch=4, points=2)


def seconds(work: Work) -> float:
    """How long it takes once: on one thread the processor's time, in which
    other processes have no part, else the clock's; a GPU is waited for."""
    gpu = torch.cuda.is_available()
    one = torch.get_num_threads() == 1 and not gpu
    now = time.process_time if one else time.perf_counter
    start = now()
    work()
    if gpu:
        torch.cuda.synchronize()
    return now() - start


def in_turn(ours: Work, theirs: Work, rounds: int) -> tuple[float, float]:
    """Median seconds of both, after one round that warms up."""
    ours(), theirs()
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(rounds)]
    one, two = zip(*pairs, strict=True)
    return statistics.median(one), statistics.median(two)


def shown(value: float) -> str:
    """Seconds with a unit that fits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value * 1e6:.3g} us"


def faster(
    group: str,
    work: str,
    peer: str,
    both: tuple[float, float],
    goal: str = "≥ 1",
    note: str = "",
    per: int = 1,
) -> Row:
    """How many times as long the peer takes; `per` is what a time is divided
    by, such as steps."""
    one, two = both
    ours, theirs = shown(one / per), shown(two / per)
    return Row(group, work, ours, peer, theirs, two / one, goal, note)


def longer(
    group: str,
    work: str,
    peer: str,
    both: tuple[float, float],
    goal: str,
    note: str = "",
    per: int = 1,
) -> Row:
    """How many times as long as the peer we take."""
    one, two = both
    ours, theirs = shown(one / per), shown(two / per)
    return Row(group, work, ours, peer, theirs, one / two, goal, note)
