"""Questions a page may ask a worker while a reader waits.

Each answers in tens of milliseconds once the worker is warm, but those that
adapt a network first: `changed`, `weights`, `adapter`. They return plain
data or numpy arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from tl_core import (
    anatomy,
    confused,
    dann_lesson,
    depths,
    domain_gap,
    importance,
    inside,
    low_rank,
    pictures,
    statistics_lesson,
    training,
)
from tl_core.device import device
from tl_core.export import remake
from tl_core.spec import spec_from_settings


def samples(**settings: Any) -> dict[str, np.ndarray]:
    """What source and target of a dataset look like; see
    `pictures.samples`. `settings` name the dataset and its knobs.

    Raises:
        SpecError: there is no such dataset or knob.
    """
    spec = spec_from_settings(settings)
    pair = training.load_pair(spec, device())
    taken = next(pictures.samples(pair))
    return {name: a.numpy() for name, a in taken.arrays.items()}


def shift(**settings: Any) -> dict[str, Any]:
    """How far the two domains of a dataset lie apart, with some samples of
    each; see `domain_gap.measure`.

    Raises:
        SpecError: there is no such dataset or knob.
    """
    spec = spec_from_settings(settings)
    taken = next(pictures.samples(domain_gap.look(spec)))
    shown = {name: a.numpy() for name, a in taken.arrays.items()}
    return {**domain_gap.measure(spec), "samples": shown}


def about(
    question: Callable[..., Any],
    options: Mapping[str, Any] | None = None,
    **settings: Any,
) -> Any:
    """A question of `inside` or `depths` about the source model of a spec;
    `options` are its further arguments, such as the stage.

    Raises:
        SpecError: there is no such dataset, backbone, knob, domain or channel.
    """
    return question(spec_from_settings(settings), **(options or {}))


INSIDE = (
    anatomy.anatomy,
    confused.confused,
    inside.stages,
    inside.first_layer,
    inside.best_images,
    inside.seen,
    inside.attended,
    depths.projected,
    depths.changed,
    depths.learned,
    depths.promise,
    depths.by_depth,
    importance.needed,
    dann_lesson.played,
    low_rank.changes,
    low_rank.grown,
    statistics_lesson.statistics,
    remake.source_checkpoint,
    remake.weights,
    remake.adapter,
)
QUESTIONS: dict[str, Callable[..., Any]] = {
    "samples": samples,
    "shift": shift,
    **{question.__name__: partial(about, question) for question in INSIDE},
}
