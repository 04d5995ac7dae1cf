"""The picture of a whole race: a sweep, and every run as a line."""

import pytest

from tests.figures.test_every_figure import check
from tl_core.analysis.intervals import interval
from tl_core.figures import contest, theme
from tl_core.figures.contest import Column
from tl_core.figures.data import as_table

SPAN, HIGHER = interval([0.4, 0.5, 0.6]), interval([0.7, 0.8, 0.9])
KEYS = ["mmd", "dann", "mmd"]
COLUMNS = [
    Column("strategy", ["MMD alignment", "DANN", "MMD alignment"]),
    Column("seed", [0, 0, 1]),
    Column("steps", [30, 30, 30]),
    Column("target accuracy (share)", [0.8, 0.7, 0.9], ".0%"),
]


def test_a_sweep_is_a_line_a_strategy_with_intervals():
    lines = {"mmd": {0.1: SPAN, 1.0: HIGHER}, "dann": {0.1: SPAN, 1.0: SPAN}}
    figure = contest.over_values(lines, "weight")
    check(figure)
    mmd, dann = figure.data
    assert list(mmd.x) == [0.1, 1.0]
    assert list(mmd.y) == pytest.approx([0.5, 0.8])
    assert mmd.error_y.array[0] == pytest.approx(SPAN.half)
    assert mmd.line.color == theme.style("mmd").colour
    assert dann.name == "DANN"
    assert figure.layout.xaxis.type is None


def test_a_wide_sweep_has_a_logarithmic_axis_and_says_so():
    lines = {"mmd": {0.01: SPAN, 0.1: SPAN, 1.0: SPAN}}
    figure = contest.over_values(lines, "weight")
    assert figure.layout.xaxis.type == "log"
    assert "logarithmic" in figure.layout.xaxis.title.text


def test_names_are_swept_in_their_order():
    figure = contest.over_values(
        {"mmd": {"group": SPAN, "batch": SPAN}}, "norm"
    )
    check(figure)
    assert list(figure.data[0].x) == ["group", "batch"]


def test_one_seed_has_no_interval():
    figure = contest.over_values({"mmd": {1: interval([0.4])}}, "stages")
    assert list(figure.data[0].error_y.array) == [0]


def test_every_run_is_a_line_in_its_strategys_colour():
    (lines,) = contest.parallel(COLUMNS, KEYS).data
    labels = [axis.label for axis in lines.dimensions]
    assert labels == ["strategy", "seed", "target<br>accuracy (share)"]
    assert list(lines.line.color) == [0, 1, 0]
    assert lines.line.colorscale == (
        (0.0, theme.style("mmd").colour),
        (1.0, theme.style("dann").colour),
    )
    names = lines.dimensions[0]
    assert [names.ticktext[int(v)] for v in names["values"]] == list(
        COLUMNS[0].values
    )


def test_parallel_lines_are_a_table_of_runs():
    table = as_table(contest.parallel(COLUMNS, KEYS))
    assert len(table) == 3
    assert list(table["strategy"]) == list(COLUMNS[0].values)
    assert list(table["target accuracy (share)"]) == [0.8, 0.7, 0.9]


def test_a_single_run_is_still_a_picture():
    figure = contest.parallel([Column("seed", [0])], ["mmd"])
    assert len(as_table(figure)) == 1
