"""Runs in a real browser: named, found, deleted and brought back."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import toy
from tests.e2e.conftest import Server
from tests.e2e.test_journey import serious
from tests.jobs.test_store import STORY, batches, tell
from tests.test_runs_page import HOSTILE
from tl_core.jobs.store import RunStore

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("default"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A lab in which three runs were done."""
    home = tmp_path_factory.mktemp("runs")
    store = RunStore(home / "runs")
    for key in ("mmd", "dann", "full"):
        spec = toy(key)
        store.submit(spec)
        tell(store, batches(STORY, spec=spec))
    store.close()
    running = Server(home)
    yield running
    running.stop()


def row(page: Page, text: str):
    """The card of the run that says so."""
    cards = page.locator("[class*=st-key-runs-row-]")
    return cards.filter(has_text=text)


def test_rename_find_delete_and_undo(visit):
    visitor = visit(viewport={"width": 1280, "height": 900})
    page = visitor.page
    visitor.open("/runs")
    cards = page.locator("[class*=st-key-runs-row-]")
    expect(cards).to_have_count(3)

    row(page, "DANN").get_by_role("button", name="Name, tags, link").click()
    page.get_by_label("Name", exact=True).fill(HOSTILE)
    page.keyboard.press("Enter")
    expect(row(page, "DANN").get_by_text(HOSTILE, exact=True)).to_be_visible()
    page.keyboard.press("Escape")

    page.get_by_label("Search").fill("smile dann")
    expect(cards).to_have_count(1)
    expect(page).to_have_url(re.compile(r"words=smile\+dann"))
    page.reload()
    visitor.settled()
    expect(cards).to_have_count(1)

    row(page, "DANN").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("1 run deleted.")).to_be_visible()
    expect(cards).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(row(page, "DANN").get_by_text(HOSTILE, exact=True)).to_be_visible()
    page.get_by_label("Search").fill("")
    page.keyboard.press("Enter")
    expect(cards).to_have_count(3)
    assert serious(page) == []
    visitor.fine()


def test_pinned_runs_can_be_read_by_all(visit, server):
    server.wait(lambda health: health["engine"] == "ready", 90)
    visitor = visit(viewport={"width": 1280, "height": 900})
    visitor.open("/compare?view=Pinned+runs")
    expect(visitor.page.locator(".js-plotly-plot")).to_have_count(7)
    assert serious(visitor.page) == []
    visitor.page.set_viewport_size({"width": 390, "height": 900})
    visitor.page.wait_for_timeout(500)
    assert visitor.page.evaluate(
        "document.documentElement.scrollWidth <= window.innerWidth"
    )
    visitor.fine()
