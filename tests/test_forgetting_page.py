"""The forgetting page: recorded runs under every view, at first paint."""

import re

import pytest

from tests.test_pages import lab, opened, text  # noqa: F401
from tl_core.surveys import surveys

VIEWS = {
    "What is lost": ("Under its names", 2),
    "The price of remembering": ("Without springs", 1),
    "Which weights matter": ("Did the springs hold what matters", 3),
    "Which channels matter": ("By channel", 3),
    "The landscape": ("Straight on", 4),
}
pytestmark = pytest.mark.filterwarnings("default")


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_shows_its_charts(view):
    app = opened("forgetting")
    app.session_state["forgetting.view"] = view
    app.run()
    assert not app.exception
    said, charts = VIEWS[view]
    spoken = text(app) + " ".join(e.label for e in app.expander)
    assert said in spoken
    assert len(app.get("plotly_chart")) == charts
    assert "seed" in text(app)


def test_a_link_leads_to_a_view_and_its_network():
    app = opened(
        "forgetting",
        view="Which channels matter",
        dataset="mnist_to_optdigits",
        backbone="mlp",
    )
    assert not app.exception
    assert "measured now" in text(app)
    assert app.query_params["dataset"] == "mnist_to_optdigits"
    assert app.query_params["view"] == "Which channels matter"


def test_strategies_can_be_chosen():
    app = opened("forgetting")
    app.session_state["forgetting.strategies"] = []
    assert not app.run().exception


def test_springs_hold_what_matters_in_the_record():
    app = opened("forgetting")
    app.session_state["forgetting.view"] = "Which weights matter"
    said = text(app.run())
    free = re.search(r"by (\S+) without springs", said)[1]
    tied = re.search(r"by (\S+) with them", said)[1]
    assert float(free) > 2 * float(tied)


def test_a_quadratic_is_right_near_the_source_model():
    """F foretells the loss to second order: at a tenth of EWC's way."""
    line = surveys()["lines"]["ewc"]
    near = 2
    source = line["losses"]["source"]
    risen = source[near] - source[0]
    foretold = line["foretold"][near] - line["foretold"][0]
    assert abs(risen - foretold) < 0.05


def test_the_diagonal_leaves_out_that_weights_act_together():
    for rise in surveys()["rises"].values():
        assert 10 * rise["diagonal"] < rise["matrix"] < rise["unseen"]


def test_the_empirical_diagonal_vanishes_where_the_model_fits():
    first, *_, last = surveys()["traces"]
    assert first["empirical"] / first["exact"] > 0.3
    assert last["empirical"] / last["exact"] < 0.2
    assert last["loss"] < first["loss"]
