"""What a run says in one plain sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tl_core import catalog
from tl_core.analysis.intervals import interval
from tl_core.history import History


def percent(share: float) -> str:
    """A share in [0, 1] as a percentage with one decimal."""
    return f"{100 * share:.1f} %"


def title(strategy: str) -> str:
    """A strategy's name on charts and in sentences."""
    name: str = catalog.entry("strategies", strategy).card.title
    return name


def verdict(history: History) -> str:
    """The result of a finished run."""
    if history.finished is None:
        return ""
    share, name = history.finished.accuracy, title(history.spec.strategy)
    reached = f"{name} reached a target accuracy of {percent(share['target'])}"
    if not catalog.entry("strategies", history.spec.strategy).card.pretrained:
        return f"{reached} without any source training."
    if "source" not in share:
        task = catalog.entry("datasets", history.spec.dataset).card.source_task
        return f"{reached}, from a network trained on {task or 'other data'}."
    if share["target_before"] > 0:
        change = share["target"] - share["target_before"]
        moved = "rose" if change >= 0 else "fell"
        target = (
            f"{name}: target accuracy {moved} from "
            f"{percent(share['target_before'])} to {percent(share['target'])}"
        )
    else:
        target = f"{reached}, of whose classes the old head knew none"
    return f"{target}; {_source_lost(share)}."


def _source_lost(share: Mapping[str, float]) -> str:
    lost = share["source_before"] - share["source"]
    if lost > 0.005:
        return f"the source lost {100 * lost:.1f} points"
    return f"the source stayed at {percent(share['source'])}"


def race(histories: Sequence[History]) -> str:
    """Who came first, over seeds, among methods without target labels."""
    by_strategy: dict[str, list[float]] = {}
    for history in histories:
        sees = catalog.entry("strategies", history.spec.strategy).card.sees
        if history.finished and sees.name == "UNLABELLED_TARGET":
            values = by_strategy.setdefault(history.spec.strategy, [])
            values.append(history.finished.accuracy["target"])
    if not by_strategy:
        return "No run of this race has finished yet."
    spans = {key: interval(values) for key, values in by_strategy.items()}
    best = max(spans, key=lambda key: spans[key].mean)
    floor = spans.get("source_only")
    against = (
        f", against {percent(floor.mean)} without adaptation"
        if floor and best != "source_only"
        else ""
    )
    seeds = spans[best].n
    over = f"{seeds} seeds" if seeds > 1 else "one seed"
    return (
        f"Without a single target label, {title(best)} reads "
        f"{percent(spans[best].mean)} of the target correctly{against} "
        f"(mean over {over})."
    )
