"""The whole journey, as a person takes it."""

import re
import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from pages.ui import registry

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("default"),
]
STEP = re.compile(r"step \d+ of (8000|40)\b")
LONG = "steps=8000&pretrain_steps=40&dataset=moons&backbone=mlp"
WINDOW = {"width": 1440, "height": 900}
PATHS = ["/"] + [f"/{name}" for name in registry.about() if name != "start"]


def choose(page: Page, label: str, option: str) -> None:
    """Pick an option of a select box, as a keyboard user does."""
    box = page.get_by_role("combobox", name=re.compile(label))
    box.click()
    page.get_by_role("option", name=option, exact=True).click()


def steps_done(page: Page) -> int:
    """The step that the progress text names."""
    text = page.get_by_text(STEP).inner_text()
    return int(re.search(r"step (\d+)", text)[1])  # type: ignore[index]


def points(page: Page) -> int:
    """How many points the accuracy curves hold."""
    return page.locator(".js-plotly-plot").first.evaluate(
        "plot => (plot.data ?? []).reduce((n, t) => n + t.x.length, 0)"
    )


def test_a_deep_link_is_right_on_the_first_visit_of_a_server(visit):
    visitor = visit()
    visitor.open("/run?strategy=dann&seed=5")
    expect(visitor.page.get_by_text("What DANN minimises")).to_be_visible()
    expect(visitor.page.get_by_role("dialog")).to_have_count(0)
    expect(visitor.page).to_have_url(re.compile("seed=5"))
    visitor.fine()


@pytest.mark.parametrize("path", PATHS)
def test_every_page_is_fine_by_day_and_by_night(visit, path):
    visitor = visit(viewport=WINDOW)
    visitor.open(path)
    expect(visitor.page.locator("#tl-first")).to_have_count(0)
    expect(visitor.page.locator("h1")).to_be_visible()
    visitor.page.wait_for_timeout(500)  # charts draw after the script
    for width in (1440, 1024, 390):
        visitor.page.set_viewport_size({**WINDOW, "width": width})
        visitor.page.wait_for_timeout(300)
        assert visitor.page.evaluate(
            "document.documentElement.scrollWidth <= window.innerWidth"
        ), width
        assert cut(visitor.page) == [], width
    app = visitor.page.get_by_test_id("stApp")
    for scheme in ("light", "dark"):
        visitor.page.emulate_media(color_scheme=scheme)
        expect(app).to_have_css("color-scheme", scheme)
        visitor.page.wait_for_timeout(300)
        assert serious(visitor.page) == [], scheme
    visitor.fine()


def cut(page: Page) -> list[str]:
    """Numbers and their names that have no room and end in an ellipsis."""
    return page.evaluate(
        """[...document.querySelectorAll("[data-testid=stMetric] *")]
        .filter(it => getComputedStyle(it).textOverflow === "ellipsis"
                && it.scrollWidth > it.clientWidth + 1)
        .map(it => it.textContent)"""
    )


def serious(page: Page) -> list[str]:
    """What axe-core finds that keeps people out."""
    found = Axe().run(page).response["violations"]
    return [
        f"{row['id']}: {node['html'][:200]}"
        for row in found
        if row["impact"] in ("serious", "critical")
        for node in row["nodes"]
    ]


def test_the_first_page_shows_real_charts(visit):
    visitor = visit()
    began = time.monotonic()
    visitor.open("/")
    charts = visitor.page.locator("svg[role=img]:visible")
    expect(charts.first).to_be_visible()
    print(f"charts after {time.monotonic() - began:.2f} s")  # noqa: T201
    expect(visitor.page.locator("#tl-first")).to_have_count(0)
    print(f"whole after {time.monotonic() - began:.2f} s")  # noqa: T201
    expect(visitor.page.get_by_text("Without a single target")).to_be_visible()
    lines = charts.first.locator("polyline")
    expect(lines).to_have_count(6)
    assert len(lines.first.get_attribute("points").split()) > 20
    visitor.fine()


def test_the_first_page_s_charts_can_be_explored(visit):
    visitor = visit()
    visitor.open("/")
    visitor.page.get_by_text("Explore the charts").click()
    expect(
        visitor.page.locator(".js-plotly-plot .main-svg").first
    ).to_be_visible()
    assert points(visitor.page) > 20
    visitor.fine()


def test_choose_run_watch_reload_stop_rerun_reopen(visit, server):
    server.wait(lambda health: health["engine"] == "ready", 90)
    visitor = visit()
    page = visitor.page
    visitor.open(f"/run?{LONG}&strategy=mmd")
    choose(page, "Strategy", "DANN")
    expect(page.get_by_text("What DANN minimises")).to_be_visible()
    visitor.settled()
    page.get_by_role("button", name="Run").first.click()

    expect(page.get_by_text(STEP)).to_be_visible()
    expect(page).to_have_url(re.compile("run=[0-9a-f]{16}"))
    expect(page).to_have_url(re.compile("strategy=dann"))
    first = points(page)
    grown = False  # a chart that is being drawn anew has none for a moment
    for _ in range(80):
        grown = grown or points(page) > first
        if grown:
            break
        page.wait_for_timeout(500)
    assert grown, "the curve does not grow"
    before = steps_done(page)

    page.reload()
    visitor.settled()
    expect(page.get_by_text("Adapting: step")).to_be_visible()
    assert steps_done(page) >= before, "the reload lost the run"

    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped after")).to_be_visible()
    page.get_by_role("button", name="Run again").click()
    expect(page.get_by_text("Adapting: step")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped after")).to_be_visible()

    run_id = re.search("run=([0-9a-f]{16})", page.url)[1]
    page.get_by_role("link", name="Runs").click()
    visitor.settled()
    page.locator("[class*=st-key-runs-open] button").first.click()
    visitor.settled()
    expect(page).to_have_url(re.compile(f"run={run_id}"))
    expect(page.get_by_text("Stopped after")).to_be_visible()
    visitor.fine()


def test_a_finished_run_tells_its_result_and_shows_its_inside(visit, server):
    server.wait(lambda health: health["engine"] == "ready", 90)
    visitor = visit()
    page = visitor.page
    visitor.open("/run?dataset=moons&backbone=mlp&strategy=oracle&steps=200")
    page.get_by_role("button", name="Run").first.click()
    said = page.get_by_text("Oracle (target labels): target accuracy")
    expect(said).to_be_visible(timeout=120_000)
    expect(page.get_by_text("Decision boundary")).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(9)
    visitor.fine()


def test_two_visitors_watch_one_run(visit, server):
    server.wait(lambda health: health["engine"] == "ready", 90)
    one, two = visit(), visit()
    for visitor in (one, two):
        visitor.open(f"/run?{LONG}&strategy=mmd&seed=8")
        visitor.page.get_by_role("button", name="Run").first.click()
    for visitor in (one, two):
        text = visitor.page.get_by_text("Adapting: step")
        expect(text).to_be_visible()
    assert server.health()["running"] == 1
    assert server.health()["queued"] == 0
    one.page.get_by_role("button", name="Stop").click()
    told = one.page.get_by_text("Others asked for this run too")
    expect(told).to_be_visible()
    expect(one.page.get_by_role("button", name="Stop")).to_have_count(0)
    expect(two.page.get_by_text("Adapting: step")).to_be_visible()
    two.page.get_by_role("button", name="Stop").click()
    for visitor in (one, two):
        text = visitor.page.get_by_text("Stopped after")
        expect(text).to_be_visible()
        visitor.fine()


def test_a_bad_link_is_told_and_the_page_works(visit):
    visitor = visit()
    visitor.open("/run?strategy=mdm&steps=-3")
    expect(visitor.page.get_by_text("Did you mean 'mmd'?")).to_be_visible()
    visitor.fine()


@pytest.mark.skipif(not Path("/proc").exists(), reason="needs /proc")
def test_the_server_that_served_all_this_has_no_torch(visit, server):
    visitor = visit()
    for path in PATHS:
        visitor.open(path)
    maps = Path(f"/proc/{server.process.pid}/maps").read_text()
    assert "libtorch" not in maps
