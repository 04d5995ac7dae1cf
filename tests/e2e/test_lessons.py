"""A class: lessons from step to step, links, and no mouse."""

import re

import pytest
from playwright.sync_api import Page, expect

from tl_core import lessons

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("default"),
]
SLOW = {"One picture", "In the plane", "First filters", "One channel"}
"""Views that ask the worker: their charts come later than the script."""


@pytest.fixture(scope="module")
def server(shared):
    """One that others use too."""
    return shared


def path_of(page: str) -> str:
    return "/" if page == "start" else f"/{page}"


@pytest.mark.parametrize("page", lessons.pages())
def test_a_lesson_leads_from_step_to_step(visit, server, page):
    server.wait(lambda health: health["engine"] == "ready", 90)
    visitor = visit(viewport={"width": 1024, "height": 768})
    visitor.open(path_of(page))
    visitor.page.get_by_role("button", name="A lesson in").click()
    steps = lessons.lesson(page).steps
    for number, step in enumerate(steps, 1):
        expect(visitor.page.get_by_text(f"step {number} of")).to_be_visible()
        expect(visitor.page).to_have_url(re.compile(f"lesson={number}"))
        heading = visitor.page.get_by_role("heading", name=step.title)
        expect(heading).to_be_visible()
        if step.ask is not None:
            visitor.page.get_by_role("button", name="Skip").click()
        if step.highlight:
            name = re.sub(r"[^\w-]", "-", step.highlight)
            lit = visitor.page.locator(f".st-key-{name}")
            expect(lit).to_have_css("outline-style", "solid")
        expect(visitor.page.locator("h1")).to_be_visible()
        if number < len(steps):
            visitor.settled()  # the step before has gone
            card = visitor.page.locator(".st-key-lesson")
            card.get_by_role("button", name="Next").last.click()
    visitor.fine()


def test_a_lesson_ends_at_the_next_one(visit):
    visitor = visit()
    visitor.open(f"/?lesson={len(lessons.lesson('start').steps)}")
    visitor.page.get_by_role("button", name="Next lesson").click()
    expect(visitor.page).to_have_url(re.compile("/domains.*lesson=1"))
    expect(visitor.page.get_by_text("step 1 of")).to_be_visible()
    visitor.fine()


def test_two_people_guess_and_see_each_other(visit):
    question = "How many points of source accuracy"
    one, two = visit(), visit()
    for visitor, steps in ((one, 4), (two, 7)):
        visitor.open("/forgetting?lesson=1")
        expect(visitor.page.get_by_text(question)).to_be_visible()
        slider = visitor.page.get_by_role("slider")
        for _ in range(steps):
            slider.press("ArrowRight")
        visitor.settled()
        visitor.page.get_by_role("button", name="Answer").click()
        expect(visitor.page.get_by_text("than you thought")).to_be_visible()
    guesses = two.page.locator(".st-key-lesson .js-plotly-plot").first
    people = guesses.evaluate("plot => plot.data[0].x.length")
    assert people == 2
    two.fine()


def test_a_class_link_hides_locks_and_enlarges(visit):
    visitor = visit()
    visitor.open("/run?strategy=dann&hide=seed&lock=dataset&present=true")
    page = visitor.page
    expect(page.get_by_role("combobox", name="Domain shift")).to_be_disabled()
    expect(page.get_by_role("combobox", name="Strategy")).to_be_enabled()
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    size = page.evaluate(
        "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    )
    assert size > 20
    page.get_by_text("Training", exact=True).click()
    expect(page.get_by_label("Adaptation steps").first).to_be_visible()
    expect(page.get_by_label("Seed")).to_have_count(0)
    expect(page).to_have_url(re.compile("lock=dataset"))
    visitor.fine()


def test_the_panel_makes_a_link_that_works(visit):
    visitor = visit()
    visitor.open("/run?strategy=dann&seed=5")
    page = visitor.page
    page.get_by_role("button", name="For a class").click()
    page.get_by_text("Settings to hide or to lock").click()
    page.get_by_role("dialog").get_by_text("hide", exact=True).nth(1).click()
    said = page.get_by_role("dialog").locator("code")
    expect(said).to_have_text(re.compile("hide=backbone"))
    link = said.inner_text()
    assert "seed=5" in link
    other = visit()
    other.page.goto(link)
    other.settled()
    combobox = other.page.get_by_role("combobox", name="Backbone")
    expect(other.page.get_by_text("What DANN minimises")).to_be_visible()
    expect(combobox).to_have_count(0)
    other.fine()


def test_an_embedded_page_has_no_toolbar(visit):
    visitor = visit()
    visitor.open("/peft?embed=true")
    expect(visitor.page.locator("h1")).to_be_visible()
    expect(visitor.page.get_by_test_id("stToolbar")).to_be_hidden()
    visitor.page.get_by_text("Count", exact=True).click()
    expect(visitor.page).to_have_url(re.compile("embed=true"))
    visitor.fine()


def focused(page: Page) -> str:
    """The text of the button or link that has the focus."""
    return page.evaluate(
        "document.activeElement.matches('button, a') ? "
        "document.activeElement.innerText : ''"
    )


def tab_to(page: Page, name: str, most: int = 60) -> None:
    """Press Tab until something of that name has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if name in focused(page):
            return
    raise AssertionError(f"Tab never reaches {name}")


def test_a_whole_run_by_keyboard_alone(visit, server):
    server.wait(lambda health: health["engine"] == "ready", 90)
    visitor = visit()
    page = visitor.page
    visitor.open("/")
    tab_to(page, "Run it yourself")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Run an experiment")).to_be_visible()
    visitor.open("/run?dataset=moons&backbone=mlp&strategy=full&steps=60")
    expect(page.get_by_role("button", name="Run").first).to_be_enabled()
    page.keyboard.press("Control+Enter")
    said = page.get_by_text("Full fine-tuning: target accuracy")
    expect(said).to_be_visible(timeout=120_000)
    visitor.fine()


def test_a_lesson_by_keyboard_alone(visit):
    visitor = visit()
    page = visitor.page
    visitor.open("/forgetting")
    tab_to(page, "A lesson in")
    page.keyboard.press("Enter")
    expect(page.get_by_text("step 1 of")).to_be_visible()
    tab_to(page, "Skip")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_text("step 2 of")).to_be_visible()
    visitor.fine()
