"""The forest of claims shows each verdict where it was measured."""

import math

import pytest

from tl_core.analysis.intervals import interval
from tl_core.claim import Arm, Claim, Verdict
from tl_core.figures import claims

ARM = Arm("optdigits", "mmd")
JUDGED = [
    (
        Claim("a", "Aligned wins.", "6", "x", ARM, ARM, 0, math.inf),
        Verdict("holds", interval([0.1, 0.2, 0.3])),
    ),
    (
        Claim("b", "The same.", "6", "x", ARM, ARM, -0.05, 0.05),
        Verdict("does not hold", interval([-0.2, -0.2, -0.2])),
    ),
]


def test_each_claim_has_a_row_with_its_mean_and_interval():
    traces = {t.name: t for t in claims.forest(JUDGED).data}
    held, failed = traces["holds"], traces["does not hold"]
    assert held.x[0] == pytest.approx(20)
    assert held.error_x.array[0] == pytest.approx(24.8, abs=0.1)
    assert held.y == (0,)
    assert failed.x[0] == pytest.approx(-20)
    assert failed.y == (1,)
    assert traces["not clear"].x == ()


def test_bounds_are_drawn_where_they_are_and_infinity_is_not():
    traces = {t.name: t for t in claims.forest(JUDGED).data}
    ticks = traces["the claim's bounds"]
    drawn = sorted(zip(ticks.x, ticks.y, strict=True))
    assert drawn == [(-5, 1), (0, 0), (5, 1)]


def test_long_statements_are_broken_and_keep_their_words():
    said = "A kept head whose names no longer fit is worse than scratch."
    lines = claims.wrapped(said, 20).split("<br>")
    assert all(len(line) <= 20 for line in lines)
    assert " ".join(lines) == said
