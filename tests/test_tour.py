"""The tour: every page that teaches, a run of one's own, twenty minutes."""

import pytest

from pages.ui import registry
from tests.test_lessons import LEARN, NUMBER
from tests.test_pages import button, lab, opened, text  # noqa: F401
from tl_core import lessons, recording, tour
from tl_core.lessons import Choice, Contest, Guess
from tl_core.spec import spec_from_settings

pytestmark = pytest.mark.filterwarnings("default")
WALK = lessons.walk(lessons.TOUR)
STOPS = range(1, len(WALK.steps) + 1)
PACE = 230 / 60
"""Words a second."""
GAZE = 25
"""Seconds to look at a chart and to try what the tour says, at least."""


def stop(number: int) -> lessons.Step:
    return WALK.steps[number - 1]


def visited(number: int):
    """A stop, as a link opens it, its question skipped."""
    app = opened(stop(number).page, tour=str(number))
    if stop(number).ask is not None:
        button(app, "Skip").click()
        app.run()
    assert not app.exception
    return app


def test_it_stops_at_every_page_that_teaches_and_ends_with_a_run():
    order = [name for name in registry.about() if name in LEARN | {"start"}]
    assert [step.page for step in WALK.steps] == [*order, "run", "run"]


@pytest.mark.parametrize("number", STOPS)
def test_every_stop_opens_its_page_in_its_state(number):
    step, app = stop(number), visited(number)
    said = text(app)
    assert f"stop {number} of" in app.get("progress")[0].proto.text
    assert step.title in said
    assert app.title
    if step.touch:
        assert step.touch in said
    if step.view:
        assert app.session_state[f"{step.page}.view"] == step.view
    for key, value in step.state.items():
        assert app.session_state[key] == value
    for page in step.onward:
        assert registry.about()[page]["help"] in said


@pytest.mark.parametrize("number", STOPS)
def test_texts_quote_no_results_and_answers_come_from_runs(number):
    step = stop(number)
    for said in tour.texts(step):
        assert not NUMBER.search(said), said
    if isinstance(step.ask, Choice):
        assert 0 <= step.ask.right < len(step.ask.options)
    elif step.ask is not None:
        assert all(recording.read(spec.id) for spec in step.ask.specs())


def test_it_takes_less_than_twenty_minutes_at_a_readers_pace():
    """Every word that is shown, page by page, the question once more with
    its answer; what answering takes; a look at each chart; and the run, as
    it was recorded with more steps on one thread."""
    seconds = 0.0
    for number in STOPS:
        step, app = stop(number), visited(number)
        shown = [*tour.texts(step), app.title[0].value, introduction(app)]
        if step.ask is not None:
            question = step.ask.question
            said = [line for line in text(app).split("\n") if question in line]
            assert said
            shown += said
            seconds += tour.ANSWER
        seconds += len(" ".join(shown).split()) / PACE + GAZE + tour.OPEN
    chosen = spec_from_settings(stop(len(WALK.steps) - 1).link)
    longer = recording.read(spec_from_settings({"strategy": "mmd"}).id)
    assert chosen.steps < longer.spec.steps
    seconds += longer.seconds
    assert seconds < 60 * WALK.minutes
    assert abs(60 * tour.minutes_left(1) - seconds) < 90


def introduction(app) -> str:
    """A page's first lines: what follows its title, of its own."""
    own = {step.text.strip() for step in WALK.steps}
    own |= {step.touch for step in WALK.steps}
    lines = [m.value for m in app.markdown if m.value.strip() not in own]
    return next((line for line in lines if len(line.split()) > 20), "")


def test_minutes_left_fall_from_the_promise_to_one():
    left = [tour.minutes_left(number) for number in STOPS]
    assert left == sorted(left, reverse=True)
    assert left[0] <= WALK.minutes
    assert left[-1] in (1, 2)


@pytest.mark.parametrize(
    ("said", "count"),
    [("", 0), ("one", 1), ("**Show** me: it's *well-known*.", 4)],
)
def test_words_are_counted(said, count):
    assert tour.words(said) == count


def test_the_first_page_offers_it_and_next_leads_to_the_next_page():
    app = opened("start")
    button(app, f"Take the tour: {WALK.minutes} minutes").click()
    app.run()
    assert app.query_params["tour"] == "1"
    button(app, "Skip").click()
    app.run()
    button(app, "Next").click()
    app.run()
    assert not app.exception
    assert app.query_params["tour"] == "2"
    assert stop(2).title in text(app)


def test_back_leads_to_the_page_before():
    app = visited(3)
    button(app, "Back").click()
    app.run()
    assert not app.exception
    assert stop(2).title in text(app)


def test_a_link_leads_to_the_stop_s_page_wherever_it_is_opened():
    assert stop(6).title in text(opened("start", tour="6"))


def test_it_can_be_left_and_taken_up_again():
    app = visited(4)
    button(app, "Leave the tour").click()
    app.run()
    assert "tour" not in app.query_params
    assert stop(4).title not in text(app)
    app.switch_page(str(registry.path_of("claims"))).run()
    button(app, f"Back to the tour: stop 4 of {len(STOPS)}").click()
    app.run()
    assert not app.exception
    assert stop(4).title in text(app)
    app.switch_page(str(registry.path_of("start")))
    app.query_params.clear()
    app.run()
    assert button(app, f"Back to the tour: stop 4 of {len(STOPS)}")


def test_the_end_forgets_where_it_stood():
    app = visited(len(STOPS))
    button(app, "Finish the tour").click()
    app.run()
    assert not app.exception
    assert not any("tour" in b.label for b in app.button)


def test_a_run_under_way_stays_in_the_link_of_its_stop(lab):  # noqa: F811
    number = len(STOPS) - 1
    run = lab.submit(spec_from_settings({"dataset": "moons", **MOONS})).id
    app = opened("run", tour=str(number), run=run)
    assert app.query_params["run"] == run
    assert app.selectbox("set.dataset").value == "moons"


MOONS = {"backbone": "mlp", "steps": "20", "pretrain_steps": "20"}


def test_the_run_s_settings_are_filled_in():
    app = visited(len(STOPS) - 1)
    link = stop(len(STOPS) - 1).link
    assert app.selectbox("set.strategy").value == link["strategy"]
    assert app.number_input("set.steps").value == int(link["steps"])


@pytest.mark.parametrize("bad", ["-1", "x", "0", "1e3", ""])
def test_a_bad_stop_in_a_link_does_no_harm(bad):
    app = opened("peft", tour=bad)
    assert not app.exception
    assert "A lesson in" in str(app.button)


def test_a_class_link_can_hide_it():
    app = opened("start", hide="lesson")
    assert not any("tour" in b.label for b in app.button)


def test_its_questions_count_for_mastery():
    from tl_core import mastery

    asks = [step.ask for step in WALK.steps if step.ask is not None]
    keys = [
        a.key
        if isinstance(a, Guess | Contest)
        else mastery.choice_key(a.question)
        for a in asks
    ]
    assert all(mastery.rows_of_question(key) for key in keys[1:])
