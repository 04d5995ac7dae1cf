"""Means over seeds and how sure one can be of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev


@dataclass(frozen=True)
class Interval:
    """A mean of n values and its 95 % confidence interval."""

    mean: float
    low: float
    high: float
    n: int

    @property
    def half(self) -> float:
        """Half the interval's width."""
        return self.high - self.mean


def interval(values: Sequence[float]) -> Interval:
    """Student's t interval of the mean; a single value has no width known,
    which is written as nan.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("An interval needs at least one value.")
    mean, n = fmean(values), len(values)
    if n == 1:
        return Interval(mean, math.nan, math.nan, 1)
    from scipy.special import stdtrit

    half = float(stdtrit(n - 1, 0.975)) * stdev(values) / math.sqrt(n)
    return Interval(mean, mean - half, mean + half, n)
