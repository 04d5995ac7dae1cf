"""The page about adapting with few numbers."""

import pytest

from pages.ui import lora_count, peft
from tests.test_pages import lab, opened, text  # noqa: F401
from tl_core.analysis.intervals import interval
from tl_core.figures import peft as figures
from tl_core.figures.peft import Way
from tl_core.lora_count import LARGE

VIEWS = {
    "What it reaches": "of the numbers and reads",
    "Of what rank?": "Rank 8 keeps",
    "On and off": "LoRA, on:",
    "Count": "One matrix q of a block",
}
pytestmark = pytest.mark.filterwarnings("default")


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_shows_its_chart(view):
    app = opened("peft")
    app.session_state["peft.view"] = view
    app.run()
    assert not app.exception
    assert VIEWS[view] in text(app)
    assert len(app.get("plotly_chart")) == 1


def test_switching_off_gives_the_source_back():
    app = opened("peft")
    app.session_state["peft.view"] = "On and off"
    app.run()
    groups = peft.by_strategy(peft.recording.recorded_race(peft.FORGETTING))
    bars = peft.source_shares(groups)
    assert bars["LoRA, off"] == bars["before"]
    assert bars["LoRA, on"].high < bars["before"].mean
    app.toggle[0].set_value(False).run()
    assert "LoRA, off:" in text(app)


def test_a_larger_rank_trains_more():
    app = opened("peft")
    app.session_state["peft.view"] = "Count"
    app.run()
    before = app.metric[0].value
    assert before == "294,912"  # table 2 of the LoRA paper: .3 M
    app.select_slider[0].set_value(16).run()
    assert app.metric[0].value == "589,824"


def test_the_formula_has_every_adapted_matrix():
    network = LARGE["roberta_base"]
    told = lora_count.formula(network, 8, "q and v")
    assert "2\\,(768+768)" in told
    assert told.endswith("= 294{,}912")


def test_the_least_way_that_is_near_is_named():
    def way(name, strategy, trained, mean):
        return Way(name, strategy, trained, interval([mean, mean]))

    ways = [
        way("rank 1", "lora", 10, 0.7),
        way("rank 8", "lora", 50, 0.97),
        way("Full fine-tuning", "full", 1000, 0.98),
    ]
    assert peft.said(ways).startswith("LoRA of rank 8 trains 5 % of")
    assert len(figures.front(ways, "target").data) == 2


def test_matrices_are_drawn_to_scale():
    figure = figures.shapes(400, 200, 20)
    base, b, a = figure.data
    assert max(base.y) - min(base.y) == pytest.approx(100)
    assert max(base.x) - min(base.x) == pytest.approx(50)
    assert max(b.x) - min(b.x) == pytest.approx(5)
    assert max(a.y) - min(a.y) == pytest.approx(5)
    assert max(a.x) - min(a.x) == pytest.approx(50)
