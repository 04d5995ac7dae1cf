"""A race in the browser: it outlives a reload, stops as one and goes on."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("default"),
]
RACE = (
    "/compare?dataset=moons&strategies=source_only,mmd,dann&seeds=2"
    "&steps=1500&pretrain_steps=40&lr=0.01"
)
MOVING = re.compile(r"\d of 6 runs done, 1 running")


def test_a_race_is_one_thing_to_start_reload_stop_and_end(visit):
    visitor = visit()
    page = visitor.page
    visitor.open(RACE)
    page.get_by_role("button", name="Start the race").click()
    expect(page.get_by_text(MOVING)).to_be_visible(timeout=60_000)
    expect(page).to_have_url(re.compile("group=[0-9a-f]{16}"))
    page.reload()
    visitor.settled()
    expect(page.get_by_text(MOVING)).to_be_visible()
    page.get_by_role("button", name="Stop the race").click()
    expect(page.get_by_text("runs are done and kept")).to_be_visible()
    page.get_by_role("button", name="Run the rest").click()
    expect(page.get_by_text(MOVING)).to_be_visible(timeout=60_000)
    done = page.get_by_text("Which differences are more than luck?")
    expect(done).to_be_visible(timeout=240_000)
    expect(page.get_by_text("Stop the race")).to_have_count(0)
    visitor.fine()
    other = visit()  # somebody who is given the group alone
    group = re.search("group=[0-9a-f]{16}", page.url)
    other.open(f"/compare?{group[0]}")
    expect(other.page.get_by_text("over 2 seeds").first).to_be_visible()
    expect(other.page.get_by_text("Pareto front").first).to_be_visible()
    other.fine()
