"""The tour as a newcomer takes it: from the first page to a run of one's own,
by keyboard on a desk, by touch on a phone."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_lessons import tab_to
from tl_core import lessons, tour

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("default"),
]
STEPS = lessons.walk(lessons.TOUR).steps
TOUCHED = (4, 9)
"""Stops that the phone looks at: a component, a chart low on the page."""


def css(key: str) -> str:
    return ".st-key-" + re.sub(r"[^\w-]", "-", key)


def arrived(page: Page, number: int) -> None:
    """At a stop, at the top of its page."""
    said = page.get_by_text(f"stop {number} of {len(STEPS)}")
    expect(said).to_be_in_viewport()
    panel = page.locator(css("lesson"))
    title = panel.get_by_role("heading", name=STEPS[number - 1].title)
    expect(title).to_be_in_viewport()


def test_the_whole_tour_by_keyboard_in_less_than_twenty_minutes(visit, server):
    server.wait(lambda health: health["engine"] == "ready", 90)
    visitor = visit(viewport={"width": 1440, "height": 900})
    page = visitor.page
    began = time.monotonic()
    visitor.open("/")
    tab_to(page, "Take the tour")
    page.keyboard.press("Enter")
    for number, step in enumerate(STEPS, 1):
        arrived(page, number)
        if step.ask is not None:
            tab_to(page, "Skip")
            page.keyboard.press("Enter")
        if number == 1:  # a page that was open before is in the stop's state
            race = re.compile(f"race={step.state['start.race']}")
            expect(page).to_have_url(race)
        if "run.go" in step.highlight:
            visitor.settled()
            page.keyboard.press("Control+Enter")
            expect(page).to_have_url(re.compile("run=[0-9a-f]{16}"))
        elif step.highlight and number < len(STEPS):
            lit = page.locator(css(step.highlight))
            expect(lit).to_have_css("outline-style", "solid")
        if number < len(STEPS):
            visitor.settled()
            page.keyboard.press("n")
    result = page.get_by_text(re.compile("target accuracy (rose|fell)"))
    expect(result).to_be_visible(timeout=120_000)
    waited = time.monotonic() - began
    reading = sum(map(tour.seconds, STEPS)) - tour.RUN
    reading -= tour.OPEN * len(STEPS)
    assert reading + waited < 60 * lessons.walk(lessons.TOUR).minutes
    page.get_by_role("button", name="Finish the tour").click()
    expect(page.get_by_text("stop 11 of")).to_have_count(0)
    visitor.fine()


def test_on_a_phone_what_is_meant_comes_into_sight(visit, server):
    server.wait(lambda health: health["engine"] == "ready", 90)
    visitor = visit(viewport={"width": 390, "height": 844}, has_touch=True)
    page = visitor.page
    for number in TOUCHED:
        step = STEPS[number - 1]
        visitor.open(f"/?tour={number}")
        arrived(page, number)
        page.get_by_role("button", name="Skip").tap()
        page.get_by_role("button", name="Show me").tap()
        lit = page.locator(css(step.highlight))
        expect(lit).to_be_in_viewport(ratio=0.5)
        expect(page.get_by_role("button", name="Next")).to_be_in_viewport()
        wide = page.evaluate(
            "document.querySelector('[data-testid=stMain]').scrollWidth"
        )
        assert wide <= 390
    page.get_by_role("button", name="Next").tap()
    arrived(page, TOUCHED[-1] + 1)
    page.get_by_role("button", name="Leave the tour").tap()
    expect(page).not_to_have_url(re.compile("tour="))
    page.get_by_role("button", name="Back to the tour").tap()
    arrived(page, TOUCHED[-1] + 1)
    visitor.fine()
