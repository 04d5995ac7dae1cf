"""The price of remembering is drawn as it was measured."""

import numpy as np
import pytest

from tl_core.analysis.intervals import interval
from tl_core.figures import price, theme

CURVES = {
    "full": {"source": ([0, 9], [0.9, 0.6]), "target": ([0, 9], [0.2, 0.9])},
    "ewc": {"source": ([0, 9], [0.9, 0.8]), "target": ([0, 9], [0.2, 0.8])},
}


def test_each_strategy_has_both_domains_in_its_colour():
    figure = price.both_domains(CURVES, {"ewc": "<EWC>"})
    assert [list(t.y) for t in figure.data] == [
        [0.9, 0.6],
        [0.2, 0.9],
        [0.9, 0.8],
        [0.2, 0.8],
    ]
    assert figure.data[2].line.color == theme.style("ewc").colour
    assert figure.data[2].line.dash != figure.data[3].line.dash
    assert "<EWC>" not in figure.data[2].name


@pytest.mark.parametrize(
    ("points", "front"),
    [
        ([(0.1, 0.9), (0.5, 0.5), (0.9, 0.1)], [True, True, True]),
        ([(0.1, 0.9), (0.05, 0.9)], [True, False]),
        ([(0.3, 0.3), (0.3, 0.3)], [True, True]),
        ([(0.2, 0.2), (0.4, 0.4), (0.3, 0.5)], [False, True, True]),
    ],
)
def test_the_front_holds_what_nothing_beats(points, front):
    assert price.pareto(points) == front


def test_a_sweep_is_joined_in_the_order_of_the_knob():
    spans = {
        0.0: (interval([0.5, 0.6]), interval([0.9, 0.9])),
        300.0: (interval([0.9, 0.8]), interval([0.8, 0.9])),
        3e4: (interval([0.4, 0.4]), interval([0.2, 0.2])),
    }
    (trace,) = price.sweep(spans, "γ").data
    assert list(trace.x) == [0.55, pytest.approx(0.85), 0.4]
    assert list(trace.text) == ["γ = 0", "γ = 300", "γ = 30000"]
    assert list(trace.marker.symbol) == ["circle", "circle", "circle-open"]
    assert list(trace.error_x.array)[2] == 0


def test_weights_that_did_not_move_are_left_out_of_a_log_axis():
    cloud = np.array([1e-3, 0.0, 1e-2]), np.array([1e-4, 1e-4, 0.0])
    (trace,) = price.moved_by_importance({"ewc": cloud}, {}).data
    assert list(trace.x) == [1e-3]
    assert list(trace.y) == [1e-4]


def test_no_more_weights_are_drawn_than_can_be_told_apart():
    values = np.linspace(1e-6, 1, 2000)
    (trace,) = price.moved_by_importance({"ewc": (values, values)}, {}).data
    assert price.DRAWN / 2 < len(trace.x) <= price.DRAWN
