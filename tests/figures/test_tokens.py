"""Charts of what learnt tokens take, and of memory, on made-up data."""

import numpy as np
import pytest

from tests.figures.test_every_figure import check
from tl_core.analysis.intervals import interval
from tl_core.figures import memory, tokens

SPAN = interval([0.4, 0.5, 0.6])


@pytest.mark.parametrize("learnt", [0, 2])
def test_an_attention_map_sets_learnt_columns_apart(learnt):
    maps = np.arange(3.0 * (3 + learnt)).reshape(3, -1) / 20
    figure = tokens.attention_map(maps, learnt, 1.0)
    check(figure)
    own = figure.data[-1]
    np.testing.assert_array_equal(own.z, maps[:, learnt:])
    assert len(figure.data) == 1 + bool(learnt)
    if learnt:
        assert own.x[0] - figure.data[0].x[-1] > 1
    assert (own.zmin, own.zmax) == (-1, 1)
    assert own.text[0][1] == "class reads patch 1"


def test_masses_at_the_start_and_at_the_end_have_one_scale():
    start, end = np.zeros((4, 3)), np.full((4, 3), -0.5)
    figure = tokens.mass_map(start, end)
    check(figure)
    one, two = figure.data
    assert (one.zmin, one.zmax) == (two.zmin, two.zmax) == (-0.5, 0.5)
    assert max(one.x) < min(two.x)


def test_no_mass_at_all_can_be_drawn():
    check(tokens.mass_map(np.zeros((1, 1)), np.zeros((1, 1))))


def test_every_curve_of_zeros_has_its_intervals():
    figure = tokens.zero_curves(
        [0, 1], dict.fromkeys(tokens.ZEROS, [SPAN] * 2)
    )
    check(figure)
    assert len(figure.data) == len(tokens.ZEROS)
    for line in figure.data:
        assert list(line.error_y.array) == [SPAN.half] * 2
    assert (
        len({line.line.dash + line.marker.symbol for line in figure.data}) == 4
    )


def test_bars_of_memory_stack_to_the_whole():
    mib = memory.MIB
    measured = {"a": dict.fromkeys(memory.PARTS, mib)}
    predicted = {"a": dict.fromkeys(memory.PARTS, 2 * mib)}
    figure = memory.bars(measured, predicted)
    check(figure)
    assert sum(bar.x[0] for bar in figure.data[:-1]) == 4
    assert figure.data[-1].x[0] == 8
    assert figure.layout.barmode == "stack"
