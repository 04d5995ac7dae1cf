"""What moves in the browser, without the server."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("default"),
]


@pytest.fixture(scope="module")
def server(shared):
    """One that others use too."""
    return shared


def test_a_race_is_replayed_from_its_recorded_runs(visit):
    visitor = visit()
    visitor.open("/")
    page = visitor.page
    page.get_by_text("Replay the race").click()
    step = page.locator("output")
    expect(step).to_have_text("step 300")
    values = page.locator("svg.places text")
    after = values.all_text_contents()
    page.get_by_role("slider", name="Adaptation step").fill("0")
    expect(step).to_have_text("step 0")
    assert values.all_text_contents() != after
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(step).to_have_text(re.compile(r"step ([1-9]|\d\d|[12]\d\d)$"))
    visitor.fine()


def test_the_film_of_dann_plays(visit):
    visitor = visit()
    visitor.open("/alignment")
    page = visitor.page
    page.get_by_text("DANN, step by step").click()
    now = page.locator(".slider-label").first
    expect(now).to_have_text("step 600")
    page.locator(".updatemenu-button").first.click()
    expect(now).not_to_have_text("step 600")
    visitor.fine()
