"""Whether one strategy beats another: paired differences over seeds.

Runs of one seed share the initial weights, the source model and the order of
samples, so that their difference varies less than either does. The paired
t test (Student 1908, "The probable error of a mean") asks whether the mean
of the n differences d could be zero:

$$t = \\frac{\\bar d}{s_d / \\sqrt n}, \\qquad n - 1
\\text{ degrees of freedom}$$

Of many comparisons some look like differences by chance; Holm (1979, "A
simple sequentially rejective multiple test procedure") multiplies the
smallest of m p values by m, the next by m - 1, and so on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tl_core.analysis.intervals import Interval, interval


@dataclass(frozen=True)
class Difference:
    """`span` is the mean of a - b over seeds with its 95 % interval; `p` is
    the chance of one as large were there none, nan for a single seed."""

    span: Interval
    p: float


def difference(a: Sequence[float], b: Sequence[float]) -> Difference:
    """The two-sided paired t test of values that belong together by place.

    Raises:
        ValueError: they are not as many, or there are none.
    """
    if len(a) != len(b):
        raise ValueError("Paired values come in twos.")
    span = interval([x - y for x, y in zip(a, b, strict=True)])
    if span.n == 1:
        return Difference(span, math.nan)
    return Difference(span, _p_value(span))


def _p_value(span: Interval) -> float:
    """From the interval, whose half width is t(0.975) standard errors."""
    if span.half == 0:  # all seeds agree to the digit
        return 0.0 if span.mean else 1.0
    from scipy.special import stdtr, stdtrit

    free = span.n - 1
    t = span.mean / span.half * float(stdtrit(free, 0.975))
    return float(2 * stdtr(free, -abs(t)))


def holm(p_values: Sequence[float]) -> list[float]:
    """p values corrected for their number, in the order given; nan, where
    nothing could be tested, stays and does not count."""
    tested = [i for i, p in enumerate(p_values) if not math.isnan(p)]
    corrected, largest = list(p_values), 0.0
    by_size = sorted(tested, key=lambda i: p_values[i])
    for place, index in enumerate(by_size):
        factor = len(tested) - place
        largest = max(largest, min(1.0, factor * p_values[index]))
        corrected[index] = largest
    return corrected
