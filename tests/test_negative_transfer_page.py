"""The negative transfer page: recorded runs under every view."""

import pytest

from pages.ui import distorted, foretold, harm
from tests.test_pages import lab, opened, text  # noqa: F401
from tl_core import distortion, promises, recording
from tl_core.analysis.intervals import interval
from tl_core.claim import judge
from tl_core.claims import CLAIMS
from tl_core.lesson_studies import BUDGETS, SHARES

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


def test_more_labels_have_other_runs():
    app = opened("negative_transfer")
    said = text(app)
    for labels in BUDGETS[1:]:
        app.session_state["negative.labels"] = labels
        app.run()
        assert text(app) != said
        said = text(app)


def test_every_score_has_its_own_words():
    app = opened("negative_transfer", view="Could we have known?")
    for score, name in promises.SCORES.items():
        app.session_state["negative.score"] = score
        app.run()
        assert not app.exception
        assert f"Rank correlation of {name}" in text(app)
        assert foretold.SEES[score] in text(app)


def test_the_verdicts_of_the_claims_stand_beside_the_ways_to_be_hurt():
    said = text(opened("negative_transfer", view="Three ways to be hurt"))
    keys = [key for way in harm.WAYS.values() for key in way.claims]
    mine = [claim for claim in CLAIMS if claim.key in keys]
    assert len(mine) == len(keys) == 5
    for claim in mine:
        (line,) = (row for row in said.split("\n") if claim.statement in row)
        assert f" {judge(claim, recording.read).badge}]" in line


def test_the_sentence_sorts_the_ways_by_what_they_do():
    rows = {"a": interval([0.1, 0.11]), "b": interval([-0.2, -0.2])}
    said = harm.said(rows, {"a": "helps", "b": "hurts"})
    assert said == "Hurts: b (-20.0 points). Helps: a (+10.5 points)."


@pytest.mark.parametrize("title", distortion.KINDS)
def test_the_sentence_counts_the_cells_of_the_map(title):
    table = distortion.table(distortion.KINDS[title])
    signs = [distortion.sign(span) for span in table.values()]
    said = distorted.said(table)
    assert f"helps in {signs.count('helps')} and" in said
    assert f"hurts in {signs.count('hurts')}:" in said
    assert len(table) == len(SHARES) * len(BUDGETS)


@pytest.mark.parametrize(
    ("view", "links"), list(zip(VIEWS, (2, 3, 2), strict=True))
)
def test_every_view_leads_to_runs(view, links):
    app = opened("negative_transfer", view=view)
    found = [
        link.proto
        for link in app.get("page_link")
        if link.proto.label.startswith("Run it")
    ]
    assert len(found) == links
    assert all(link.query_string for link in found)
