"""What freezing spares and what strategies reach, drawn as measured."""

import pytest

from tests.figures.test_every_figure import check
from tl_core.analysis.intervals import interval
from tl_core.figures import strategies, theme
from tl_core.figures.memory import MIB
from tl_core.figures.strategies import Reached

HELD = {
    "all trained": {
        "weights": 4 * MIB,
        "gradients": 4 * MIB,
        "optimiser": 8 * MIB,
        "activations": 2 * MIB,
    },
    "head only": {
        "weights": 4 * MIB,
        "gradients": 0,
        "optimiser": 0,
        "activations": MIB,
    },
}
ROWS = [
    Reached("full", interval([0.6, 0.7]), interval([0.9, 0.92])),
    Reached(
        "probe <1>",
        interval([0.8, 0.9]),
        interval([0.7]),
        interval([0.97, 0.98]),
    ),
]


def test_memory_is_stacked_by_part_and_the_chosen_bar_stands_out():
    figure = check_it(strategies.memory(HELD, "head only"))
    whole = [sum(trace.x[place] for trace in figure.data) for place in (0, 1)]
    assert whole == [18, 5]
    for trace in figure.data:
        assert list(trace.marker.opacity) == [strategies.PALE, 1]


def test_both_accuracies_are_joined_and_the_chosen_row_is_bold():
    figure = check_it(strategies.both(ROWS, "full"))
    marks = {t.name: t for t in figure.data if t.mode == "markers"}
    assert list(marks["source"].x) == pytest.approx([0.65, 0.85])
    assert list(marks["target"].x) == pytest.approx([0.91, 0.7])
    assert list(marks["source, by its old head"].x) == [0.975]
    assert marks["source"].y[0] == "<b>full</b>"
    assert marks["source"].y[1] == "probe &lt;1&gt;"
    assert marks["source"].marker.color == theme.SOURCE
    assert marks["target"].marker.color == theme.TARGET
    assert list(marks["target"].error_x.array)[1] == 0  # one seed: unknown
    assert marks["target"].marker.size[0] > marks["target"].marker.size[1]


def test_rates_are_bars_on_a_logarithmic_axis():
    figure = check_it(strategies.rates(["a", "head"], [1e-6, 1e-3]))
    (trace,) = figure.data
    assert list(trace.y) == [1e-6, 1e-3]
    assert figure.layout.yaxis.type == "log"
    low, high = figure.layout.yaxis.range
    assert low < -6 < -3 < high


def test_the_trade_has_both_domains_and_a_rule_at_the_chosen_scale():
    spans = {
        1e-6: (interval([0.96, 0.97]), interval([0.7, 0.72])),
        1.0: (interval([0.6, 0.7]), interval([0.9, 0.9])),
    }
    figure = check_it(strategies.traded(spans, 1e-4))
    source, target = figure.data
    assert (source.name, target.name) == ("source", "target")
    assert list(target.y) == [pytest.approx(0.71), 0.9]
    (rule,) = figure.layout.shapes
    assert rule.x0 == rule.x1 == 1e-4
    (said,) = figure.layout.annotations
    assert said.x == pytest.approx(-4)  # notes on a log axis lie at its power


def test_a_schedule_is_frozen_and_then_trained():
    figure = check_it(strategies.schedule(["a", "head"], [0.25, 0.0]))
    frozen, trained = figure.data
    assert list(frozen.x) == [0.25, 0]
    assert list(trained.base) == [0.25, 0]
    assert list(trained.x) == [0.75, 1]


def check_it(figure):
    """The figure, when all holds that does for every figure."""
    check(figure)
    return figure
