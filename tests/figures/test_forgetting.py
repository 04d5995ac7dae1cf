"""Pictures of forgetting hold what was measured."""

import numpy as np

from tl_core.figures import forgetting, theme

TITLES = {"full": "Full fine-tuning", "ewc": "EWC"}


def test_a_table_of_tasks_is_read_from_its_rows():
    r = np.array([[0.9, 0.1], [0.4, 0.8]])
    figure = forgetting.task_table(r, ["digits <5", "digits 5+"])
    (cells,) = figure.data
    np.testing.assert_allclose(cells.z, r)
    assert cells.y[0] == "digits &lt;5"
    assert "After training on %{y}" in cells.hovertemplate
    assert figure.layout.yaxis.autorange == "reversed"


def test_the_best_moment_of_each_strategy_is_marked():
    curves = {
        "full": ([0, 10, 20], [0.9, 0.95, 0.3]),
        "ewc": ([0, 10, 20], [0.9, 0.8, 0.85]),
        "lora": ([], []),
    }
    lines = forgetting.retention(curves, TITLES).data
    assert [t.name for t in lines if t.mode == "lines"] == list(
        TITLES.values()
    )
    marks = [t for t in lines if t.mode == "markers"]
    assert [t.x[0] for t in marks] == [10, 0]
    assert lines[0].line.color == theme.style("full").colour


def test_a_trade_is_a_dot_for_each_strategy():
    points = {"full": (0.6, 0.9), "ewc": (0.1, 0.85)}
    figure = forgetting.trade(points, TITLES)
    assert [(t.x[0], t.y[0]) for t in figure.data] == [(0.6, 0.9), (0.1, 0.85)]
    assert list(figure.data[1].text) == ["EWC"]
    assert figure.layout.xaxis.tickformat == ".0%"
