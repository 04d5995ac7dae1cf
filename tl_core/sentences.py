"""What a run says in one plain sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tl_core import catalog
from tl_core.analysis.intervals import interval
from tl_core.history import History
from tl_core.texts import say


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
    target = percent(share["target"])
    if not catalog.entry("strategies", history.spec.strategy).card.pretrained:
        return say(
            "{name} reached a target accuracy of {target} without any source "
            "training.",
            name=name,
            target=target,
        )
    if "source" not in share:
        task = catalog.entry("datasets", history.spec.dataset).card.source_task
        return say(
            "{name} reached a target accuracy of {target}, from a network "
            "trained on {task}.",
            name=name,
            target=target,
            task=task or say("other data"),
        )
    return _changed(name, share)


def _changed(name: str, share: Mapping[str, float]) -> str:
    """How both accuracies moved while a network adapted."""
    told = {
        "name": name,
        "before": percent(share["target_before"]),
        "after": percent(share["target"]),
        "source": _source_lost(share),
    }
    if share["target_before"] <= 0:
        return say(
            "{name} reached a target accuracy of {after}, of whose classes "
            "the old head knew none; {source}.",
            **told,
        )
    if share["target"] >= share["target_before"]:
        return say(
            "{name}: target accuracy rose from {before} to {after}; {source}.",
            **told,
        )
    return say(
        "{name}: target accuracy fell from {before} to {after}; {source}.",
        **told,
    )


def _source_lost(share: Mapping[str, float]) -> str:
    lost = share["source_before"] - share["source"]
    if lost > 0.005:
        return say("the source lost {lost:.1f} points", lost=100 * lost)
    return say(
        "the source stayed at {source}", source=percent(share["source"])
    )


def race(histories: Sequence[History]) -> str:
    """Who came first, over seeds, among methods without target labels."""
    by_strategy: dict[str, list[float]] = {}
    for history in histories:
        sees = catalog.entry("strategies", history.spec.strategy).card.sees
        if history.finished and sees.name == "UNLABELLED_TARGET":
            values = by_strategy.setdefault(history.spec.strategy, [])
            values.append(history.finished.accuracy["target"])
    if not by_strategy:
        return say("No run of this race has finished yet.")
    spans = {key: interval(values) for key, values in by_strategy.items()}
    best = max(spans, key=lambda key: spans[key].mean)
    floor = spans.get("source_only")
    against = (
        say(", against {mean} without adaptation", mean=percent(floor.mean))
        if floor and best != "source_only"
        else ""
    )
    seeds = spans[best].n
    over = say("{seeds} seeds", seeds=seeds) if seeds > 1 else say("one seed")
    return say(
        "Without a single target label, {title} reads {mean} of the target "
        "correctly{against} (mean over {over}).",
        title=title(best),
        mean=percent(spans[best].mean),
        against=against,
        over=over,
    )
