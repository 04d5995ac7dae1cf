"""What was measured to help against each kind of shift, in words."""

from __future__ import annotations

from collections.abc import Sequence

from tl_core import pair_parts, sentences
from tl_core.analysis.intervals import Interval, interval
from tl_core.figures.race import by_strategy
from tl_core.history import History
from tl_core.texts import say

ALIGNING = ("adabn", "mmd", "coral", "dann")


def gains(race: Sequence[History]) -> dict[str, Interval]:
    """What each way to align changes against no adaptation, seed by
    seed."""
    groups = by_strategy(race)
    return {
        way: pair_parts.paired(groups[way], groups["source_only"])
        for way in ALIGNING
        if way in groups
    }


def aligned(race: Sequence[History]) -> str:
    """What aligning brings at best where only P(X) moved."""
    found = gains(race)
    best = max(found, key=lambda way: found[way].mean)
    return say(
        "**Remedy: align.** {way} changes the target's accuracy by "
        "{gain}; no target label is needed.",
        way=sentences.title(best),
        gain=points(found[best]),
    )


def harmed(race: Sequence[History]) -> str:
    """What aligning costs where only the proportions moved."""
    found = gains(race)
    worse = [way for way, span in found.items() if span.high < 0]
    worst = min(found, key=lambda way: found[way].mean)
    return say(
        "**Remedy: none, or reweight the classes.** Aligning hurts in "
        "{worse} of {tried} ways; {worst} by {loss}. Reweighting, the "
        "textbook's remedy, was not measured here.",
        worse=len(worse),
        tried=len(found),
        worst=sentences.title(worst),
        loss=points(found[worst]),
    )


def unlearned(race: Sequence[History]) -> str:
    """What target labels bring where the names moved."""
    groups = by_strategy(race)
    spans = {
        way: interval(
            [h.finished.accuracy["target"] for h in runs if h.finished]
        )
        for way, runs in groups.items()
    }
    full, scratch = spans["full"], spans["scratch"]
    labels = race[0].spec.target_labels
    return say(
        "**Remedy: target labels, and a fresh start.** Inputs cannot tell. "
        "With {labels} labels the kept head reads {kept:.1f} ± "
        "{kept_half:.1f} % of the target, a network from scratch "
        "{scratch:.1f} ± {scratch_half:.1f} %.",
        labels=labels,
        kept=100 * full.mean,
        kept_half=100 * full.half,
        scratch=100 * scratch.mean,
        scratch_half=100 * scratch.half,
    )


def points(span: Interval) -> str:
    """A difference of shares in points, with its interval."""
    return say(
        "{mean:+.1f} ± {half:.1f} points",
        mean=100 * span.mean,
        half=100 * span.half,
    )
