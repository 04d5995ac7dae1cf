"""What one run may ask of the lab, whoever asks and whatever a form allows.

Each field has a range of its own (`spec.py`); here are bounds on what they
mean together: hours on the worker, and memory.
"""

from __future__ import annotations

from tl_core import catalog, demo, picture_sets
from tl_core.card import SpecError, shown
from tl_core.spec import VERSION, RunSpec
from tl_core.texts import say

SAMPLES = 10_000_000
"""Of each domain, over all steps: an hour of the smallest networks on two
cores."""
PIXELS = 2**22
"""Of each domain, in one batch: 256 pictures of 128 x 128."""
SIDES = {"": 32, "text": 32, "ImageNet": 128}
"""Pixels on each side of a picture where a pair has no such knob, at most, by
what its source network learned from."""


def check(spec: RunSpec) -> None:
    """Check a spec before it is queued.

    Raises:
        SpecError: names the field, its value and what is allowed; or the
            pictures it needs are not kept here.
    """
    if spec.version != VERSION:
        raise SpecError(
            say(
                "version cannot be {given}; this lab runs {version}.",
                given=shown(spec.version),
                version=VERSION,
            )
        )
    demo.check(spec)
    side = _side(spec)
    _at_most("batch_size", spec.batch_size, PIXELS // side**2, f"side={side}")
    size = f"batch_size={spec.batch_size}"
    _at_most("steps", spec.steps, SAMPLES // spec.batch_size, size)


def _at_most(name: str, value: int, most: int, beside: str) -> None:
    if value > most:
        raise SpecError(
            say(
                "{setting} cannot be {given} with {beside}; use at most "
                "{most}.",
                setting=name,
                given=value,
                beside=beside,
                most=most,
            )
        )


def _side(spec: RunSpec) -> int:
    """Pixels on each side of a run's pictures."""
    side = spec.dataset_params.get("side")
    if side is None:
        card = catalog.entry("datasets", spec.dataset).card
        return SIDES[card.source_task]
    if side == "auto":
        return picture_sets.about(str(spec.dataset_params["data"])).side
    return int(side)
