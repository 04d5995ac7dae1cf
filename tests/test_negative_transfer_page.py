"""The negative transfer page: recorded runs under every view."""

import pytest

from tests.test_pages import lab, opened, text  # noqa: F401
from tl_core import recording

pytestmark = pytest.mark.filterwarnings("default")
VIEWS = {
    "Does the source help?": ("Of 15 cells", 3),
    "Three ways to be hurt": ("Hurts: Kept head, other names", 1),
    "Could we have known?": ("Rank correlation of LogME", 1),
}


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_shows_its_charts(view):
    app = opened("negative_transfer", view=view)
    said, charts = VIEWS[view]
    assert not app.exception
    assert said in text(app)
    assert len(app.get("plotly_chart")) == charts


def test_another_cell_has_other_runs():
    app = opened("negative_transfer")
    before = text(app)
    assert "the source hurts" in before
    app.select_slider("negative.share").set_value(0.0)
    app.run()
    assert "the source helps" in text(app)


def test_the_other_distortion_is_another_table():
    app = opened("negative_transfer")
    before = text(app)
    app.session_state["negative.kind"] = "Labels by lot, new head"
    app.run()
    assert not app.exception
    assert text(app) != before


@pytest.mark.parametrize("view", VIEWS)
def test_missing_runs_are_said(view, monkeypatch):
    monkeypatch.setattr(recording, "read", lambda run_id: None)
    app = opened("negative_transfer", view=view)
    assert not app.exception
    assert "make record" in text(app)
