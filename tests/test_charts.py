"""Every chart on every page says what it shows, and gives its numbers."""

import gc
import json
import re
import weakref

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import charts
from tests.figures.test_every_figure import check
from tests.test_pages import PAGES, lab, opened  # noqa: F401
from tl_core.races import race

PAGES_WITH_CHARTS = sorted(set(PAGES) - {"runs"})
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture
def drawn(monkeypatch) -> list[tuple[go.Figure, str]]:
    """Every chart that a page puts up, with what is said of it."""
    found = []
    put_up, made = charts._plot, charts.drawings

    def plot(figure: go.Figure, alt: str, key: str) -> None:
        found.append((figure, alt))
        put_up(figure, alt, key)

    def drawings(figure: go.Figure, alt: str) -> str:
        found.append((figure, alt))
        return made(figure, alt)

    monkeypatch.setattr(charts, "_plot", plot)
    monkeypatch.setattr(charts, "drawings", drawings)
    return found


def views(app: AppTest, page: str) -> list[str]:
    """The views of a page, [] where it has but one."""
    controls = app.get("button_group")
    found = [c for c in controls if c.key == f"{page}.view"]
    return list(found[0].options) if found else []


@pytest.mark.parametrize("page", PAGES_WITH_CHARTS)
def test_every_chart_is_said_in_a_sentence_with_its_offer(page, drawn):
    app = opened(page)
    for view in views(app, page):
        app.session_state[f"{page}.view"] = view
        app.run()
        assert not app.exception, view
    assert drawn
    for figure, alt in drawn:
        check(figure)
        assert len(alt.split()) >= 6, alt
        assert re.search(r"\d", alt), alt


@pytest.mark.parametrize("page", PAGES_WITH_CHARTS)
def test_a_reader_s_session_holds_no_figure(page, monkeypatch):
    made, seen = charts._data, []

    def data(figure: go.Figure, key: str, still_alt: str | None) -> None:
        seen.append(weakref.ref(figure))
        made(figure, key, still_alt)

    monkeypatch.setattr(charts, "_data", data)
    app = opened(page)
    assert [figure() for figure in seen] == list(charts.RECENT)[-len(seen) :]
    charts.RECENT.clear()
    gc.collect()
    assert seen
    assert [figure() for figure in seen] == [None] * len(seen)
    assert not app.exception


def test_a_run_on_points_says_what_its_maps_show(drawn):
    settings = race("moons").spec("mmd", 0).changes()
    app = opened("run", **{k: str(v) for k, v in settings.items()})
    assert not app.exception
    said = " ".join(alt for _, alt in drawn)
    assert "stand on the right side of the boundary" in said
    for figure, alt in drawn:
        check(figure)
        assert re.search(r"\d", alt), alt


def test_a_chart_gives_its_numbers_when_asked():
    app = opened("start")
    assert len(app.dataframe) == 0
    app.session_state["start.bars.data"] = True
    app.run()
    assert not app.exception
    (table,) = (frame.value for frame in app.dataframe)
    assert "target accuracy (share of all test samples)" in table
    assert [b.label for b in app.get("download_button")] == ["CSV", "SVG"]


def test_a_plotly_chart_gives_a_table_and_has_its_own_camera():
    app = opened("alignment")
    app.session_state["alignment.pairs.data"] = True
    app.run()
    assert [b.label for b in app.get("download_button")] == ["CSV"]
    config = json.loads(app.get("plotly_chart")[0].proto.config)
    assert config["toImageButtonOptions"]["filename"] == "alignment-pairs"


def test_numbers_of_a_forgotten_figure_come_with_the_page():
    def page() -> None:
        import plotly.graph_objects as go
        import streamlit as st

        from pages.ui import charts

        known = st.session_state
        known["looks"] = known.get("looks", 0) + 1
        figure = go.Figure().add_scatter(x=[1], y=[known["looks"]])
        held = (lambda: None) if known["looks"] == 2 else lambda: figure
        charts._offer(held, "alignment.pairs", None)

    app = AppTest.from_function(page).run()
    assert len(app.dataframe) == 0
    app.session_state["alignment.pairs.data"] = True
    app.run()
    assert not app.exception
    assert app.session_state["looks"] == 3
    (table,) = (frame.value for frame in app.dataframe)
    assert table.iloc[0, -1] == 3


def test_a_run_that_goes_on_has_no_table():
    def page() -> None:
        import plotly.graph_objects as go

        from pages.ui import charts

        charts.moving(go.Figure(), "Nothing yet.", "live.accuracy")

    app = AppTest.from_function(page).run()
    assert len(app.get("plotly_chart")) == 1
    assert not app.get("popover")
