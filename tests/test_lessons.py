"""Lessons: every step leads somewhere, and answers come from runs."""

import re

import pytest

from pages.ui import predict, registry
from tests.test_pages import lab, opened, text  # noqa: F401
from tl_core import lessons, recording
from tl_core.analysis.intervals import interval
from tl_core.jobs import predictions
from tl_core.lessons import Choice, Contest, Guess

pytestmark = pytest.mark.filterwarnings("default")
STEPS = [
    (page, number)
    for page in lessons.pages()
    for number in range(1, len(lessons.lesson(page).steps) + 1)
]
LEARN = {
    name
    for name, page in registry.about().items()
    if page["section"] == "Learn" and name != "claims"
}
NUMBER = re.compile(r"\d+(\.\d+)? ?%|0?\.\d{2,}")
"""What a measured accuracy would look like in a text."""


def step(page: str, number: int) -> lessons.Step:
    return lessons.lesson(page).steps[number - 1]


def keys(app) -> set[str]:
    """The keys of all blocks and widgets that a page drew, as CSS has them."""
    return set(re.findall(r'id: "\$\$ID-[^"]*-([\w. ]+)"', str(app._tree)))


def test_every_page_to_learn_from_has_a_lesson():
    assert set(lessons.pages()) == LEARN | {"start"}


@pytest.mark.parametrize(("page", "number"), STEPS)
def test_every_step_opens_its_page_in_its_state(page, number):
    found = step(page, number)
    app = opened(page, lesson=str(number))
    assert not app.exception
    assert found.title in text(app)
    if isinstance(found.ask, Guess | Contest):
        assert found.ask.question in text(app)
        next(b for b in app.button if b.label == "Skip").click()
        app.run()
        assert not app.exception
        assert "easured" in text(app) or "of the target" in text(app)
    if found.view:
        assert app.session_state[f"{page}.view"] == found.view
    assert app.title


@pytest.mark.parametrize(("page", "number"), STEPS)
def test_texts_quote_no_results(page, number):
    found = step(page, number)
    said = f"{found.text} {getattr(found.ask, 'why', '')}"
    plain = re.sub(r"\$[^$]*\$|arXiv:\d+\.\d+", "", said)
    allowed = ("per cent", "5 %", "1 %", "1.6 %", "95 %", "100 %")
    for quoted in NUMBER.finditer(plain):
        assert quoted.group() in allowed, quoted


@pytest.mark.parametrize(("page", "number"), STEPS)
def test_every_answer_is_there(page, number):
    ask = step(page, number).ask
    if isinstance(ask, Choice):
        assert 0 <= ask.right < len(ask.options) > 1
    elif ask is not None:
        found = ask.measured()
        spans = found.values() if isinstance(found, dict) else [found]
        assert all(span.n >= 3 for span in spans)
        assert all(recording.read(spec.id) for spec in ask.specs())


def test_an_answer_is_kept_and_told_with_its_gap(lab):  # noqa: F811
    app = opened("forgetting", lesson="1")
    ask = step("forgetting", 1).ask
    assert len(app.get("plotly_chart")) == 0  # the page is behind the guess
    app.slider[0].set_value(10)
    app.run()
    next(b for b in app.button if b.label == "Answer").click()
    app.run()
    assert "points more than you thought" in text(app)
    assert len(app.get("plotly_chart")) > 2
    assert list(predictions.guesses(lab.store, ask.key).values()) == [0.1]


def test_a_vote_is_kept_and_told(lab):  # noqa: F811
    app = opened("start", lesson="2")
    app.radio[0].set_value("Source only")
    app.run()
    next(b for b in app.button if b.label == "Answer").click()
    app.run()
    assert "Your Source only ends" in text(app)
    assert app.session_state["start.race"] == "signs"


def test_next_walks_on_and_leave_leaves():
    app = opened("peft", lesson="1")
    next(b for b in app.button if b.label == "Next").click()
    app.run()
    assert app.query_params["lesson"] == "2"
    assert step("peft", 2).title in text(app)
    next(b for b in app.button if b.label == "Leave the lesson").click()
    app.run()
    assert "lesson" not in app.query_params


@pytest.mark.parametrize("bad", ["-1", "x", "9999", "0", "1e3"])
def test_a_bad_step_in_a_link_does_no_harm(bad):
    assert not opened("peft", lesson=bad).exception


@pytest.mark.parametrize(
    ("mine", "measured", "words"),
    [
        (0.82, [0.6, 0.62], "it is 21.0 points less than you thought"),
        (0.5, [0.6, 0.62], "it is 11.0 points more than you thought"),
        (0.6, [0.6, 0.62], "well seen"),
        (None, [0.6, 0.62], "61.0"),
    ],
)
def test_the_gap_in_words(mine, measured, words):
    assert words in predict.gap(mine, interval(measured))
