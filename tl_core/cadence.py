"""How often a run is measured: often enough to see, seldom enough to pay."""

from __future__ import annotations

BUDGET = 0.14
"""Share of a run's arithmetic that the points of its curves may add; with the
verdict at the end, measuring stays under a fifth of a run's time."""


def cadence(steps: int, samples: int, passes: int) -> int:
    """Steps between two points of a curve, so that all points together
    cost at most BUDGET of the run.

    A step of `samples` samples costs about three forward passes of each; a
    point costs one pass of `passes` samples. Arithmetic, not a clock: equal
    specs are measured at equal steps.
    """
    points = BUDGET * 3 * samples * steps / passes
    return max(1, round(steps / min(40.0, max(6.0, points))))
