"""The page about what to freeze and how fast to learn."""

import json

import pytest

from tests.test_pages import lab, opened, text  # noqa: F401

pytestmark = pytest.mark.filterwarnings("default")
VIEWS = {
    "Freeze and thaw": ("numbers are trained", 2),
    "Rates by depth": ("full fine-tuning (s = 1)", 2),
    "How many labels?": ("No crossover is seen", 2),
    "Twenty labels": ("a gap of", 2),
}


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_shows_its_charts_and_answers_its_question(view):
    app = opened("strategies", view=view)
    said, charts = VIEWS[view]
    assert not app.exception
    print(text(app))
    print([m.label + m.value for m in app.metric])
    print(
        dict(app.query_params.items())
        if hasattr(app.query_params, "items")
        else app.query_params
    )
    assert said in text(app)
    assert len(app.get("plotly_chart")) == charts
