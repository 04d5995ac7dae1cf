"""A race on one page: who came first in each heat, which differences are
more than chance, and where it all comes from."""

from __future__ import annotations

from collections.abc import Sequence

from tl_core import contest, sentences, spec_difference
from tl_core.analysis.intervals import Interval
from tl_core.contest import Row
from tl_core.export import page, run_report
from tl_core.figures import race
from tl_core.history import History
from tl_core.texts import say

DUELS = 10
"""Differences that are told of one heat."""
WHO = ("seed", "strategy", "lr")
"""What may differ among the runs of one heat, with the strategy's knobs."""


def of_race(histories: Sequence[History]) -> str:
    """The page of a race: a section for each pair, backbone and setting in
    which its runs differ besides the strategy."""
    heats = by_heat(histories)
    seeds = sorted({history.spec.seed for history in histories})
    strategies = {history.spec.strategy for history in histories}
    said = ", ".join(map(str, seeds))
    count = len(strategies)
    who = (
        say("1 strategy")
        if count == 1
        else say("{count} strategies", count=count)
    )
    where = run_report.named("dataset", histories[0].spec)
    parts = []
    for title, runs in heats.items():
        parts += heat(title, runs)
    return page.document(
        say("{who} on {where}, seeds {said}", who=who, where=where, said=said),
        [
            *parts,
            page.heading(say("Settings of all runs")),
            page.table(["setting", "value", ""], in_common(histories)),
            page.heading(say("Where the numbers come from")),
            *run_report.provenance(histories),
        ],
    )


def heat(title: str, runs: Sequence[History]) -> list[str]:
    """One section: who came first, curves, results, and the table."""
    found = contest.rows(runs)
    best = found[0]
    said = say(
        "{sentences} ends at {mean}, the most of {found}.",
        sentences=sentences.title(best.strategy),
        mean=sentences.percent(best.target.mean),
        found=len(found),
    )
    drawn = [
        page.shares(race.race_curves(runs), say("Target accuracy"), said),
        page.shares(race.race_bars(runs), say("All test samples"), said),
    ]
    head = ["strategy", "target", say("source lost"), say("gain on scratch")]
    head += ["trained", say("seconds a run")]
    return [
        *([page.heading(title)] if title else []),
        page.lead(contest.headline(runs)),
        page.figures(drawn),
        page.table(head, (row_of(row) for row in found)),
        page.quiet(
            say(
                "Mean over seeds ± half the 95 % interval; {n} seeds of "
                "{sentences}.",
                n=best.target.n,
                sentences=sentences.title(best.strategy),
            )
        ),
        *differences(runs),
    ]


def differences(runs: Sequence[History]) -> list[str]:
    """Which differences are more than chance, the clearest first."""
    found = contest.duels(runs)
    if not found:
        return []
    told = [contest.told(duel).replace("**", "") for duel in found[:DUELS]]
    return [page.items(told), page.quiet(contest.counted(found))]


def row_of(row: Row) -> list[str]:
    """A strategy's line of the table."""
    return [
        sentences.title(row.strategy),
        spread(row.target, " %"),
        spread(row.forgetting, " points"),
        spread(row.gain, " points"),
        f"{row.trained:,}",
        f"{row.seconds.mean:.1f}",
    ]


def spread(span: Interval | None, unit: str) -> str:
    """A mean share with half its interval, in hundredths."""
    if span is None:
        return "-"
    half = f" ± {100 * span.half:.1f}" if span.n > 1 else ""
    return f"{100 * span.mean:.1f}{half}{unit}"


def by_heat(histories: Sequence[History]) -> dict[str, list[History]]:
    """Runs that differ in strategy and seed alone stand together, under
    what tells them from the others."""
    every = [history.spec for history in histories]
    apart = [name for name in spec_difference.differing(every) if tells(name)]
    heats: dict[str, list[History]] = {}
    for history in histories:
        flat = spec_difference.flat(history.spec)
        title = ", ".join(f"{n} = {flat[n]}" for n in apart if n in flat)
        heats.setdefault(title, []).append(history)
    return heats


def tells(name: str) -> bool:
    """Whether a setting parts one heat from another."""
    return name not in WHO and not name.startswith("strategy.")


def in_common(histories: Sequence[History]) -> list[list[str]]:
    """The settings that all runs share."""
    every = [history.spec for history in histories]
    apart = set(spec_difference.differing(every))
    return [
        row for row in run_report.settings(every[0]) if row[0] not in apart
    ]
