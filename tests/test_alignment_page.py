"""The alignment page: recorded races, and things to move."""

import numpy as np
import pytest

from pages.ui import alignment, witness
from tests.test_pages import lab, opened, text  # noqa: F401
from tl_core import kernel_lesson
from tl_core.analysis.intervals import interval

VIEWS = {
    "Does it help?": ("Where only proportions moved", 1),
    "While they align": ("Proxy A-distance", 2),
    "How far apart?": ("Three estimates", 2),
    "Two moons": ("The witness", 2),
}
pytestmark = pytest.mark.filterwarnings("default")


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_shows_its_charts(view):
    app = opened("alignment")
    app.session_state["alignment.view"] = view
    app.run()
    assert not app.exception
    said, charts = VIEWS[view]
    assert said in text(app)
    assert len(app.get("plotly_chart")) == charts


def test_the_domain_classifier_is_shown_where_there_is_one():
    app = opened("alignment")
    app.session_state["alignment.view"] = "While they align"
    app.run()
    app.selectbox(key="alignment.way").set_value("dann").run()
    assert "Is it confused?" in text(app)
    assert "Is it right?" in text(app)
    assert len(app.get("plotly_chart")) == 5


def test_moving_a_law_moves_its_distance():
    app = opened("alignment")
    app.session_state["alignment.view"] = "How far apart?"
    app.run()
    app.slider[0].set_value(0.0).run()
    assert "MMD² is 0.000" in text(app)


def test_the_witness_of_two_laws_is_that_of_many_samples():
    z, chance = np.linspace(-3, 4, 9), np.random.default_rng(0)
    _, f = witness._seen(z, 1.0, 0.7, 0.5)
    x = chance.standard_normal((20_000, 1))
    y = 1 + 0.7 * chance.standard_normal((20_000, 1))
    drawn = kernel_lesson.witness(x, y, z[:, None], 0.5)
    np.testing.assert_allclose(f, drawn, atol=0.01)


def test_a_win_needs_intervals_apart():
    low, high = interval([0.1, 0.2]), interval([0.9, 0.91])
    row = {"source_only": low, "adabn": low, "mmd": high, "coral": low}
    found = {"a": {**row, "dann": high}, alignment.PROPORTIONS.title: row}
    said = alignment.verdict(found)
    assert "(1 pairs)" in said
    assert "MMD alignment on 1, CORAL on 0, DANN on 1" in said


def test_the_film_of_dann_is_shown_at_once():
    app = opened("alignment")
    app.session_state["alignment.view"] = "DANN, step by step"
    app.run()
    assert not app.exception
    assert "of the target" in text(app)
    assert len(app.get("plotly_chart")) == 2
