"""What a race says: a row for each strategy, and who beats whom."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from tl_core import catalog, sentences, tables
from tl_core.analysis.intervals import Interval, interval
from tl_core.analysis.paired import difference, holm
from tl_core.card import Sees
from tl_core.history import History
from tl_core.race_starts import Heat, Start, in_heat
from tl_core.texts import say

SURE = 0.05
"""A difference counts when chance alone makes one this rarely."""


@dataclass(frozen=True)
class Row:
    """One strategy in one heat, over its finished seeds. `forgetting` is None
    without source samples, `gain` where nobody ran from scratch; `trained`
    counts parameters, `memory` is in bytes, `seconds` a run's mean time."""

    strategy: str
    target: Interval
    forgetting: Interval | None
    gain: Interval | None
    trained: int
    memory: int
    seconds: Interval


@dataclass(frozen=True)
class Duel:
    """Two strategies, better one first, over the seeds that both ran;
    `corrected` is the p value after Holm."""

    better: str
    other: str
    span: Interval
    p: float
    corrected: float

    @property
    def decided(self) -> bool:
        """Whether the difference counts."""
        return self.corrected < SURE


def of_heat(
    starts: Sequence[Start], heat: Heat, found: Mapping[str, History]
) -> list[History]:
    """The runs of a heat that have something to show, by the ids of their
    specs."""
    ids = [start.spec.id for start in starts if in_heat(start, heat)]
    return [found[run] for run in dict.fromkeys(ids) if run in found]


def drawn(histories: Sequence[History]) -> list[History]:
    """The runs whose mean curve is drawn while a race goes on: finished
    ones; of a strategy that has none yet, those that were measured."""
    done = {h.spec.strategy for h in histories if h.finished}
    return [
        history
        for history in histories
        if history.finished
        or (
            history.spec.strategy not in done and history.accuracy("target")[0]
        )
    ]


def rows(histories: Sequence[History]) -> list[Row]:
    """A row for each strategy with a finished run, the best first."""
    groups: dict[str, list[History]] = {}
    finished = [history for history in histories if history.finished]
    for history in finished:
        groups.setdefault(history.spec.strategy, []).append(history)
    found = [_row(key, runs, finished) for key, runs in groups.items()]
    return sorted(found, key=lambda row: row.target.mean, reverse=True)


def _row(
    strategy: str, runs: Sequence[History], everyone: Sequence[History]
) -> Row:
    told = [
        run.summary(tables.scratch_of(everyone, run.spec.seed)) for run in runs
    ]
    forgot = [t["forgetting"] for t in told if t["forgetting"] is not None]
    gained = [
        t["transfer_gain"] for t in told if t["transfer_gain"] is not None
    ]
    return Row(
        strategy,
        interval([t["accuracy"]["target"] for t in told]),
        interval(forgot) if forgot else None,
        interval(gained) if gained and strategy != "scratch" else None,
        max(t["parameters"]["trained"] for t in told),
        max(t["peak_memory_bytes"] for t in told),
        interval([t["seconds"] for t in told]),
    )


def headline(histories: Sequence[History]) -> str:
    """Who came first: among strategies without target labels where there
    are some, else among all."""
    found = rows(histories)
    blind = [
        row
        for row in found
        if catalog.entry("strategies", row.strategy).card.sees
        is Sees.UNLABELLED_TARGET
    ]
    if blind or not found:
        return sentences.race(histories)
    best, seeds = found[0], found[0].target.n
    over = (
        say("mean over {seeds} seeds", seeds=seeds)
        if seeds > 1
        else say("one seed")
    )
    return say(
        "{sentences} reads {mean} of the target correctly, the most of "
        "{found} ({over}).",
        sentences=sentences.title(best.strategy),
        mean=sentences.percent(best.target.mean),
        found=len(found),
        over=over,
    )


def duels(histories: Sequence[History], against: str = "") -> list[Duel]:
    """Every pair of strategies, or each one against a given one, tested on
    target accuracy seed by seed; the clearest first."""
    shares: dict[str, dict[int, float]] = {}
    for run in histories:
        if run.finished:
            by_seed = shares.setdefault(run.spec.strategy, {})
            by_seed[run.spec.seed] = run.finished.accuracy["target"]
    pairs = [
        pair
        for pair in combinations(shares, 2)
        if against in ("", *pair) and shares[pair[0]].keys() & shares[pair[1]]
    ]
    tested = [_test(a, b, shares[a], shares[b]) for a, b in pairs]
    corrected = holm([duel.p for duel in tested])
    found = [
        Duel(d.better, d.other, d.span, d.p, p)
        for d, p in zip(tested, corrected, strict=True)
    ]
    return sorted(found, key=lambda d: (math.isnan(d.p), d.corrected, d.p))


def _test(
    a: str, b: str, of_a: Mapping[int, float], of_b: Mapping[int, float]
) -> Duel:
    seeds = [seed for seed in of_a if seed in of_b]
    ahead = sum(of_a[s] - of_b[s] for s in seeds) >= 0
    (x, of_x), (y, of_y) = (
        ((a, of_a), (b, of_b)) if ahead else ((b, of_b), (a, of_a))
    )
    found = difference([of_x[s] for s in seeds], [of_y[s] for s in seeds])
    return Duel(x, y, found.span, found.p, found.p)


def told(duel: Duel) -> str:
    """A duel in one sentence."""
    better, other = (sentences.title(k) for k in (duel.better, duel.other))
    span = duel.span
    points = f"{100 * span.mean:.1f}"
    if span.n == 1:
        return say(
            "{better} is {points} points ahead of {other} with one seed, "
            "which tells nothing about others.",
            better=better,
            points=points,
            other=other,
        )
    points += say(
        " ± {half:.1f} points over {n} seeds", half=100 * span.half, n=span.n
    )
    if duel.decided:
        return say(
            "**{better} beats {other}** by {points}.",
            better=better,
            other=other,
            points=points,
        )
    return say(
        "No difference between {better} and {other} can be told: {points}.",
        better=better,
        other=other,
        points=points,
    )


def counted(found: Sequence[Duel]) -> str:
    """How often chance was given the opportunity, in words."""
    tests = sum(not math.isnan(duel.p) for duel in found)
    if tests == 0:
        return say("One seed cannot be tested; take three or more.")
    many = (
        say(
            "{tests} comparisons, p values corrected for their number (Holm "
            "1979)",
            tests=tests,
        )
        if tests > 1
        else say("1 comparison")
    )
    return say(
        "Paired t tests over seeds, {many}; a difference counts when p < "
        "{sure:g}. ± is half of each difference's own 95 % interval, which "
        "is not corrected.",
        many=many,
        sure=SURE,
    )
