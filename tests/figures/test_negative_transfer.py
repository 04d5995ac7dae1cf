"""Figures of gains show each where it belongs."""

import pytest

from tests.figures.test_every_figure import check
from tl_core.analysis.intervals import interval
from tl_core.figures import negative_transfer as figures

TABLE = {
    (0.0, 20): interval([0.1, 0.2, 0.3]),
    (1.0, 20): interval([-0.2, -0.2, -0.2]),
    (0.0, 50): interval([0.0, 0.1, -0.1]),
    (1.0, 50): interval([-0.1, -0.1, -0.1]),
}
SIGNS = {
    (0.0, 20): "not clear",
    (1.0, 20): "hurts",
    (0.0, 50): "not clear",
    (1.0, 50): "hurts",
}


def test_the_map_has_a_cell_for_each_with_its_mark():
    (cells,) = figures.gain_map(TABLE, SIGNS).data
    assert cells.z[0] == pytest.approx((20, -20))
    assert cells.z[1] == pytest.approx((0, -10))
    assert cells.text[0][1] == "-20.0<br>−"
    assert cells.zmin == -cells.zmax


def test_a_line_for_each_number_of_labels():
    few, more = figures.gain_lines(TABLE).data
    assert few.name == "20 labels"
    assert few.y == pytest.approx((20, -20))
    assert more.error_y.array[1] == pytest.approx(0, abs=1e-9)


def test_cases_stand_in_rows_by_their_sign():
    rows = {"a": TABLE[0.0, 20], "b": TABLE[1.0, 20]}
    traces = {
        t.name: t
        for t in figures.cases(rows, {"a": "helps", "b": "hurts"}).data
    }
    assert traces["helps"].y == (0,)
    assert traces["hurts"].x == pytest.approx((-20,))
    assert traces["not clear"].x == ()


def test_scores_stand_against_gains():
    (marks,) = figures.foretold({"names": POINTS}, "LogME").data
    assert marks.x == pytest.approx((0.5, 0.1))
    assert marks.y == pytest.approx((20, -20))
    assert marks.text == ("0 %", "100 %")


POINTS = {"0": ([0.4, 0.6], [0.1, 0.3]), "1": ([0.1, 0.1], [-0.2, -0.2])}
DRAWN = {
    "gain_map": lambda: figures.gain_map(TABLE, SIGNS),
    "gain_lines": lambda: figures.gain_lines(TABLE),
    "cases": lambda: figures.cases({"a": TABLE[0.0, 20]}, {"a": "helps"}),
    "foretold": lambda: figures.foretold({"names": POINTS}, "LogME"),
}


@pytest.mark.parametrize("name", DRAWN)
def test_every_figure_names_its_axes_and_speaks(name):
    check(DRAWN[name]())


def test_every_mark_is_named_by_its_share():
    figure = figures.foretold({"names": POINTS}, "LogME")
    notes = {note.text: (note.x, note.y) for note in figure.layout.annotations}
    assert notes["0 %"] == pytest.approx((0.5, 20))
    assert notes["100 %"] == pytest.approx((0.1, -20))
