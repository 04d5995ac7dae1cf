"""Names of properties are taken apart once, and charts stay what they are."""

import gc

import plotly.graph_objects as go
import pytest
from plotly import basedatatypes

from tl_core.figures import property_names

CLASS = "chomp_empty_strings.<locals>"
"""What Plotly makes whenever it takes a name apart."""


@pytest.fixture
def plain(monkeypatch):
    """Plotly as it comes, and again when the test is over."""
    now = getattr(basedatatypes, property_names.SPLITTER)
    bare = getattr(now, "__wrapped__", now)
    monkeypatch.setattr(basedatatypes, property_names.SPLITTER, bare)


def drawn():
    """A chart, as it is sent to a browser; a wrong name's explanation."""
    figure = go.Figure(layout_title_font_size=19)
    figure.add_scatter(x=[1], y=[2], line_dash="dot", error_x_array=[3])
    figure.update_layout(xaxis_title_text="step")
    figure.update_traces(marker_size=4)
    with pytest.raises(ValueError, match="Bad property path") as wrong:
        figure.update_layout(xaxis_titel_text="step")
    return figure.to_json(), str(wrong.value)


def classes():
    """Classes that Plotly made while a chart was drawn twice."""
    drawn()
    gc.collect()
    gc.disable()
    try:
        drawn()
        return sum(
            CLASS in kind.__qualname__
            for kind in gc.get_objects()
            if type(kind) is type
        )
    finally:
        gc.enable()


def test_charts_and_complaints_stay_the_same(plain):
    before = drawn()
    property_names.remember()
    assert drawn() == before
    assert drawn() == before


def test_a_second_chart_makes_no_class(plain):
    assert classes() > 5
    property_names.remember()
    assert classes() == 0


def test_names_are_remembered_once(plain):
    property_names.remember()
    first = getattr(basedatatypes, property_names.SPLITTER)
    property_names.remember()
    assert getattr(basedatatypes, property_names.SPLITTER) is first
    drawn()
    seen = first.cache_info().misses
    drawn()
    assert first.cache_info().misses == seen


def test_another_version_of_plotly_is_left_alone(monkeypatch):
    monkeypatch.setattr(property_names, "SPLITTER", "_no_such_function")
    property_names.remember()
    assert not hasattr(basedatatypes, "_no_such_function")
