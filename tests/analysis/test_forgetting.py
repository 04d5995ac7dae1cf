"""Forgetting and transfer of tables worked out by hand."""

import numpy as np
import pytest

from tl_core.analysis.forgetting import (
    backward_transfer,
    final_accuracy,
    forgetting,
    forward_transfer,
    lost,
)

# Task 1 is best after task 2, at 0.95; task 2 falls from 0.8 to 0.6.
R = np.array([[0.9, 0.3, 0.2], [0.95, 0.8, 0.1], [0.7, 0.6, 0.85]])


def test_the_three_measures_of_a_table_by_hand():
    assert forgetting(R) == pytest.approx([0.25, 0.2])
    assert backward_transfer(R) == pytest.approx([-0.2, -0.2])
    found = forward_transfer(R, np.array([0.1, 0.1, 0.15]))
    assert found == pytest.approx([0.3 - 0.1, 0.1 - 0.15])
    assert final_accuracy(R) == pytest.approx((0.7 + 0.6 + 0.85) / 3)


def by_loop(r: np.ndarray) -> tuple[float, float]:
    """Chaudhry's equations 2 and 3, Lopez-Paz's equation 3."""
    tasks = len(r)
    falls, back = 0.0, 0.0
    for j in range(tasks - 1):
        best = max(r[i][j] for i in range(tasks - 1))
        falls += (best - r[tasks - 1][j]) / (tasks - 1)
        back += (r[tasks - 1][j] - r[j][j]) / (tasks - 1)
    return falls, back


def test_it_is_the_equations_written_as_loops():
    r = np.random.default_rng(0).uniform(size=(5, 5))
    falls, back = by_loop(r)
    assert forgetting(r).mean() == pytest.approx(falls)
    assert backward_transfer(r).mean() == pytest.approx(back)


def test_of_two_tasks_the_two_definitions_are_one():
    r = np.array([[0.9, 0.1], [0.4, 0.8]])
    assert forgetting(r) == pytest.approx(-backward_transfer(r))


def test_forgetting_is_never_less_than_minus_backward_transfer():
    """Where each task is first seen in its own row."""
    chance = np.random.default_rng(1)
    for _ in range(20):
        r = chance.uniform(size=(4, 4))
        assert (forgetting(r) >= -backward_transfer(r) - 1e-12).all()


def test_a_curve_that_dips_and_recovers():
    found = lost([0.9, 0.95, 0.5, 0.7])
    assert found.by_first == pytest.approx(0.2)
    assert found.by_best == pytest.approx(0.25)
    assert found.recovered == pytest.approx(0.2)


def test_a_task_that_got_better_was_not_forgotten():
    found = lost([0.5, 0.6])
    assert found.by_first == pytest.approx(-0.1)
    assert found.by_best == 0


def test_what_is_no_table_or_curve_is_refused():
    with pytest.raises(ValueError, match=r"shape \(2, 3\) are no table"):
        forgetting(np.zeros((2, 3)))
    with pytest.raises(ValueError, match=r"shape \(1, 1\) are no table"):
        backward_transfer(np.zeros((1, 1)))
    with pytest.raises(ValueError, match="without points"):
        lost([])
