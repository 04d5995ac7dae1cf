"""The page of the strategy matrix answers to its controls."""

import re

import pytest

from pages.ui import matrix as views
from pages.ui import matrix_absent, matrix_table, matrix_trade, recommender
from pages.ui.situation import NETWORKS
from tests.test_pages import lab, opened, text  # noqa: F401
from tl_core import advice_cases, matrix, recording
from tl_core.advice_score import ADVISERS
from tl_core.spec import spec_from_settings

pytestmark = pytest.mark.filterwarnings("default")
VIEWS = {"Measured": 2, "Trade-off": 1, "Advice": 1}
CONVNET = NETWORKS[0]


def shown(app) -> set[str]:
    """The links to runs that a page offers, by what they say."""
    return {
        link.proto.label
        for link in app.get("page_link")
        if "yourself" in link.proto.label
    }


def advised(app) -> str:
    (first,) = re.findall(r"### Try (.*) first", text(app))
    return first


def frames(app) -> str:
    return "\n".join(frame.value.to_string() for frame in app.dataframe)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_shows_its_charts(view):
    app = opened("matrix", view=view)
    assert not app.exception
    assert len(app.get("plotly_chart")) == VIEWS[view]
    assert "recorded" in text(app)


@pytest.mark.parametrize("view", VIEWS)
def test_missing_runs_are_said(view, monkeypatch):
    monkeypatch.setattr(recording, "read", lambda run_id: None)
    monkeypatch.setattr(advice_cases, "recorded", tuple)
    app = opened("matrix", view=view)
    assert not app.exception
    assert "make record" in text(app)


def test_the_first_sentence_counts_the_verdicts():
    said = text(opened("matrix"))
    (found,) = re.findall(
        r"Of (\d+) cells .* (\d+) agree .* (\d+) disagree and (\d+) are", said
    )
    cells, *parts = map(int, found)
    assert cells == sum(parts) == 11
    assert said.count("-badge[") == cells


def test_the_table_has_a_row_a_strategy_and_the_books_words():
    rows = matrix.rows()
    app = opened("matrix")
    table = app.dataframe[0].value
    assert len(table) == len(rows)
    judged = views.matrix_book.judged(rows)
    style = matrix_table.styled(rows, judged)
    html = style.to_html()
    assert "✗ highest" in html
    assert "✓ &lt; 1 %" in html or "✓ < 1 %" in html


def test_a_cell_opens_its_strategy_and_its_runs():
    app = opened("matrix")
    assert shown(app) == {"Run it yourself: LoRA"}
    keys = [row.key for row in matrix.rows()]
    place = keys.index("full")
    app.session_state[matrix_table.KEY] = {
        "selection": {
            "rows": [],
            "columns": [],
            "cells": [[place, "target 10"]],
        }
    }
    app.run()
    assert not app.exception
    assert shown(app) == {"Run it yourself: Full"}
    assert "The runs with 10 target labels" in text(app)
    assert app.query_params["strategy"] == "full"
    ids = [run.spec.id for run in matrix.rows()[place].at(10)]
    assert all(run_id in frames(app) for run_id in ids)


@pytest.mark.parametrize("key", ["mmd", "lora-vit_tiny", "scratch", "oracle"])
def test_a_link_opens_a_strategy(key):
    app = opened("matrix", strategy=key)
    (row,) = (row for row in matrix.rows() if row.key == key)
    assert not app.exception
    assert row.name in [title.value for title in app.subheader]
    assert app.query_params["strategy"] == key


def test_a_bad_link_opens_the_first():
    app = opened("matrix", strategy="lroa")
    assert not app.exception
    assert "LoRA" in [title.value for title in app.subheader]


def test_the_trade_off_answers_its_controls():
    app = opened("matrix", view="Trade-off")
    said = {text(app)}
    for key, value in (
        ("matrix.price", matrix_trade.MEMORY),
        ("matrix.price", matrix_trade.LOST),
        ("matrix.labels", 10),
        ("matrix.group", "Transformer"),
        ("matrix.group", "Labels"),
    ):
        app.session_state[key] = value
        app.run()
        assert not app.exception
        assert text(app) not in said
        said.add(text(app))


def test_labels_cannot_be_chosen_where_they_change_nothing():
    app = opened("matrix", view="Trade-off")
    assert not app.button_group(key="matrix.labels").proto.disabled
    app.session_state["matrix.group"] = matrix_trade.UNTAUGHT
    app.run()
    assert app.button_group(key="matrix.labels").proto.disabled


def test_the_advice_answers_to_labels():
    app = opened("matrix", view="Advice")
    assert advised(app) == "LoRA"
    app.select_slider("advice.n").set_value(2000).run()
    assert advised(app) == "Full fine-tuning"
    app.select_slider("advice.n").set_value(0).run()
    assert advised(app) == "DANN"


def test_the_advice_answers_to_measured_similarity():
    app = opened("matrix", view="Advice")
    app.select_slider("advice.n").set_value(0).run()
    app.selectbox("advice.pair").select("MNIST → noisy MNIST").run()
    assert advised(app) == "MMD alignment"
    assert "MMD² 0.31, A-distance 2.00 of 2" in text(app)
    app.selectbox("advice.pair").select("Two moons, turned").run()
    assert advised(app) == "DANN"
    app.select_slider("advice.n").set_value(50).run()
    assert advised(app) == "Linear probe"


def test_the_advice_answers_to_network_and_memory():
    app = opened("matrix", view="Advice")
    app.select_slider("advice.n").set_value(2000)
    app.selectbox("advice.network").select(NETWORKS[-1]).run()
    assert not app.exception
    before = advised(app), text(app)
    app.select_slider("advice.memory").set_value(80e9).run()
    assert advised(app) == "LoRA"
    assert (advised(app), text(app)) != before
    assert "of memory before activations" in text(app)
    assert shown(app) == set()


@pytest.mark.parametrize("key", ["unlabelled", "source", "keep", "classes"])
def test_every_toggle_changes_something(key):
    app = opened("matrix", view="Advice")
    before = text(app) + "".join(e.label for e in app.expander)
    toggle = app.toggle(f"advice.{key}")
    toggle.set_value(not toggle.value).run()
    assert not app.exception
    assert text(app) + "".join(e.label for e in app.expander) != before


def test_the_calibration_changes_the_advice():
    app = opened("matrix", view="Advice")
    app.session_state["advice.rules"] = "Calibrated here"
    app.run()
    assert advised(app) != "LoRA"


def test_where_nothing_can_run_it_is_said():
    app = opened("matrix", view="Advice")
    app.select_slider("advice.n").set_value(0)
    app.toggle("advice.source").set_value(False).run()
    assert "Nothing in the catalog learns from what is left" in text(app)


def test_the_record_against_the_races_is_shown():
    app = opened("matrix", view="Advice")
    said = frames(app)
    for name in ADVISERS:
        assert name in said
    assert "points below the best on average" in text(app)
    assert "of 25" in said


@pytest.mark.parametrize("pair", list(advice_cases.pairs()))
def test_advice_links_to_a_run_that_can_be_made(pair):
    for labels in (0, 100, 2000):
        for strategy in ("mmd", "full"):
            link = recommender.settings(pair, CONVNET, strategy, labels)
            spec = spec_from_settings(link)
            there = advice_cases.pairs()[pair]["labels"]
            assert spec.target_labels is None or spec.target_labels <= there


def test_no_run_is_offered_on_a_network_that_the_lab_lacks():
    pair = "MNIST → turned by 45°"
    assert recommender.settings(pair, NETWORKS[3], "full", 100) == {}
    assert (
        recommender.settings("Two moons, turned", NETWORKS[1], "full", 9) == {}
    )
    link = recommender.settings(pair, NETWORKS[1], "prefix", 100)
    assert link["backbone"] == "vit_tiny"


def test_the_page_says_why_a_strategy_has_no_row():
    app = opened("matrix")
    assert matrix_absent.WHY in text(app)
    assert "learning rate 0.001" in text(app)  # that of the recorded runs
