"""The test samples behind one cell of a run's confusion."""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_core import pictures, training
from tl_core.card import SpecError
from tl_core.device import device
from tl_core.spec import RunSpec
from tl_core.texts import say

MOST = 60
"""Samples that are sent at once."""


def confused(
    spec: RunSpec, predicted: np.ndarray, label: int, guess: int
) -> dict[str, Any]:
    """The target test samples of class `label` that were read as `guess`.

    `predicted` (n,) says what a run of `spec` read each test sample as.
    Returns how many there are (`count`), their places in the test set
    (`index`) and the first MOST of them (`x`, as `pictures.to_show`).

    Raises:
        SpecError: the data are not those of the run.
    """
    test = training.load_pair(spec, device()).target.test
    if len(predicted) != len(test):
        raise SpecError(
            say(
                "The run read {predicted} test samples and there are {test} "
                "now: the data have changed. Run it again.",
                predicted=len(predicted),
                test=len(test),
            )
        )
    labels = test.y.cpu().numpy()
    index = np.flatnonzero((labels == label) & (predicted == guess))
    return {
        "count": len(index),
        "index": index,
        "x": pictures.to_show(test.x[index[:MOST].tolist()]),
    }
