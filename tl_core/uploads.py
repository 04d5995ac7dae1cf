"""Checks and decodes a user's own pictures, from a folder or a zip file."""

from __future__ import annotations

from collections import Counter

import numpy as np

from tl_core import decoding, picture_sets
from tl_core.card import SpecError
from tl_core.intake import Given, Left, Member, members
from tl_core.picture_places import PARTS, shown
from tl_core.picture_sets import Counts, Imported, Picture
from tl_core.texts import say

SIDES = (128, 96, 64, 32)
MOST_PIXELS = 2_000_000_000
"""Of all pictures together, as they are in their files."""
MOST_DECODED = 200 * 2**20
"""Bytes that all decoded pictures together may fill."""
CLASSES = (2, 200)
LEAST = 4
"""Pictures that a class needs where a quarter of them is held out."""
FIRST = 5
"""Names that a sentence lists before it says how many more there are."""


def take(given: Given) -> Imported:
    """Import a folder or a zip file with target/CLASS/* and, where there is
    a source, source/CLASS/*; PART_test/ holds test pictures.

    Raises:
        SpecError: there is nothing to use; says what has to be changed.
    """
    left: Left = []
    found, sides = _pictures(given, left)
    if not found:
        raise SpecError(_nothing(left))
    check(counts_of(found))
    side = _common_side(sides)
    decoded = _decode(found, side, left)
    found.clear()  # the files' bytes: up to 200 MB
    counts = counts_of(decoded)
    check(counts)
    return picture_sets.keep(decoded, counts, side, tuple(left))


def _pictures(given: Given, left: Left) -> tuple[list[Member], list[int]]:
    """Files that begin like pictures, and the shorter side of each."""
    found, sides, spent = [], [], 0
    for member in members(given, left):
        try:
            width, height = decoding.size(member.data)
        except decoding.UnusableError as reason:
            left.append((_path(member), str(reason)))
            continue
        found.append(member)
        sides.append(min(width, height))
        spent += width * height
        if spent > MOST_PIXELS:
            raise SpecError(
                say(
                    "The pictures have more than {most} million pixels "
                    "together; use fewer or smaller ones.",
                    most=MOST_PIXELS // 10**6,
                )
            )
    return found, sides


def _path(member: Member) -> str:
    return shown(f"{member.part}/{member.label}/{member.name}")


def _nothing(left: Left) -> str:
    example = ""
    if left:
        name, reason = left[0]
        example = say(
            " The first file left out is {name}: {reason}.",
            name=name,
            reason=reason,
        )
    return say(
        "The data hold no pictures; they need target/CLASS/ with pictures, "
        "and source/CLASS/ unless the backbone arrives trained.{example}",
        example=example,
    )


def _common_side(sides: list[int]) -> int:
    """The size to keep: that of the larger pictures, as memory allows."""
    wanted = int(np.quantile(sides, 0.9))
    fitting = [s for s in SIDES if s * s * 3 * len(sides) <= MOST_DECODED]
    return next((s for s in fitting if s <= wanted), fitting[-1])


def _decode(found: list[Member], side: int, left: Left) -> list[Picture]:
    decoded = []
    for member in found:
        try:
            picture = decoding.pixels(member.data, side)
        except decoding.UnusableError as reason:
            left.append((_path(member), str(reason)))
            continue
        decoded.append(Picture(member.part, member.label, picture))
    return decoded


def counts_of(found: list[Member] | list[Picture]) -> Counts:
    """How many pictures there are, by part and class."""
    seen = Counter((one.part, one.label) for one in found)
    counts: Counts = {}
    for part in PARTS:
        names = sorted(label for p, label in seen if p == part)
        if names:
            counts[part] = {name: seen[part, name] for name in names}
    return counts


def check(counts: Counts) -> None:
    """Whether a network can be trained and measured on such a set.

    Raises:
        SpecError: says what is missing.
    """
    wanted = set(counts.get("target", {}))
    if not CLASSES[0] <= len(wanted) <= CLASSES[1]:
        raise SpecError(
            say(
                "Classes with pictures in target/: {there}; {least} to "
                "{most} are needed.",
                there=len(wanted),
                least=CLASSES[0],
                most=CLASSES[1],
            )
        )
    if "source_test" in counts and "source" not in counts:
        raise SpecError(
            say("There is source_test/ but no source/ to train on.")
        )
    for part, by_class in counts.items():
        _check_classes(part, set(by_class), wanted)
    _check_amounts(counts)


def _check_classes(part: str, names: set[str], wanted: set[str]) -> None:
    if names != wanted:
        raise SpecError(
            say(
                "target/ and {part}/ must have the same classes; only in "
                "target/: {missing}; only in {part}/: {added}.",
                part=part,
                missing=_some(wanted - names),
                added=_some(names - wanted),
            )
        )


def _check_amounts(counts: Counts) -> None:
    for part in set(counts) & {"source", "target"}:
        least = 2 if f"{part}_test" in counts else LEAST
        few = {name for name, n in counts[part].items() if n < least}
        if few:
            raise SpecError(
                say(
                    "Each class needs at least {least} pictures in {part}/; "
                    "too few are in: {some}.",
                    least=least,
                    part=part,
                    some=_some(few),
                )
            )


def _some(names: set[str]) -> str:
    first = [shown(name) for name in sorted(names)[:FIRST]]
    if len(names) > FIRST:
        return say(
            "{first} and {count} more",
            first=", ".join(first),
            count=len(names) - FIRST,
        )
    return ", ".join(first) if names else say("none")
