"""Pictures of importances hold what was measured."""

import numpy as np
import pytest

from tl_core.figures import importance


def test_lorenz_curves_lie_below_the_diagonal_and_say_their_gini():
    curves = np.array([[0, 0.1, 1.0], [0, 0.5, 1.0]])
    figure = importance.lorenz_curves(curves, ["all", "conv1"], [0.4, 0.0])
    even, whole, stage = figure.data
    assert list(even.y) == [0, 1]
    assert list(whole.x) == [0, 0.5, 1]
    assert list(whole.y) == [0, 0.1, 1.0]
    assert whole.name == "all (Gini 0.40)"
    assert "least important %{x:.0%} of conv1" in stage.hovertemplate


def test_stages_show_importance_beside_size():
    figure = importance.stage_bars({"a": 0.7, "b": 0.3}, {"a": 0.1, "b": 0.9})
    assert [list(t.y) for t in figure.data] == [[0.7, 0.3], [0.1, 0.9]]
    assert list(figure.data[0].x) == ["a", "b"]


def test_overlaps_are_bars_up_to_one():
    figure = importance.overlap_bars({"conv1": 0.8, "dense": 0.2})
    assert list(figure.data[0].y) == [0.8, 0.2]
    assert figure.layout.yaxis.range[1] == pytest.approx(1.02)


def test_connections_are_logarithmic_and_nothing_is_infinite():
    pairs = np.array([[1.0, 0.01], [0.0, 1e-9]])
    (cells,) = importance.channel_map(pairs).data
    np.testing.assert_allclose(cells.z, [[0, -2], [-6, -6]])
    np.testing.assert_allclose(cells.customdata, pairs)
    assert np.isfinite(
        importance.channel_map(np.zeros((2, 2))).data[0].z
    ).all()


def test_both_sums_are_drawn_over_the_steps():
    rows = [
        {"step": 5, "exact": 3.0, "empirical": 2.0, "loss": 1.0},
        {"step": 50, "exact": 0.3, "empirical": 0.02, "loss": 0.1},
    ]
    one, two = importance.traces(rows).data
    assert (list(one.x), list(one.y)) == ([5, 50], [3.0, 0.3])
    assert list(two.y) == [2.0, 0.02]
    assert one.line.dash != two.line.dash
