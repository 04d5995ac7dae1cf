"""What a page may know about a catalog entry without loading torch.

Every dataset, backbone and strategy is one file with one dataclass. Its
fields are its knobs, declared with `hyper`; its `card` says in words what it
is. `catalog.py` reads both straight from the source text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from tl_core.texts import say

Scalar = bool | int | float | str


class SpecError(ValueError):
    """A setting that cannot be run; the message is one plain sentence."""


class Sees(Enum):
    """Which labels a strategy may use while it adapts (source: always
    available at pretraining)."""

    TARGET = say("target labels only")
    UNLABELLED_TARGET = say("source labels, target inputs without labels")
    BOTH = say("source and target labels")


@dataclass(frozen=True)
class Hyper:
    """One knob: default, symbol (LaTeX), range or choices, and a help text.

    A knob that is text without choices has a `pattern` that it must match.
    """

    default: Scalar
    help: str
    symbol: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    log: bool = False
    unit: str = ""
    pattern: str = ""

    def check(self, name: str, value: object) -> Scalar:
        """Return `value` in the knob's own type.

        Raises:
            SpecError: names the knob, the value and what is allowed.
        """
        if self.choices:
            if value not in self.choices:
                raise SpecError(
                    say(
                        "{name} cannot be {shown}; choose one of: {choices}.",
                        name=name,
                        shown=shown(value),
                        choices=", ".join(self.choices),
                    )
                )
            return str(value)
        if isinstance(self.default, str):
            if not re.fullmatch(self.pattern, str(value)):
                raise SpecError(
                    say(
                        "{name} cannot be {shown}.",
                        name=name,
                        shown=shown(value),
                    )
                )
            return str(value)
        return check_number(
            name, value, type(self.default), self.low, self.high
        )


def check_number(
    name: str,
    value: object,
    kind: type,
    low: float | None,
    high: float | None,
) -> Scalar:
    """Return `value` as `kind` (bool, int or float) within [low, high].

    Text is read as a number, so that URLs and command lines need no parser of
    their own.

    Raises:
        SpecError: not a number, not whole, not finite, or out of range.
    """
    if kind is bool:
        return _read_switch(name, value)
    allowed = _describe_range(kind, low, high)
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise _refusal(name, value, allowed) from None
    whole = kind is float or number.is_integer()
    if not math.isfinite(number) or not whole:
        raise _refusal(name, value, allowed)
    below = low is not None and number < low
    above = high is not None and number > high
    if below or above:
        raise _refusal(name, value, allowed)
    return int(number) if kind is int else number


def _refusal(name: str, value: object, allowed: str) -> SpecError:
    return SpecError(
        say(
            "{name} cannot be {shown}; use {allowed}.",
            name=name,
            shown=shown(value),
            allowed=allowed,
        )
    )


def shown(value: object) -> str:
    """A value as a message quotes it: at most 40 characters."""
    try:
        text = str(value)[:2000] if isinstance(value, float) else repr(value)
    except ValueError:  # Python writes no whole number of 4300 digits
        return say("a number of thousands of digits")
    return text if len(text) <= 40 else f"{text[:36]}...{text[-1]}"


def _read_switch(name: str, value: object) -> bool:
    words = {"true": True, "1": True, "false": False, "0": False}
    text = str(value).lower()
    if text not in words:
        raise _refusal(name, value, say("true or false"))
    return words[text]


def _describe_range(kind: type, low: float | None, high: float | None) -> str:
    noun = say("a whole number") if kind is int else say("a number")
    if low is None and high is None:
        return noun
    if high is None:
        return say("{noun} from {low:g} upwards", noun=noun, low=low)
    if low is None:
        return say("{noun} up to {high:g}", noun=noun, high=high)
    return say(
        "{noun} from {low:g} to {high:g}", noun=noun, low=low, high=high
    )


def hyper(default: Scalar, help: str, **about: Any) -> Any:
    """A dataclass field that is a knob; see `Hyper` for `about`."""
    knob = Hyper(default=default, help=help, **about)
    return field(default=default, metadata={"hyper": knob})


@dataclass(frozen=True)
class StrategyCard:
    """Names a strategy, its objective and what it may look at.

    `terms` maps each key that `loss` returns to its LaTeX; `symbols` maps a
    LaTeX symbol of the formula to the name it has in the code. `pretrained`:
    it starts from source training. `measures_source`: it reads source samples
    before it adapts, though not while it does. `lr`: the learning rate that
    suits it, as `tuned_rates.py` found; a run that names none by its spec has
    the usual one still.
    """

    title: str
    summary: str
    formula: str
    terms: Mapping[str, str]
    symbols: Mapping[str, str]
    reference: str
    sees: Sees
    pretrained: bool = True
    all_labels: bool = False
    needs_batch_norm: bool = False
    needs_tokens: bool = False
    measures_source: bool = False
    lr: float = 1e-3
    order: int = 100

    @property
    def needs_source(self) -> bool:
        """Whether it is lost without source samples."""
        return self.measures_source or self.sees is not Sees.TARGET


@dataclass(frozen=True)
class DatasetCard:
    """Names a domain pair and says which part of the task moves.

    `moves` lists what differs between source and target: "P(X)", "P(Y)",
    "P(Y|X)", "X" or "Y". `severity` names the knobs that make the shift: at
    zero source and target follow one law. `inputs` is "images" or "points".
    `source_task` is set where no source samples are at hand, only a network
    that learned from them: "ImageNet" or "text". `online`: its files are
    downloaded on request. `begin`: settings, by name, with which a first run
    shows something where the usual ones do not.
    """

    title: str
    summary: str
    source: str
    target: str
    moves: tuple[str, ...]
    inputs: str
    reference: str
    severity: tuple[str, ...] = ()
    source_task: str = ""
    online: bool = False
    begin: tuple[tuple[str, str], ...] = ()
    order: int = 100


@dataclass(frozen=True)
class BackboneCard:
    """Names an architecture; `accepts` lists the inputs it can read.

    `pretrained` says what its shipped weights learned from ("ImageNet",
    "text"), `batch_norm` whether it has BatchNorm layers (a knob `norm`, where
    there is one, decides instead), `has_tokens` whether it is a transformer.
    """

    title: str
    summary: str
    stages: tuple[str, ...]
    accepts: tuple[str, ...]
    reference: str
    pretrained: str = ""
    batch_norm: bool = False
    has_tokens: bool = False
    order: int = 100
