"""Runs and catalog entries as plain data, for the command line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from tl_core import catalog
from tl_core.analysis.intervals import interval
from tl_core.claim import Claim
from tl_core.history import History
from tl_core.picture_sets import Imported
from tl_core.verdicts import verdict


def describe(entry: catalog.Entry) -> dict[str, Any]:
    """An entry's key, title, summary and knobs as plain data."""
    return {
        "key": entry.key,
        "title": entry.card.title,
        "summary": entry.card.summary,
        "settings": {
            name: {
                "default": knob.default,
                "low": knob.low,
                "high": knob.high,
                "choices": list(knob.choices),
                "help": knob.help,
            }
            for name, knob in entry.knobs.items()
        },
    }


def scratch_of(histories: Sequence[History], seed: int) -> float | None:
    """The target accuracy of a finished from-scratch run of this seed."""
    for history in histories:
        spec = history.spec
        if spec.strategy == "scratch" and spec.seed == seed:
            return history.summary()["accuracy"]["target"]
    return None


def standings(histories: Sequence[History]) -> dict[str, dict[str, Any]]:
    """Target accuracy by strategy: mean, 95 % interval and each seed's."""
    values: dict[str, list[float]] = {}
    for history in histories:
        share = history.summary()["accuracy"]["target"]
        values.setdefault(history.spec.strategy, []).append(share)
    table = {}
    for strategy, shares in values.items():
        span = interval(shares)
        half = span.half if span.n > 1 else None
        table[strategy] = {"mean": span.mean, "half": half, "seeds": shares}
    return table


def verdicts(claims: Sequence[Claim]) -> Iterator[dict[str, Any]]:
    """Each claim as plain data, with what its recorded runs say."""
    for claim in claims:
        told = ("key", "section", "source", "statement", "unit", "over")
        said = {name: getattr(claim, name) for name in told}
        try:
            found = verdict(claim)
            yield {**said, "badge": found.badge, **asdict(found.effect)}
        except LookupError:
            yield {**said, "badge": "not recorded"}


def verdict_line(row: dict[str, Any]) -> str:
    """A row of `verdicts` as a sentence with the difference in points."""
    said = f"{row['badge']:<15}{row['section']:<5}{row['statement']}"
    if "mean" not in row:
        return said
    mean, half = 100 * row["mean"], 100 * (row["high"] - row["mean"])
    return (
        f"{said} ({row['source']}): {mean:+.1f} ± {half:.1f} {row['unit']}, "
        f"{row['n']} {row['over']}"
    )


def span(row: dict[str, Any]) -> str:
    """A row of `standings` as mean and half its interval; one seed has
    none."""
    if row["half"] is None:
        return f"{row['mean']:.3f} (one seed)"
    return f"{row['mean']:.3f} ± {row['half']:.3f}"


def taken(done: Imported) -> str:
    """What was imported, in one sentence."""
    parts = [
        f"{sum(by_class.values())} in {part}/"
        for part, by_class in done.counts.items()
    ]
    return (
        f"Took {', '.join(parts)}: {len(done.classes)} classes, "
        f"{done.side} x {done.side} pixels, set {done.id}."
    )


def left_out(done: Imported) -> str:
    """How many files were left out for which reason; "" where none was."""
    reasons = Counter(reason for _, reason in done.left)
    if not reasons:
        return ""
    said = "; ".join(f"{n} because {why}" for why, n in reasons.most_common())
    files = "1 file" if len(done.left) == 1 else f"{len(done.left)} files"
    return f"Left out {files}: {said}."
