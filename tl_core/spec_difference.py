"""In what two or more experiments differ, setting by setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

from tl_core.card import Scalar
from tl_core.spec import OWNERS, RunSpec

ORDER = [item.name for item in fields(RunSpec)]
SAME_TASK = ("dataset", "target_labels", "version")
"""What has to be equal for two results to stand on one board, with every
setting of the dataset."""


def flat(spec: RunSpec) -> dict[str, Scalar | None]:
    """Every setting by the name it has in a URL, such as strategy.weight."""
    found: dict[str, Scalar | None] = {}
    for item in fields(RunSpec):
        value = getattr(spec, item.name)
        if isinstance(value, Mapping):
            owner = item.name.removesuffix("_params")
            found |= {f"{owner}.{name}": v for name, v in value.items()}
        else:
            found[item.name] = value
    return found


def differing(specs: Sequence[RunSpec]) -> list[str]:
    """The settings that are not the same in all, in the order of a spec; one
    that only some of them have counts."""
    every = [flat(spec) for spec in specs]
    names = dict.fromkeys(name for one in every for name in one)
    first = every[0] if every else {}
    found = [
        name
        for name in names
        if any(
            name not in one or name not in first or one[name] != first[name]
            for one in every
        )
    ]
    return sorted(found, key=_place)


def _place(name: str) -> tuple[int, int]:
    """The three choices, then their knobs, then the rest as it stands."""
    owner, dot, _ = name.partition(".")
    if owner in OWNERS:
        return (1 if dot else 0), OWNERS.index(owner)
    return 2, ORDER.index(name)


def steps(one: RunSpec, two: RunSpec) -> list[str]:
    """The changes that lead from one spec to the other. Another strategy,
    backbone or dataset is one change, its knobs included."""
    changed = [
        owner for owner in OWNERS if getattr(one, owner) != getattr(two, owner)
    ]
    return [
        name
        for name in differing([one, two])
        if name in changed or name.partition(".")[0] not in changed
    ]


def near(one: RunSpec, two: RunSpec, most: int) -> bool:
    """Whether two runs solve one task, with at most so many changes."""
    changes = steps(one, two)
    task = any(name.split(".")[0] in SAME_TASK for name in changes)
    return not task and len(changes) <= most


def as_text(values: Mapping[str, Scalar | None], name: str) -> str:
    """A setting's value as a table shows it."""
    if name not in values:
        return "–"
    value = values[name]
    if value is None:
        return "all"
    return f"{value:g}" if isinstance(value, float) else str(value)
