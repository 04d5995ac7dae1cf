"""The page to prepare for an interview: every view answers and is kept."""

from datetime import UTC, datetime

import pytest

from pages.ui import (
    code_reading,
    exhibit,
    flash_cards,
    person,
    questions,
)
from tests.test_pages import button, lab, opened, text  # noqa: F401
from tl_core import drills, interview
from tl_core import mock_interview as mocks
from tl_core.code_items import code_items
from tl_core.jobs import engine, progress
from tl_core.progress import Board, Card, Code, Drill, Mock, Review
from tl_core.question import Exhibit

pytestmark = pytest.mark.filterwarnings("default")
NAME = "reader"


@pytest.fixture(autouse=True)
def reader(monkeypatch):
    """One browser for all that a test opens."""
    monkeypatch.setattr(person, "name", lambda: NAME)


def view(name: str, **query: str):
    return opened("interview", view=name, **query)


def kept(kind):
    store = engine.current().store
    return [e for e in progress.of(store, NAME) if isinstance(e, kind)]


def press(app, label: str):
    button(app, label).click()
    return app.run()


def key(app, name: str):
    return next(b for b in app.button if b.key == name)


def test_the_page_opens_with_a_question_and_what_was_measured():
    app = opened("interview")
    assert not app.exception
    today = questions.of_the_day(datetime.now(UTC))
    said = text(app)
    assert "Question of the day" in said
    assert today.title in said
    assert "Exhibit" in said
    assert len(app.get("plotly_chart")) >= 1
    assert "claims that the recorded runs" in said


@pytest.mark.parametrize("day", range(0, 400, 37))
def test_every_day_has_a_question_with_measured_claims(day):
    asked = questions.of_the_day(datetime.fromordinal(700_000 + day))
    assert exhibit.verdict(asked.claims[0]) is not None


def test_a_question_is_revealed_part_by_part_and_whole():
    asked = next(q for q in interview.questions() if len(q.derivation) > 2)
    app = opened("interview", question=asked.key)
    start = questions.of_the_day(datetime.now(UTC)) == asked
    assert "Short answer" not in text(app)
    press(app, "Show the short answer")
    assert "Short answer" in text(app)
    assert len(app.latex) == 0
    press(app, "Show everything")
    assert not app.exception
    said = text(app)
    for part in ("Full answer", "On the whiteboard", "Papers"):
        assert part in said
    assert "{claim:" not in said
    assert [line.value.strip("$\n ") for line in app.latex] == [
        line.line for line in asked.derivation
    ]
    assert len(app.expander) >= len(asked.followups)
    press(app, "Hide the answers")
    assert ("Short answer" in text(app)) is False
    assert start or "Exhibit" not in text(app)


@pytest.mark.parametrize("asked", interview.questions(), ids=lambda q: q.key)
def test_every_question_opens_with_all_its_parts(asked):
    app = opened("interview", question=asked.key)
    press(app, "Show everything")
    assert not app.exception
    assert exhibit.MISSING not in text(app)
    assert not button(app, exhibit_button(asked)).disabled


def exhibit_button(asked) -> str:
    page = exhibit.registry.about()[asked.exhibit.page]["title"]
    where = f"{page} · {asked.exhibit.view}" if asked.exhibit.view else page
    return f"Open in the lab: {where}"


def test_an_exhibit_opens_its_page_in_its_view():
    asked = next(q for q in interview.questions() if q.exhibit.view)
    app = opened("interview", question=asked.key)
    press(app, "Show everything")
    press(app, exhibit_button(asked))
    assert not app.exception
    page = asked.exhibit.page
    assert app.session_state[f"{page}.view"] == asked.exhibit.view
    assert app.title[0].value != "An interview next week"


def test_an_exhibit_that_was_never_recorded_says_so():
    found = Exhibit("run", "run", "a run", link={"seed": "77"})
    assert (
        exhibit.recording.read(exhibit.spec_from_settings(found.link).id)
        is None
    )


def test_search_and_filters_narrow_the_list():
    app = opened("interview")
    every = len(interview.questions())
    app.text_input("questions.words").set_value("gradient reversal").run()
    found = len(app.radio("questions.picked").options)
    assert 0 < found < every
    app.text_input("questions.words").set_value("").run()
    app.selectbox("questions.chapter").set_value("6").run()
    options = app.radio("questions.picked").options
    assert options
    assert all(option.startswith("6") for option in options)
    app.text_input("questions.words").set_value("zebra<script>").run()
    assert not app.exception
    assert "No question has all of that" in app.info[0].value


def test_choosing_a_question_opens_it_and_names_it_in_the_link():
    app = opened("interview")
    today = questions.of_the_day(datetime.now(UTC)).key
    other = next(q for q in interview.questions() if q.key != today)
    app.radio("questions.picked").set_value(other.key).run()
    assert other.title in text(app)
    assert app.query_params["question"] == other.key


def test_a_bad_question_in_the_link_opens_the_days():
    app = opened("interview", question="../../etc")
    assert not app.exception
    assert "Question of the day" in text(app)


def test_a_card_is_turned_rated_and_comes_back_later():
    app = view("Flash cards")
    app.session_state[f"{flash_cards.SURE}.{first_card().key}"] = 0.8
    app.run()
    press(app, "Show the answer")
    assert first_card().short[:40] in text(app)
    labels = [b.label for b in app.button if b.key.startswith("cards.rate")]
    assert [label.split(" · ")[0] for label in labels] == [
        "Again",
        "Hard",
        "Good",
        "Easy",
    ]
    key(app, "cards.rate.4").click()
    app.run()
    assert not app.exception
    (card,), (look,) = kept(Card), kept(Review)
    assert card.key == look.card == first_card().key
    assert look.sure == 0.8
    assert card.memory.due > datetime.now(UTC)
    assert first_card().title not in text(app)
    assert "The days ahead" in text(app)


def first_card():
    return next(q for q in interview.questions() if q.level == "screen")


def test_a_day_of_cards_ends_and_says_when_the_next_comes():
    app = view("Flash cards")
    for _ in range(flash_cards.spaced.NEW):
        press(app, "Show the answer")
        key(app, "cards.rate.4").click()
        app.run()
    assert "Nothing is left for today" in app.success[0].value
    assert len(kept(Card)) == flash_cards.spaced.NEW


def interviewed(app, answer: str = ""):
    """Start an interview and answer its first question."""
    press(app, "Start")
    if answer:
        app.text_area[0].set_value(answer)
    return press(app, "Compare")


def test_a_mock_interview_from_start_to_summary():
    app = view("Mock interview")
    interviewed(app, "I would align the features.")
    assert [c.value for c in app.code] == ["I would align the features."]
    assert "Short answer" in text(app)
    for box in app.checkbox:
        box.check()
    app.run()
    assert app.slider[0].value == 100
    count = len(kept(Mock)[0].answers)
    for number in range(count):
        if number:
            press(app, "Compare")
        last = number + 1 == count
        press(app, "To the summary" if last else "Next question")
        assert not app.exception
    (done,) = kept(Mock)
    assert done.done
    assert done.answers[0].score == 1
    assert "Summary · Machine learning engineer" in text(app)
    press(app, "Put them on today's cards")
    weak = mocks.weak(done)
    assert {card.key for card in kept(Card)} == set(weak)
    deck = [card.memory.due for card in kept(Card)]
    assert all(due <= datetime.now(UTC) for due in deck)


def test_an_interview_goes_on_where_a_reload_left_it():
    app = view("Mock interview")
    press(app, "Start")
    app.text_area[0].set_value("half an answer").run()
    again = view("Mock interview")
    assert again.text_area[0].value == "half an answer"
    press(again, "Pause")
    assert "Paused" in again.info[0].value
    assert kept(Mock)[0].since is None
    press(again, "Go on")
    assert kept(Mock)[0].since is not None
    press(again, "End the interview")
    assert kept(Mock)[0].done


def test_what_was_written_is_kept_by_every_way_out():
    for way in ("Pause", "End the interview"):
        app = view("Mock interview")
        press(app, "Start")
        app.text_area[0].set_value(f"text before {way}")  # and at once:
        press(app, way)
        last = max(kept(Mock), key=lambda mock: mock.at)
        assert last.answers[0].text == f"text before {way}"
        if way == "Pause":
            press(app, "End the interview")


def test_an_answer_is_never_read_as_markdown_or_html():
    hostile = "**bold** <img src=x onerror=alert(1)> $x$ `rm -rf`"
    app = interviewed(view("Mock interview"), hostile)
    assert [c.value for c in app.code] == [hostile]
    assert app.code[0].language in ("", "plaintext", None)
    assert "onerror" not in text(app)


def test_the_clock_counts_only_while_one_answers():
    every = interview.questions()[:2]
    mock = mocks.begin("m", "engineer", 10, every, 100.0)
    assert mocks.elapsed(mock, 130.0) == 30
    stopped = mocks.paused(mock, 130.0)
    assert mocks.elapsed(stopped, 999.0) == 30
    going = mocks.going(stopped, 200.0)
    answered = mocks.compared(going, 220.0)
    assert answered.answers[0].seconds == 50
    on = mocks.scored(answered, (True, False), 0.5, 300.0)
    assert on.place == 1
    assert mocks.elapsed(on, 310.0) == 60
    end = mocks.scored(mocks.compared(on, 310.0), (), 1.0, 320.0)
    assert end.done
    assert end.answers[1].seconds == 10
    assert mocks.score(end) == 0.75
    assert mocks.weak(end) == [every[0].key]
    assert mocks.clock(75) == "1:15"


@pytest.mark.parametrize("role", mocks.ROLES)
@pytest.mark.parametrize("minutes", mocks.LENGTHS)
def test_an_interview_fits_its_time_and_its_role(role, minutes):
    every = interview.questions()
    for seed in range(5):
        asked = mocks.choose(every, role, minutes, (), seed)
        used = sum(q.minutes for q in asked)
        assert asked
        assert used <= minutes or len(asked) == 1
        assert len({q.key for q in asked}) == len(asked)
        assert {q.chapter for q in asked} <= set(mocks.ROLES[role].chapters)
    only = mocks.choose(every, role, minutes, ("6",), 0)
    assert {q.chapter for q in only} == {"6"}


def test_code_is_read_judged_and_explained():
    item = code_items()[0]
    app = view("Code reading")
    assert app.code[0].value == item.code
    assert button(app, "Answer").disabled
    app.radio(f"code.choice.{item.key}").set_value(item.right).run()
    press(app, "Answer")
    assert not app.exception
    assert "Yes:" in app.success[0].value
    assert item.fixed in [c.value for c in app.code]
    assert item.why in text(app)
    (answer,) = kept(Code)
    assert answer.right
    press(app, "Next snippet")
    assert app.code[0].value == code_items()[1].code


def test_a_wrong_reading_is_told_what_is_right():
    item = code_items()[0]
    wrong = (item.right + 1) % len(item.options)
    app = view("Code reading")
    app.radio(f"code.choice.{item.key}").set_value(wrong).run()
    press(app, "Answer")
    assert item.options[item.right] in app.warning[0].value
    assert not kept(Code)[0].right


def test_options_stand_in_an_order_that_does_not_give_them_away():
    places = [
        code_reading.shuffled(item).index(item.right) for item in code_items()
    ]
    assert len(set(places)) > 1
    for item in code_items():
        assert sorted(code_reading.shuffled(item)) == list(
            range(len(item.options))
        )


def test_a_derivation_is_said_line_by_line():
    app = view("Whiteboard")
    asked = interview.question(app.selectbox("board.question").value)
    for number in range(len(asked.derivation)):
        assert len(app.latex) == number
        press(app, "Show the next line")
        press(app, "Yes" if number else "No")
    assert not app.exception
    (board,) = kept(Board)
    assert (board.said, board.lines) == (number, number + 1)
    assert f"You had {number} of {number + 1} lines" in (
        app.success[0].value if app.success else app.info[0].value
    )


@pytest.mark.parametrize("name", drills.drills())
def test_a_drill_is_checked_and_solved(name):
    app = view("Drills", drill=name, seed="7")
    task = drills.task(name, 7)
    assert task.question in text(app)
    app.number_input[0].set_value(float(task.answer)).run()
    press(app, "Check")
    assert not app.exception
    assert app.success[0].value == "Right."
    assert len(app.latex) == len(task.steps)
    assert button(app, "Check").disabled
    assert kept(Drill)[0].right


def test_a_drill_that_is_wrong_is_solved_and_fresh_numbers_come():
    app = view("Drills", drill="lora", seed="7")
    app.number_input[0].set_value(1.0).run()
    press(app, "Check")
    assert "Not 1." in app.warning[0].value
    before = app.query_params["seed"]
    press(app, "Fresh numbers")
    assert app.query_params["seed"] != before
    assert not app.warning


@pytest.mark.parametrize("seed", ["-1", "9" * 40, "x", "٣"])
def test_a_bad_seed_is_left_aside(seed):
    app = view("Drills", drill="lora", seed=seed)
    assert not app.exception


def test_an_interview_about_what_is_gone_can_be_ended():
    gone = mocks.begin("m", "engineer", 10, interview.questions()[:1], 1.0)
    answer = gone.answers[0].model_copy(update={"question": "gone"})
    gone = gone.model_copy(update={"answers": (answer,)})
    progress.keep(engine.current().store, NAME, gone)
    app = view("Mock interview")
    assert "no longer has" in app.info[0].value
    press(app, "End the interview")
    assert not app.exception
    assert kept(Mock)[0].done
    assert kept(Mock)[0].spent == mocks.FORGOTTEN
