"""What moves in the browser, without the server."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("default"),
]


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


def test_on_a_phone_a_shift_s_numbers_stay_above_its_sliders(visit, server):
    server.wait(lambda health: health["engine"] == "ready", 90)
    visitor = visit(viewport={"width": 390, "height": 844}, has_touch=True)
    visitor.open("/domains")
    page = visitor.page
    numbers = page.locator(".st-key-shift-numbers")
    expect(numbers).to_contain_text("A-distance", timeout=60_000)
    accuracy = numbers.get_by_test_id("stMetricValue").first
    before = accuracy.inner_text()
    page.mouse.move(200, 600)
    page.mouse.wheel(0, 400)
    page.get_by_role("slider", name="Blur").focus()
    page.keyboard.press("End")
    expect(accuracy).not_to_have_text(before)
    expect(accuracy).to_be_in_viewport(ratio=0.9)
    expect(page.locator(".st-key-shift-blur")).to_be_in_viewport(ratio=0.9)
    visitor.fine()
