"""The page about adapting with few numbers."""

from types import SimpleNamespace

import pytest

from pages.ui import (
    lora_count,
    memory_bars,
    peft,
    token_ways,
    tokens,
    zero_keys,
)
from tests.test_pages import lab, opened, text  # noqa: F401
from tl_core import memory, token_maps
from tl_core.analysis.intervals import interval
from tl_core.figures import peft as figures
from tl_core.figures.peft import Way
from tl_core.lora_count import LARGE

VIEWS = {
    "What it reaches": "of the numbers and reads",
    "Of what rank?": "Rank 8 keeps",
    "On and off": "LoRA, on:",
    "Memory": "LoRA cuts gradients and optimiser",
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


def test_the_view_of_tokens_answers_to_its_controls():
    app = opened("peft")
    app.session_state["peft.view"] = "Prefix and prompt"
    app.run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 5
    said = text(app)
    assert "the gate is negative" in said
    assert "key of zeros takes" in said
    assert "the same as before in 3 of 3 runs" in said
    app.session_state["tokens.method"] = "prompt"
    app.session_state["tokens.labels"] = 10
    app.run()
    assert not app.exception
    assert "random tokens take attention" in text(app)


def test_formulas_of_attention_hold_the_numbers_of_the_choice():
    found = token_maps.recorded()
    gate = found["gate"][1, 2]
    row = found["prefix"][0, 1, 2, 0].astype(float)
    told = tokens.formula(found, "prefix", 0, 1, 2)
    assert f"{gate:.2f} \\cdot" in told
    assert f"= {row[:8].sum():.2f}" in told
    share = found["prompt"][0, 1, 2, 0, :8].astype(float).sum()
    told = tokens.formula(found, "prompt", 0, 1, 2)
    assert f"= {share:.2f}," in told


def test_zeros_are_compared_over_seeds():
    found = dict(token_maps.recorded())
    found["zero source"] = [[0.9, 0.9, 0.9, 0.8], [0.8, 0.8, 0.8, 0.7]]
    found["zero source"] = tokens.np.array(found["zero source"])
    assert "accuracy by -10.0 ± 0.0 points (8: +0.0" in zero_keys.said(found)


def test_memory_in_words_and_in_a_formula():
    rows = memory_bars.chosen(memory.recorded()["rows"], "vit_tiny", 64)
    said = memory_bars.said(rows)
    grown = rows["lora"]["activations"] / rows["full"]["activations"] - 1
    assert f"grow by {100 * grown:.1f} %" in said
    parts = memory.predicted("vit_tiny", "lora", 64, rows["lora"])
    told = memory_bars.formula(rows["lora"], parts, 64)
    assert "4 \\cdot 483{,}278" in told
    assert f"{sum(parts.values()) / 2**20:.1f}" in told


def test_a_page_without_recordings_says_how_to_make_them(monkeypatch):
    monkeypatch.setattr(memory, "recorded", dict)
    monkeypatch.setattr(token_maps, "recorded", dict)
    for view in ("Memory", "Prefix and prompt"):
        app = opened("peft")
        app.session_state["peft.view"] = view
        app.run()
        assert not app.exception
        assert "make record" in app.info[0].value


def test_how_far_lora_is_behind_is_counted_by_seed():
    def run(seed, share):
        end = SimpleNamespace(accuracy={"target": share})
        spec = SimpleNamespace(seed=seed)
        return SimpleNamespace(spec=spec, finished=end)

    full = [run(0, 0.9), run(1, 0.8)]
    near = token_ways.behind({"full": full, "lora": [run(1, 0.7), run(0, 1)]})
    assert near == (
        "LoRA is 0.0 ± 127.1 points behind full fine-tuning: no difference "
        "can be told."
    )
    far = token_ways.behind({"full": full, "lora": [run(1, 0.7), run(0, 0.8)]})
    assert "10.0 ± 0.0 points" in far
    assert far.endswith("not what is seen here.")
