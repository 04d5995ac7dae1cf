"""Paired tests over seeds, against another implementation."""

import math

import numpy as np
import pytest
from scipy import stats

from tl_core.analysis.paired import difference, holm


@pytest.mark.parametrize("n", [2, 3, 5, 12])
def test_a_difference_is_scipys_paired_test(n):
    draw = np.random.default_rng(n)
    a, b = draw.normal(0.8, 0.05, n), draw.normal(0.75, 0.05, n)
    found = difference(list(a), list(b))
    oracle = stats.ttest_rel(a, b)
    low, high = oracle.confidence_interval(0.95)
    assert found.p == pytest.approx(oracle.pvalue, rel=1e-9)
    assert found.span.low == pytest.approx(low)
    assert found.span.high == pytest.approx(high)


def test_pairing_finds_what_two_spreads_hide():
    a = [0.5, 0.7, 0.9]
    b = [0.49, 0.688, 0.89]
    assert difference(a, b).p < 0.01
    assert stats.ttest_ind(a, b).pvalue > 0.9


def test_the_other_way_round_is_the_same_test():
    a, b = [0.5, 0.7, 0.6], [0.4, 0.65, 0.61]
    there, back = difference(a, b), difference(b, a)
    assert there.p == back.p
    assert there.span.mean == -back.span.mean


def test_seeds_that_agree_to_the_digit_need_no_chance():
    assert difference([1.0, 1.0], [1.0, 1.0]).p == 1.0
    assert difference([1.0, 1.0], [0.5, 0.5]).p == 0.0


def test_one_seed_tests_nothing():
    assert math.isnan(difference([0.9], [0.1]).p)


def test_unpaired_values_are_refused():
    with pytest.raises(ValueError, match="in twos"):
        difference([1.0, 2.0], [1.0])


def test_holm_by_hand():
    # Smallest times 4, next times 3 ..., never smaller than the one before.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx(
        [0.03, 0.06, 0.06, 0.02]
    )
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_what_was_not_tested_does_not_count():
    first, second = holm([math.nan, 0.02])
    assert math.isnan(first)
    assert second == 0.02


def test_holm_never_finds_what_a_single_test_does_not():
    p = list(np.random.default_rng(0).uniform(0, 0.2, 15))
    assert all(c >= q for c, q in zip(holm(p), p, strict=True))
    assert min(holm(p)) == pytest.approx(min(1, 15 * min(p)))
