"""Events from rows that may have been damaged: what can be read of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from typing import Any

from tl_core import events
from tl_core.events import Event

DAMAGED = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading a line that is no event ends in."""


def read(line: str) -> Event | None:
    """The event of a line that may have been damaged; None where it is none,
    or says something of another kind than its fields hold."""
    try:
        event = events.from_json(line)
    except DAMAGED:
        return None
    return event if sound(event) else None


def sound(event: Event) -> bool:
    """Whether every field holds what it is for."""
    kind: Any = type(event)
    return all(holds(getattr(event, k)) for k, holds in _checks(kind))


@cache
def _checks(kind: Any) -> tuple[tuple[str, Callable[[object], bool]], ...]:
    """For each field what tells whether its value is of the kind that
    `events.py` writes: found once, for a long run has very many events."""
    return tuple((item.name, _check(str(item.type))) for item in fields(kind))


def _check(kind: str) -> Callable[[object], bool]:
    if kind.startswith("Mapping[str, float]") or kind == "Mapping[str, int]":
        return _numbers
    return CHECKS.get(kind, _mapping)


def _mapping(value: object) -> bool:
    # dict first: that is what JSON gives, and asking Mapping takes longer.
    return isinstance(value, (dict, Mapping))


def _numbers(value: Any) -> bool:
    # Nearly always all are floats, and their types are one set to compare.
    return _mapping(value) and (
        set(map(type, value.values())) <= {float, int}
        or all(isinstance(one, (int, float)) for one in value.values())
    )


def _texts(value: Any) -> bool:
    return isinstance(value, tuple) and all(
        isinstance(one, str) for one in value
    )


CHECKS: dict[str, Callable[[object], bool]] = {
    "float": lambda value: isinstance(value, (int, float)),
    "int": lambda value: isinstance(value, int),
    "str": lambda value: isinstance(value, str),
    "Phase": lambda value: value in ("pretrain", "adapt"),
    "tuple[str, ...]": _texts,
}
"""By what `events.py` calls a field's kind; all others are mappings."""
