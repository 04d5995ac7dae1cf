"""Few labels and many, drawn as measured."""

import pytest

from tests.figures.test_every_figure import check
from tl_core.analysis.intervals import interval
from tl_core.figures import labels, theme
from tl_core.figures.labels import Learned

CURVES = {
    "linear_probe": {10: interval([0.6, 0.7]), 200: interval([0.75, 0.77])},
    "full": {10: interval([0.5, 0.6]), 200: interval([0.9, 0.94])},
}
ROWS = [
    Learned("Full", "full", interval([1.0, 1.0]), interval([0.7, 0.8])),
    Learned("LoRA", "lora", interval([0.9, 1.0]), interval([0.6, 0.62])),
]


def test_curves_have_a_tick_at_every_number_and_a_rule_at_one():
    figure = labels.by_labels(CURVES, 200)
    check(figure)
    assert list(figure.layout.xaxis.tickvals) == [10, 200]
    assert figure.layout.xaxis.type == "log"
    (rule,) = figure.layout.shapes
    assert rule.x0 == 200
    for trace, (key, spans) in zip(figure.data, CURVES.items(), strict=True):
        assert list(trace.y) == [span.mean for span in spans.values()]
        assert trace.line.color == theme.style(key).colour
        assert trace.marker.symbol == theme.style(key).marker


def test_margins_say_who_wins_or_that_nobody_is_seen_to():
    spans = {
        10: interval([0.1, 0.101]),
        50: interval([-0.1, 0.1]),
        200: interval([-0.2, -0.201]),
    }
    figure = labels.margins(spans, "linear_probe", "full")
    check(figure)
    found = {trace.name: (list(trace.x), trace) for trace in figure.data}
    assert found["Linear probe wins"][0] == [10]
    assert found["Full fine-tuning wins"][0] == [200]
    unclear, trace = found["no difference seen"]
    assert unclear == [50]
    assert trace.marker.symbol == "circle-open"
    assert found["Linear probe wins"][1].y[0] == pytest.approx(10.05)


def test_where_one_always_wins_only_that_one_is_named():
    spans = {10: interval([0.1, 0.101]), 50: interval([0.2, 0.201])}
    figure = labels.margins(spans, "full", "scratch")
    assert [trace.name for trace in figure.data] == ["Full fine-tuning wins"]


def test_what_was_learned_by_heart_is_the_line_between_two_marks():
    figure = labels.gaps(ROWS)
    check(figure)
    lines = [t for t in figure.data if t.mode == "lines"]
    assert [list(t.x) for t in lines] == [
        [row.test.mean, row.fitted.mean] for row in ROWS
    ]
    assert ROWS[0].gap == pytest.approx(0.25)
    assert lines[0].x[1] - lines[0].x[0] == pytest.approx(ROWS[0].gap)


def test_the_cost_stands_beside_what_was_there_before():
    figure = labels.cost(ROWS, 0.98)
    check(figure)
    (trace,) = figure.data
    assert list(trace.x) == [row.test.mean for row in ROWS]
    assert trace.marker.color == theme.SOURCE
    (rule,) = figure.layout.shapes
    assert rule.x0 == 0.98
