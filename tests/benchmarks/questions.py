"""What a page waits for on a warm worker, beside the run that makes it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tests.benchmarks.timing import Row, Sizes, in_turn, shown
from tl_core import probes
from tl_core.fit import default_choice

GROUP = "questions"
LIMIT = 0.3
"""Seconds between a click and its answer."""


def rows(sizes: Sizes) -> Iterator[Row]:
    """Four questions about the default source model."""
    settings = default_choice("mnist_to_optdigits")
    picture = {"domain": "target", "index": 3}
    for name, options in (
        ("seen", {**picture, "stage": "conv2"}),
        ("best_images", {"stage": "conv2", "channel": 0}),
        ("first_layer", {}),
        ("projected", {"stage": "dense", "how": "pca"}),
    ):
        ask = partial(probes.QUESTIONS[name], options=options, **settings)
        taken = in_turn(ask, ask, sizes.rounds)[0]
        bound = shown(LIMIT)
        yield Row(
            GROUP,
            f"question {name}",
            shown(taken),
            "a click's answer",
            bound,
            taken / LIMIT,
            "≤ 1",
        )
