"""A figure's table holds the numbers that the figure draws."""

import numpy as np
import plotly.graph_objects as go
import pytest

from tl_core.analysis.intervals import interval
from tl_core.figures import alignment, claims, data, maps, theme, tiles
from tl_core.figures.data import as_table


def dressed(*traces: object) -> go.Figure:
    return theme.dress(go.Figure(list(traces)), "step", "loss (nats)")


def test_lines_are_rows_under_the_titles_of_their_axes():
    figure = dressed(
        go.Scatter(x=[0, 1], y=[2.0, 1.5], name="a &lt; b"),
        go.Scatter(x=[0], y=[3.0], name="c"),
    )
    table = as_table(figure)
    assert list(table) == ["trace", "step", "loss (nats)"]
    assert table.values.tolist() == [
        ["a < b", 0, 2.0],
        ["a < b", 1, 1.5],
        ["c", 0, 3.0],
    ]


def test_error_bars_stand_beside_their_means():
    error = {"array": [0.1, 0.2]}
    figure = dressed(go.Scatter(x=[0, 1], y=[2.0, 1.5], error_y=error))
    table = as_table(figure)
    assert list(table) == ["step", "loss (nats)", "± loss (nats)"]
    assert table["± loss (nats)"].tolist() == [0.1, 0.2]


def test_marks_of_a_row_are_named_by_its_tick():
    span = interval([0.4, 0.5, 0.6])
    pairs = {"a → b": {"mmd": span, "dann": span}, "c": {"mmd": span}}
    table = as_table(alignment.over_pairs(pairs, {}))
    assert list(table)[:2] == ["trace", "name"]
    assert table["name"].tolist() == ["a → b", "c", "a → b"]
    assert table["target accuracy (share)"].tolist() == pytest.approx(
        [0.5, 0.5, 0.5]
    )
    assert table["± target accuracy (share)"][0] == pytest.approx(span.half)


def test_a_heat_map_is_row_column_and_value():
    counts = np.array([[3, 1], [0, 4]])
    table = as_table(maps.confusion_map(counts, ["<one>", "two"]))
    assert table.values.tolist() == [
        ["<one>", "<one>", 0.75],
        ["<one>", "two", 0.25],
        ["two", "<one>", 0.0],
        ["two", "two", 1.0],
    ]
    assert list(table) == [
        "labelled class",
        "predicted class",
        "share of row",
    ]


def test_maps_beside_each_other_keep_their_names_and_no_gaps():
    pair = np.arange(8.0).reshape(2, 2, 2)
    table = as_table(tiles.positive_maps(pair, ["first", "second"]))
    assert list(table) == ["text", "row", "column", "value"]
    assert len(table) == 8
    assert table[table.text == "second"].value.tolist() == [4, 5, 6, 7]


def test_a_surface_has_both_axes_and_its_value():
    figure = dressed(go.Contour(x=[0, 5], y=[1], z=[[0.1, 0.2]], name="f"))
    assert as_table(figure).values.tolist() == [
        ["f", 1, 0, 0.1],
        ["f", 1, 5, 0.2],
    ]


def test_bars_boxes_and_histograms_hold_their_values():
    bar = go.Bar(x=["conv1", "head"], y=[0.5, 0.25], name="share")
    assert as_table(dressed(bar))["loss (nats)"].tolist() == [0.5, 0.25]
    for one in (go.Box(x=[1.0, 3.0]), go.Histogram(x=[1.0, 3.0])):
        assert as_table(dressed(one))["step"].tolist() == [1.0, 3.0]


def test_a_picture_is_its_pixels():
    z = np.arange(12).reshape(2, 2, 3)
    figure = go.Figure(go.Image(z=z))
    assert as_table(figure).values.tolist()[-1] == [1, 1, 9, 10, 11]


def test_a_gap_is_no_mark_and_a_hidden_trace_is_left_out():
    line = go.Scatter(x=[0, None, 1], y=[1.0, None, 2.0])
    hidden = go.Scatter(x=[7], y=[7.0], visible=False)
    assert as_table(dressed(line, hidden))["step"].tolist() == [0, 1]


def test_one_title_on_both_axes_is_told_apart():
    figure = theme.dress(go.Figure(go.Scatter(x=[1], y=[2])), "mm", "mm")
    assert list(as_table(figure)) == ["mm, across", "mm, up"]


def test_charts_beside_each_other_keep_their_own_axes():
    figure = go.Figure(
        [
            go.Scatter(x=[1], y=[2], xaxis="x", yaxis="y"),
            go.Scatter(x=[3], y=[4], xaxis="x2", yaxis="y2"),
        ]
    ).update_layout(
        xaxis={"title": "a"}, xaxis2={"title": "b"}, yaxis2={"title": "c"}
    )
    assert as_table(figure)["b"].dropna().tolist() == [3]


def test_a_long_table_is_cut_and_says_so(monkeypatch):
    figure = dressed(go.Scatter(x=[0, 1, 2], y=[0, 1, 2]))
    assert "cut" not in as_table(figure).attrs
    monkeypatch.setattr(data, "ROWS", 2)
    table = as_table(figure)
    assert len(table) == 2
    assert table.attrs["cut"] == "The first 2 of 3 rows."


def test_an_empty_figure_is_an_empty_table():
    assert len(as_table(go.Figure())) == 0
    assert len(as_table(dressed(go.Scatter(x=[], y=[])))) == 0
    assert len(as_table(claims.forest([]))) == 0
