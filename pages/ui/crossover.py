"""Where two strategies cross over the number of labels: the difference at each
number, and the crossing in words."""

from __future__ import annotations

from collections.abc import Mapping

from tl_core import recording
from tl_core.analysis.intervals import Interval, interval
from tl_core.claim import Arm
from tl_core.lesson_studies import CROSSOVER
from tl_core.texts import say

Spans = Mapping[int, Interval]
NAMES = {
    "linear_probe": say("the probe"),
    "full": say("full fine-tuning"),
    "scratch": say("training from scratch"),
}


def reached(way: str) -> dict[int, Interval]:
    """Target accuracy of a strategy by the number of labels.

    Raises:
        LookupError: a run is missing.
    """
    return {
        count: interval(Arm(race.key, way).values(recording.read))
        for count, race in CROSSOVER.items()
    }


def difference(one: str, other: str) -> dict[int, Interval]:
    """Target accuracy of one minus another, paired by seed."""
    found = {}
    for count, race in CROSSOVER.items():
        pair = (
            Arm(race.key, way).values(recording.read) for way in (one, other)
        )
        found[count] = interval([a - b for a, b in zip(*pair, strict=True)])
    return found


def sign(span: Interval) -> int:
    """1 or -1 where a difference can be told, 0 where it cannot."""
    return (span.low > 0) - (span.high < 0)


def crossing(spans: Spans, one: str, other: str) -> str:
    """Between which numbers of labels the winner changes, or that it does
    not."""
    ahead = [n for n, span in spans.items() if sign(span) > 0]
    behind = [n for n, span in spans.items() if sign(span) < 0]
    unclear = [n for n, span in spans.items() if not sign(span)]
    if not ahead and not behind:
        return say("No difference can be told with any number of labels.")
    words = _winner(ahead, behind, NAMES[one], NAMES[other])
    if not unclear:
        return words
    counts = say(" or ").join(
        say("{n:,} labels ({gap})", n=n, gap=points(spans[n])) for n in unclear
    )
    untold = say("No difference can be told with {counts}.", counts=counts)
    return f"{words} {untold}"


def _winner(ahead: list[int], behind: list[int], one: str, other: str) -> str:
    """Who wins where: `one` with numbers of labels `ahead`, `other` with
    those `behind`."""
    if ahead and behind and max(ahead) < min(behind):
        return say(
            "They cross between {last:,} and {first:,} labels: up to "
            "{last:,} {one} is ahead, from {first:,} on {other}.",
            last=max(ahead),
            first=min(behind),
            one=one,
            other=other,
        )
    if ahead and behind:
        return say("The winner changes more than once: see the chart.")
    winner, loser = (one, other) if ahead else (other, one)
    return say(
        "No crossover is seen: where a difference can be told, {winner} is "
        "ahead ({counts} labels), and {loser} never.",
        winner=winner,
        counts=listed(ahead or behind),
        loser=loser,
    )


def listed(counts: list[int]) -> str:
    """Numbers of labels, as a range where there are several."""
    if len(counts) == 1:
        return f"{counts[0]:,}"
    return say("{least:,} to {most:,}", least=min(counts), most=max(counts))


def points(span: Interval) -> str:
    """A difference in points with its interval."""
    return say(
        "{mean:+.1f} ± {half:.1f} points",
        mean=100 * span.mean,
        half=100 * span.half,
    )
