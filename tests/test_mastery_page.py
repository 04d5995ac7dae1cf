"""The map of what was predicted, run and explained; kept, moved, printed."""

import ast
import json
from datetime import UTC, datetime

import pytest

from pages.ui import (
    kinds,
    learner,
    mastery_map,
    person,
    progress_file,
    registry,
)
from tests.conftest import toy
from tests.figures.test_every_figure import check
from tests.test_pages import TOY, button, lab, opened, text  # noqa: F401
from tl_core import calibration, interview, mastery, spaced, syllabus_runs
from tl_core.calibration import Statement
from tl_core.claims import CLAIMS
from tl_core.code_items import code_items
from tl_core.figures import mastery as figures
from tl_core.figures.own_runs import Own, own_runs
from tl_core.jobs import engine, progress
from tl_core.lessons import Choice, Contest
from tl_core.lessons import Guess as Amount
from tl_core.mastery import Done, Expectation
from tl_core.progress import (
    Answer,
    Board,
    Card,
    Code,
    Guess,
    Mock,
    Review,
    Run,
)
from tl_core.progress import Choice as Chosen
from tl_core.progress_file import export
from tl_core.spec import spec_from_settings
from tl_core.syllabus import CHAPTERS, ROWS, row, rows_of

pytestmark = pytest.mark.filterwarnings("default")
NAME = "reader"
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def reader(monkeypatch):
    """One browser for all that a test opens."""
    monkeypatch.setattr(person, "name", lambda: NAME)


def keep(*entries):
    progress.keep(engine.current().store, NAME, *entries)


def kept():
    return progress.of(engine.current().store, NAME)


def card(key: str, rating: int) -> Card:
    memory = spaced.review(spaced.new(NOW), rating, NOW)
    return Card(key=key, at=1.0, memory=memory, rating=rating, reviews=1)


def look(sure: float, rating: int, at: float = 1.0) -> Review:
    key = f"{at}"
    return Review(key=key, at=at, card="q", rating=rating, sure=sure)


def views(page: str) -> set[str]:
    """The texts in a page's file, and names of views from elsewhere."""
    tree = ast.parse(registry.path_of(page).read_text("utf-8"))
    nodes = [n for n in ast.walk(tree) if isinstance(n, ast.Constant)]
    return {str(n.value) for n in nodes} | {kinds.TEXT, kinds.LABELS}


def test_the_map_holds_every_idea_of_the_syllabus():
    ids = [found.id for found in ROWS]
    counts = {"1": 6, "2": 3, "3": 5, "4": 3, "5": 4, "6": 3}
    wanted = [
        f"{c}.{n + 1}" for c, most in counts.items() for n in range(most)
    ]
    assert ids == [*wanted, "7"]
    assert {found.chapter for found in ROWS} == set(CHAPTERS)


@pytest.mark.parametrize("found", ROWS, ids=lambda found: found.id)
def test_every_idea_leads_to_a_view_claims_and_a_first_run(found):
    known = {claim.key for claim in CLAIMS}
    assert found.page in registry.about()
    assert found.view in views(found.page)
    assert found.claims
    assert set(found.claims) <= known
    spec = spec_from_settings(syllabus_runs.start(found))
    assert found in syllabus_runs.rows_of_run(spec)


@pytest.mark.parametrize("found", ROWS, ids=lambda found: found.id)
def test_every_idea_has_something_to_explain(found):
    sections = learner.sections().values()
    assert any(found in rows_of(section) for section in sections)


def test_without_progress_there_is_the_map_and_one_next_step():
    app = opened("mastery")
    assert not app.exception
    assert f"{len(ROWS)} ideas, none of them touched yet" in text(app)
    assert "**Next** · 1.1" in text(app)
    assert len(app.get("plotly_chart")) == 1
    assert len(app.expander) == len(CHAPTERS)


def asked(kind) -> str:
    return next(
        k for k, a in mastery.asked().items() if isinstance(a.ask, kind)
    )


def test_what_was_predicted_run_and_explained_is_counted():
    spec = toy("ewc")
    question = next(q for q in interview.questions() if q.section == "5.2")
    entries = [
        Run(key=spec.id, at=1.0),
        Guess(key=f"run:{spec.id}", at=1.0, value=0.5),
        card(question.key, 3),
        Run(key="0" * 16, at=1.0),
    ]
    found = mastery.done(entries, {spec.id: spec}, learner.sections())
    assert found["5.2"] == Done(1, 1, 1)
    assert found["5.3"] == Done(1, 1, 0)
    assert found["1.1"] == Done()
    step = mastery.next_step(found)
    assert (step.row.id, step.way) == ("1.1", "predicted")


def test_an_answer_that_was_not_good_explains_nothing():
    key = interview.questions()[0].key
    low = Answer(question=key, score=0.5)
    mock = Mock(key="m", at=1.0, role="x", minutes=9, answers=(low,))
    code = Code(key="c", at=1.0, item="i", chosen=0, right=False)
    board = Board(key=key, at=1.0, said=1, lines=4)
    for entry in (card(key, 2), mock, code, board, Run(key="r", at=1.0)):
        assert mastery.explained(entry) == []
    good = mock.model_copy(
        update={"answers": (low.model_copy(update={"score": 0.6}),)}
    )
    assert mastery.explained(good) == [key]
    assert mastery.explained(board.model_copy(update={"said": 3})) == [key]


def test_a_lessons_questions_belong_to_what_their_view_shows():
    for key, where in mastery.asked().items():
        rows = mastery.rows_of_question(key)
        assert all(found.page == where.page for found in rows)
    assert mastery.rows_of_question("nothing") == []
    assert mastery.question_of(row("1.5")).view == "Two risks"


def test_all_done_leaves_no_next_step():
    every = {found.id: Done(1, 1, 1) for found in ROWS}
    assert mastery.next_step(every) is None
    assert "25 predicted, 25 run, 25 explained" in mastery_map.told(every)


def test_a_run_and_a_guess_are_noted_and_drawn():
    app = opened("run", **TOY)
    app.number_input("run.guess").set_value(70.0).run()
    button(app, "Run").click()
    app.run()
    kinds = {entry.kind for entry in kept()}
    assert kinds == {"run", "guess"}
    own = opened("mastery", view="My runs")
    assert not own.exception
    assert "MMD alignment" in text(own)
    assert len(own.get("plotly_chart")) == 2
    errors = opened("mastery", view="Calibration")
    assert "One guess was off by" in text(errors)
    assert "Of 25 ideas: 1 predicted, 1 run" in text(opened("mastery"))


def test_a_lessons_answer_is_noted():
    where = mastery.asked()[asked(Choice)]
    app = opened(where.page, lesson=str(where.step))
    ask = next(r for r in app.radio if r.label == "Your guess")
    ask.set_value(where.ask.options[where.ask.right]).run()
    button(app, "Answer").click()
    app.run()
    (entry,) = kept()
    assert isinstance(entry, Chosen)
    assert entry.right
    assert mastery.hits(kept()) == [True]


def test_until_there_is_a_run_recorded_ones_are_shown_and_named_so():
    app = opened("mastery", view="My runs")
    assert "what this lab recorded" in app.info[0].value
    assert len(app.get("plotly_chart")) > 1


def test_bets_on_winners_hit_or_miss():
    key = asked(Contest)
    ask = mastery.asked()[key].ask
    found = ask.measured()
    best = max(found, key=lambda name: found[name].mean)
    place = ask.strategies.index(best)
    other = (place + 1) % len(ask.strategies)
    for value, hit in ((place, True), (other, False), (99, False)):
        guess = Guess(key=key, at=1.0, value=float(value))
        assert mastery.hits([guess]) == [hit]


def test_a_guess_is_off_by_its_distance_from_what_was_measured():
    key = asked(Amount)
    measured = mastery.asked()[key].ask.measured().mean
    entries = [Guess(key=key, at=1.0, value=measured - 0.07)]
    (found,) = mastery.expectations(entries, lambda run: None)
    assert found.error == pytest.approx(0.07)
    run = [Guess(key="run:x", at=1.0, value=0.5)]
    (found,) = mastery.expectations(run, {"x": 0.9}.get)
    assert found.error == pytest.approx(0.4)
    assert mastery.expectations(run, lambda run: None) == []


def test_the_brier_score_is_that_of_its_definition():
    said = [Statement(1, 0.8, True), Statement(2, 0.6, False)]
    assert calibration.brier(said) == pytest.approx((0.04 + 0.36) / 2)
    assert calibration.over_time(said) == pytest.approx([0.04, 0.2])
    coin = [Statement(n, 0.5, n % 2 == 0) for n in range(9)]
    assert calibration.brier(coin) == calibration.COIN
    sure = [Statement(n, 1.0, True) for n in range(3)]
    assert calibration.brier(sure) == 0


def test_reliability_is_the_share_that_was_right_at_each_level():
    said = [Statement(n, 0.9, n < 3) for n in range(4)]
    said.append(Statement(9, 0.5, False))
    low, high = calibration.reliability(said)
    assert (low.sure, low.share, low.n) == (0.5, 0.0, 1)
    assert (high.sure, high.share, high.n) == (0.9, 0.75, 4)
    assert "22 points more sure" in calibration.told(said)


def test_statements_come_from_cards_and_code_with_a_confidence():
    entries = [
        look(0.9, 4, 3.0),
        look(0.6, 1, 2.0),
        Review(key="x", at=1.0, card="q", rating=3),
        Code(key="c", at=1.0, item="i", chosen=0, right=True, sure=0.7),
    ]
    assert calibration.statements(entries) == [
        Statement(1.0, 0.7, True),
        Statement(2.0, 0.6, False),
        Statement(3.0, 0.9, True),
    ]


def test_calibration_says_how_to_begin_and_then_draws():
    app = opened("mastery", view="Calibration")
    assert "No confidence was stated yet" in app.info[0].value
    keep(look(0.9, 4, 1.0), look(0.6, 1, 2.0))
    app = opened("mastery", view="Calibration")
    assert not app.exception
    assert "Brier score 0.185 over 2 answers" in text(app)
    assert len(app.get("plotly_chart")) == 2


def given(app, data: bytes):
    """A file put into the page's field."""
    app.file_uploader[0].set_value(("p.json", data, "application/json"))
    return app.run()


def test_a_file_is_read_in_added_and_undone():
    keep(card("a", 3))
    data = export([card("b", 3), Run(key="r", at=5.0)])
    app = given(opened("mastery", view="Keep"), data)
    assert "The file holds 1 flash card, 1 run" in text(app)
    button(app, "Read it in").click()
    app.run()
    assert "2 new entries were added" in text(app)
    assert {e.key for e in kept()} == {"a", "b", "r"}
    button(app, "Undo: bring 1 entries back").click()
    app.run()
    assert {e.key for e in kept()} == {"a"}


def test_a_file_can_take_the_place_of_what_is_there():
    keep(card("a", 3))
    app = given(opened("mastery", view="Keep"), export([card("b", 3)]))
    app.radio("progress.how").set_value(progress_file.REPLACE).run()
    button(app, "Read it in").click()
    app.run()
    assert {e.key for e in kept()} == {"b"}


@pytest.mark.parametrize(
    "data", [b"\x80\x04pickle", b"{}", b'{"format": "<img src=x>"}']
)
def test_a_file_that_is_none_changes_nothing_and_is_told(data):
    keep(card("a", 3))
    app = given(opened("mastery", view="Keep"), data)
    assert not app.exception
    assert app.error[0].value == "Nothing was read in."
    assert len(app.get("text")) == 1  # what it quotes is text
    assert "<img" not in text(app)
    assert len(kept()) == 1


@pytest.mark.parametrize("name", ["../../x", "a\x00b", "", "RUN", "a/b"])
def test_a_runs_name_from_a_file_leads_nowhere_else(name):
    assert learner.history_of(name) is None


def test_a_reset_is_undone():
    keep(card("a", 3))
    app = opened("mastery", view="Keep")
    button(app, "Reset my progress").click()
    app.run()
    assert kept() == []
    assert "nothing yet" in text(app)
    button(app, "Undo: bring 1 entries back").click()
    app.run()
    assert [e.key for e in kept()] == ["a"]


def test_what_is_saved_is_what_is_kept():
    keep(card("a", 3), look(0.9, 4))
    document = json.loads(export(kept()))
    assert {entry["kind"] for entry in document["entries"]} == {
        "card",
        "review",
    }
    assert NAME not in json.dumps(document)


def test_the_page_to_print_has_everything_and_no_controls():
    item = code_items()[0]
    keep(
        look(0.9, 4),
        Code(key="c", at=1.0, item=item.key, chosen=0, right=True),
        Guess(key=asked(Amount), at=1.0, value=0.5),
        Mock(
            key="m",
            at=1.0,
            role="engineer",
            minutes=10,
            answers=(Answer(question="q", score=0.7),),
            done=True,
        ),
    )
    app = opened("mastery", print="true")
    assert not app.exception
    said = text(app)
    for part in ("Brier score", "off by", "Scores, oldest first: 70 %"):
        assert part in said
    assert all(found.title in said for found in ROWS)
    assert {b.key for b in app.button} <= {"class.open"}


DONE = {
    found.id: Done(place % 2, place % 3, 1) for place, found in enumerate(ROWS)
}
FIGURES = {
    "syllabus": lambda: figures.syllabus(DONE),
    "reliability": lambda: figures.reliability(
        calibration.reliability([Statement(1, 0.8, True)])
    ),
    "brier": lambda: figures.brier([0.04, 0.2]),
    "errors": lambda: figures.errors([Expectation(1, "a question", 0.5, 0.7)]),
    "due": lambda: figures.due([1, 0, 3]),
    "own_runs": lambda: own_runs(
        [Own("a run", {"target": (0.4, 0.6), "source": (0.9, 0.8)})]
    ),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_names_its_axes_and_speaks_and_is_a_table(name):
    check(FIGURES[name]())


def test_the_map_draws_each_idea_once_with_its_dots():
    figure = figures.syllabus(DONE)
    texts = [said for trace in figure.data for said in trace.text]
    assert len(texts) == len(ROWS)
    assert figures.dots(Done(1, 0, 2)) == "●○●"
