"""Figures of the strategy matrix show each strategy where it belongs."""

import math

import pytest

from tests.figures.test_every_figure import check
from tl_core.analysis.intervals import interval
from tl_core.figures import matrix as figures
from tl_core.figures import matrix_row
from tl_core.figures.matrix import Axis, Mark

LOG = Axis("trained numbers (logarithmic)", "log", "~s")
LINEAR = Axis("source accuracy lost (share)", "linear", ".0%")


def mark(name: str, strategy: str, price: float, reached: float) -> Mark:
    spans = interval([price]), interval([reached - 0.01, reached + 0.01])
    return Mark(name, strategy, *spans, f"{name} reads much")


CHEAP = mark("Linear probe", "linear_probe", 1e3, 0.8)
WASTED = mark("BitFit", "bitfit", 2e3, 0.7)
DEAR = mark("Full", "full", 1e5, 0.97)
MARKS = [DEAR, WASTED, CHEAP]


def test_the_front_is_cheapest_first_and_has_no_beaten_one():
    assert figures.front(MARKS) == [CHEAP, DEAR]


def test_of_equal_prices_only_the_better_is_on_the_front():
    twin = mark("Scratch", "scratch", 1e5, 0.96)
    assert figures.front([DEAR, twin]) == [DEAR]


def test_equal_ones_are_both_on_the_front():
    same = mark("Joint", "joint", 1e5, 0.97)
    assert figures.front([DEAR, same]) == [DEAR, same]


@pytest.mark.parametrize("axis", [LOG, LINEAR])
def test_marks_stand_at_price_and_accuracy_within_the_axes(axis):
    figure = figures.trade(MARKS, axis, 0.98)
    line, *dots = figure.data
    assert line.x == (1e3, 1e5)
    assert [dot.name for dot in dots] == ["Full", "BitFit", "Linear probe"]
    low, high = figure.layout.xaxis.range
    assert all(low < axis.place(dot.x[0]) < high for dot in dots)
    assert figure.layout.yaxis.range[1] > 0.98
    check(figure)


def test_every_mark_is_named_where_it_stands():
    figure = figures.trade(MARKS, LOG)
    notes = {note.text: (note.x, note.y) for note in figure.layout.annotations}
    assert set(notes) == {"Full", "BitFit", "Linear probe"}
    assert notes["Full"] == pytest.approx((5, 0.97))


def test_an_unknown_interval_has_no_bar():
    figure = figures.trade(MARKS, LOG)
    assert figure.data[1].error_x.array == (0.0,)
    assert math.isnan(DEAR.price.half)
    assert figure.data[1].error_y.array[0] > 0


def test_a_lone_strategy_still_has_an_axis():
    low, high = figures.trade([DEAR], LINEAR).layout.xaxis.range
    assert low < 1e5 < high


def test_regrets_have_a_row_a_case_and_a_mark_an_adviser():
    rows = {
        "case <a>": {"rules": interval([0.1, 0.2]), "lot": interval([0.3])},
        "case b": {"rules": interval([0.0, 0.0]), "lot": interval([0.4])},
    }
    figure = figures.regrets(rows)
    rules, lot = figure.data
    assert rules.x == pytest.approx((15, 0))
    assert lot.x == pytest.approx((30, 40))
    assert rules.y == (0, 1)
    texts = [note.text for note in figure.layout.annotations]
    assert texts == ["case &lt;a&gt;", "case b"]
    check(figure)


def test_a_strategy_stands_out_from_the_others_over_labels():
    points = {10: interval([0.5, 0.6]), 100: interval([0.8, 0.8])}
    figure = matrix_row.over_labels(points, "lora", {"Full": points})
    other, mine = figure.data
    assert other.opacity == matrix_row.FAINT
    assert mine.y == pytest.approx((0.55, 0.8))
    assert mine.error_y.array[1] == pytest.approx(0)
    assert figure.layout.xaxis.ticktext == ("10", "100")
    check(figure)


def test_each_curve_over_steps_has_its_band():
    spans = [interval([0.4, 0.6]), interval([0.7, 0.9])]
    figure = matrix_row.over_steps({"10 labels": ([0, 50], spans)})
    band, line = figure.data
    assert line.y == pytest.approx((0.5, 0.8))
    assert len(band.x) == 4
    assert band.mode == "lines"
    check(figure)
