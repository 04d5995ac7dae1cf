"""What claims and lessons read off a finished run, by name.

Any accuracy of `RunFinished` is a measure too: "target", "source",
"source_before", "source_old_head", "source_adapter_off".
"""

from __future__ import annotations

from collections.abc import Callable

from tl_core.history import History
from tl_core.texts import say

TOP = 0.01
"""Share of the weights that count as the most important ones."""


def measure(history: History, name: str) -> float:
    """One number of a finished run.

    Raises:
        LookupError: the run is not finished, or has no such number.
    """
    if history.finished is None:
        raise LookupError(
            say("The run {id} is not finished.", id=history.spec.id)
        )
    if name in MEASURES:
        return MEASURES[name](history)
    return history.finished.accuracy[name]


def trained_share(history: History) -> float:
    """Numbers trained, as a share of the network's own."""
    counts = history.parameters
    return counts["trained"] / counts["total"]


def early(history: History) -> float:
    """Target accuracy in the mean over the curve: higher where the same end
    is reached sooner."""
    values = history.accuracy("target")[1]
    return sum(values) / len(values)


def fitted(history: History) -> float:
    """Accuracy on the labelled samples that were trained on."""
    return history.scores("fitted")[1][-1]


def told_apart(history: History) -> float:
    """Held-out accuracy of a small classifier that tells the domains apart
    by the source model's features: (1 + A/2) / 2 with A the A-distance."""
    return 0.5 + float(history.arrays("a_distance")["before"][-1]) / 4


def still_told_apart(history: History) -> float:
    """The same after adaptation."""
    return 0.5 + float(history.arrays("a_distance")["after"][-1]) / 4


def gap_before(history: History) -> float:
    """MMD^2 of the last stage before adaptation."""
    return history.mmd(history.stages[-1])[1][0]


def gap_after(history: History) -> float:
    """MMD^2 of the last stage after adaptation."""
    return history.mmd(history.stages[-1])[1][-1]


def concentrated(history: History) -> float:
    """Share of the Fisher information that the top 5 % of weights hold."""
    return 1 - float(history.arrays("fisher")["lorenz"][0][95])


def held(history: History) -> float:
    """How far the most important weights moved, as a share of how far all
    did (medians)."""
    import numpy as np

    found = history.arrays("fisher")
    fisher, moved = found["fisher"], found["moved"]
    top = fisher >= np.quantile(fisher, 1 - TOP)
    return float(np.median(moved[top]) / np.median(moved))


MEASURES: dict[str, Callable[[History], float]] = {
    each.__name__: each
    for each in (
        trained_share,
        early,
        fitted,
        told_apart,
        still_told_apart,
        gap_before,
        gap_after,
        concentrated,
        held,
    )
}
