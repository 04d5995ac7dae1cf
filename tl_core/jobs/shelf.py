"""Finding runs in a long list."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from tl_core.jobs.library import Kept

ACTIVE = ("queued", "running")
ID = 4
"""Characters of an id that a search needs at least."""


@dataclass(frozen=True)
class Search:
    """What is looked for: words that must all occur, and one choice a
    column; empty ones ask for nothing. `order` is a key of ORDERS."""

    words: str = ""
    state: str = ""
    dataset: str = ""
    strategy: str = ""
    tag: str = ""
    order: str = "newest"


ORDERS: dict[str, tuple[str, Callable[[Kept], Any]]] = {
    "newest": ("Newest first", lambda run: -run.created),
    "oldest": ("Oldest first", lambda run: run.created),
    "best": ("Best target accuracy first", lambda run: -(run.accuracy or -1)),
    "longest": ("Longest first", lambda run: -run.seconds),
    "name": ("By name", lambda run: (not run.name, run.name.casefold())),
}
"""Their titles and sort keys; equals keep the newest first."""


def found(runs: Sequence[Kept], search: Search) -> list[Kept]:
    """The runs that a search finds, in its order."""
    words = search.words.casefold().split()
    columns = ("state", "dataset", "strategy")
    kept = [
        run
        for run in runs
        if all(getattr(search, c) in ("", getattr(run, c)) for c in columns)
        and (not search.tag or search.tag in run.tags)
        and _has(run, words)
    ]
    return sorted(kept, key=ORDERS[search.order][1])


def _has(run: Kept, words: Sequence[str]) -> bool:
    if not words:
        return True
    keys = (run.dataset, run.backbone, run.strategy, run.name)
    text = " ".join([*keys, *run.titles, *run.tags, f"seed {run.seed}"])
    text = text.casefold()
    return all(word in text or _names(word, run) for word in words)


def _names(word: str, run: Kept) -> bool:
    """Whether a word is an id, or the beginning of one."""
    return len(word) >= ID and run.id.startswith(word)


def tags(runs: Sequence[Kept]) -> list[str]:
    """Every tag that is in use."""
    return sorted({tag for run in runs for tag in run.tags})


def beyond(
    runs: Sequence[Kept],
    newest: int,
    races: Sequence[Collection[str]] = (),
) -> list[Kept]:
    """What the rule "keep the newest and everything named or tagged" would
    put into the trash; a run that waits or runs always stays. Of `races`, the
    ids of runs that belong together, one stays whole or goes whole."""
    by_age = sorted(runs, key=lambda run: -run.created)
    kept = {
        run.id
        for place, run in enumerate(by_age)
        if place < newest or run.name or run.tags or run.state in ACTIVE
    }
    staying = kept.union(
        *(race for race in races if not kept.isdisjoint(race))
    )
    return [run for run in by_age if run.id not in staying]
