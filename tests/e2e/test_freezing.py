"""Stages are frozen and thawed in the drawing, with and without a mouse."""

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


def test_a_press_on_a_stage_freezes_it_and_all_before_it(visit):
    visitor = visit()
    page = visitor.page
    visitor.open("/strategies?strategy=full")
    stage = {
        name: page.get_by_role(
            "button", name=re.compile(f"^{name}, .*weights")
        )
        for name in ("conv1", "conv2", "dense")
    }
    expect(stage["conv2"]).to_have_attribute("aria-pressed", "false")
    stage["conv2"].click()
    for name, frozen in (("conv1", 1), ("conv2", 1), ("dense", 0)):
        told = "true" if frozen else "false"
        expect(stage[name]).to_have_attribute("aria-pressed", told)
    expect(page.get_by_text("78,110 of 117,550 numbers")).to_be_visible()
    expect(page).to_have_url(re.compile(r"strategy\.trained=1"))
    stage["conv1"].focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("strategy=full"))
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # the focus has stayed in the drawing
    expect(page).to_have_url(re.compile("strategy=linear_probe"))
    expect(page.get_by_text("1,010 of 117,550 numbers")).to_be_visible()
    visitor.fine()
