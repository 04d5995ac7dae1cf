"""The runs of a race one by one: who runs what, in which order, and whether
all may spend the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tl_core import catalog
from tl_core.card import Hyper, Scalar, Sees, SpecError
from tl_core.criteria import held_out_of
from tl_core.spec import FIELDS, KIND, LABELS, RunSpec
from tl_core.texts import say

Heat = tuple[str, str, Scalar | None]
"""A pair, a backbone and a value of the sweep (None without one): what one
table may compare."""


@dataclass(frozen=True)
class Contender:
    """Who runs: a strategy with a backbone on a domain pair (catalog
    keys)."""

    dataset: str
    backbone: str
    strategy: str


@dataclass(frozen=True)
class Start:
    """One run's place in a race; `value` is that of the sweep, None for
    contenders that do not have its setting."""

    contender: Contender
    value: Scalar | None
    spec: RunSpec


def knob_of(name: str, who: Contender) -> Hyper | None:
    """A contender's knob by its flat name; None where it has none, or may
    not read target labels."""
    if name == "target_labels":
        card = catalog.entry("strategies", who.strategy).card
        blind = card.sees is Sees.UNLABELLED_TARGET or card.all_labels
        return None if blind else LABELS
    owner, _, knob = name.partition(".")
    if owner in KIND:
        entry = catalog.entry(KIND[owner], getattr(who, owner))
        return entry.knobs.get(knob)
    return None if name == "seed" else FIELDS.get(name)


def check_budgets(starts: Iterable[Start]) -> None:
    """Equal steps, batches, source training and labels for all contenders,
    value by value.

    Raises:
        SpecError: names who may spend something else.
    """
    first: dict[tuple[Scalar | None, str], tuple[Scalar | None, str]] = {}
    for start in starts:
        spec = start.spec
        names = ["pretrain_steps", "steps", "batch_size"]
        if knob_of("target_labels", start.contender):
            names.append("target_labels")
        for name in names:
            has = getattr(spec, name)
            key = (start.value, name)
            other, who = first.setdefault(key, (has, spec.strategy))
            if other != has:
                raise SpecError(
                    say(
                        "A race needs equal budgets: {name} is {other} for "
                        "{who} and {has} for {strategy}.",
                        name=name,
                        other=other,
                        who=who,
                        has=has,
                        strategy=spec.strategy,
                    )
                )


def sources_first(specs: Iterable[RunSpec]) -> list[RunSpec]:
    """Each spec once: first one run for every source model, which trains and
    keeps it, then those that find it ready."""
    unique = dict.fromkeys(specs)
    seen = set()
    first, rest = [], []
    for spec in unique:
        source = _source_of(spec)
        pretrained = catalog.entry("strategies", spec.strategy).card.pretrained
        if pretrained and source not in seen:
            seen.add(source)
            first.append(spec)
        else:
            rest.append(spec)
    return [*first, *rest]


def _source_of(spec: RunSpec) -> tuple[Any, ...]:
    network = tuple(sorted(spec.backbone_params.items()))
    where = (spec.dataset, spec.backbone, network)
    held_out = (
        spec.selection == "validation"
        and held_out_of(spec.strategy) == "source"
    )
    return (*where, spec.pretrain_steps, spec.seed, held_out)


def heats(starts: Sequence[Start]) -> list[Heat]:
    """Every pair, backbone and value once; contenders without the swept
    setting belong to each of its values."""
    values: list[Scalar | None] = [
        start.value for start in starts if start.value is not None
    ]
    found = [
        (start.contender.dataset, start.contender.backbone, value)
        for start in starts
        for value in dict.fromkeys(values or [None])
    ]
    return list(dict.fromkeys(found))


def in_heat(start: Start, heat: Heat) -> bool:
    """Whether a run belongs to a heat."""
    who, value = start.contender, heat[2]
    same = (who.dataset, who.backbone) == heat[:2]
    return same and (start.value in (None, value))
