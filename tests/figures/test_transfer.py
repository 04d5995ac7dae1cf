"""The transfer curve shows each mean over its number of stages."""

import pytest

from tl_core.analysis.intervals import interval
from tl_core.figures import theme, transfer

CURVES = {
    "BnB": [interval([0.8, 0.9]), interval([0.7, 0.9])],
    "AnB": [interval([0.8, 0.8]), interval([0.5, 0.6])],
}


def test_each_curve_has_its_means_and_intervals():
    figure = transfer.transfer_curves(CURVES, ["conv1"])
    for trace, spans in zip(figure.data, CURVES.values(), strict=True):
        assert list(trace.y) == [s.mean for s in spans]
        assert list(trace.error_y.array) == [s.half for s in spans]
        assert [round(x) for x in trace.x] == [0, 1]
    assert [t.line.color for t in figure.data] == [theme.SOURCE, theme.TARGET]


def test_stages_are_named_on_the_axis():
    figure = transfer.transfer_curves(CURVES, ["conv1"])
    assert figure.layout.xaxis.ticktext == ("none", "to conv1")


def test_marks_of_different_curves_do_not_hide_each_other():
    one, two = transfer.transfer_curves(CURVES, ["conv1"]).data
    assert two.x[0] - one.x[0] == pytest.approx(transfer.APART)


def test_every_line_can_be_told_without_colour():
    looks = {(dash, mark) for _, _, dash, mark in transfer.LINES.values()}
    assert len(looks) == len(transfer.LINES)
