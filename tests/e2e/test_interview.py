"""A learner prepares: cards, an interview, code; and nothing is lost."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("default"),
]
ANSWER = "Reverse the gradient <b onclick=alert(1)>once</b> **only**."


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()


def cards(visitor: Visitor) -> None:
    """Two cards: one with the mouse, one by keyboard alone."""
    page = visitor.page
    visitor.open("/interview?view=Flash+cards")
    looks = page.get_by_test_id("stMetric").filter(has_text="Looks so far")
    page.get_by_text("80 %", exact=True).click()
    press(page, "Show the answer")
    press(page, "Easy")
    expect(looks).to_contain_text("1")
    expect(page.get_by_text("The days ahead")).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_role("button", name="Easy")).to_be_visible()
    visitor.settled()  # from now on the keys 1 to 4 rate
    page.keyboard.press("4")
    expect(looks).to_contain_text("2")


def interview(visitor: Visitor) -> None:
    """One answer in writing, a pause, a reload, a score, the summary."""
    page = visitor.page
    visitor.open("/interview?view=Mock+interview")
    press(page, "Start")
    expect(page.get_by_text(re.compile("Question 1 of"))).to_be_visible()
    field = page.get_by_role("textbox", name="Your answer")
    field.fill(ANSWER)
    field.blur()
    press(page, "Pause")
    expect(page.get_by_text("Paused: the question waits.")).to_be_visible()
    page.reload()
    visitor.settled()
    press(page, "Go on")
    expect(field).to_have_value(ANSWER)
    press(page, "Compare")
    shown = page.get_by_test_id("stCode").filter(has_text="Reverse")
    expect(shown).to_contain_text(ANSWER)  # as it was written
    page.get_by_test_id("stCheckbox").first.click()
    press(page, "Next question")
    expect(page.get_by_text(re.compile("Question 2 of"))).to_be_visible()
    press(page, "End the interview")
    expect(page.get_by_text("Summary ·")).to_be_visible()


def code(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("/interview?view=Code+reading")
    page.get_by_test_id("stRadio").locator("label").last.click()
    press(page, "Answer")
    expect(page.get_by_text("How one would see it")).to_be_visible()


def kept(visitor: Visitor) -> str:
    """What the page says is kept of this browser."""
    visitor.open("/mastery?view=Keep")
    said = visitor.page.get_by_test_id("stMarkdown").filter(
        has_text="Kept for this browser:"
    )
    expect(said).to_be_visible()
    return said.inner_text()


def test_progress_survives_reload_restart_and_a_file(visit, server, tmp_path):
    one = visit(viewport={"width": 1280, "height": 900})
    cards(one)
    interview(one)
    code(one)
    before = kept(one)
    for part in ("2 flash cards", "1 mock interview", "1 snippet read"):
        assert part in before
    with one.page.expect_download() as saving:
        press(one.page, "Save as a file")
    file = tmp_path / "progress.json"
    saving.value.save_as(file)
    one.page.goto("about:blank")  # a dead server is no complaint
    server.kill()
    server.start()
    assert kept(one) == before
    other = visit()
    assert "nothing yet" in kept(other)
    other.page.locator("input[type=file]").set_input_files(file)
    expect(other.page.get_by_text("The file holds")).to_be_visible()
    press(other.page, "Read it in")
    expect(other.page.get_by_text("new entries were added")).to_be_visible()
    assert kept(other) == before
    for visitor in (one, other):
        visitor.fine()
