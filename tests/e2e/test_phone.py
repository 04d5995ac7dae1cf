"""What a finger does on a small screen."""

import pytest
from playwright.sync_api import expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("default"),
]
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}
QUICK = "dataset=moons&backbone=mlp&strategy=mmd&steps=200"


@pytest.fixture(scope="module")
def server(shared):
    """One that others use too."""
    return shared


def scrolled(page) -> float:
    return page.get_by_test_id("stMain").evaluate("it => it.scrollTop")


def swipe(page, x: float, y: float, far: float) -> None:
    """Move a finger up by `far` pixels."""
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, *points: dict[str, float]) -> None:
        told = {"type": kind, "touchPoints": list(points)}
        finger.send("Input.dispatchTouchEvent", told)

    touch("touchStart", {"x": x, "y": y})
    for step in range(1, 11):
        touch("touchMove", {"x": x, "y": y - far * step / 10})
        page.wait_for_timeout(20)
    touch("touchEnd")


def test_a_swipe_over_a_chart_scrolls_and_a_tap_tells(visit):
    visitor = visit(**PHONE)
    visitor.open("/run")
    page = visitor.page
    plot = page.locator(".js-plotly-plot .nsewdrag").first
    expect(plot).to_be_attached(timeout=60_000)
    plot.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    before = scrolled(page)
    place = plot.bounding_box()
    middle = place["x"] + place["width"] / 2
    swipe(page, middle, place["y"] + place["height"] / 2, 200)
    page.wait_for_timeout(500)
    assert scrolled(page) > before + 100
    place = plot.bounding_box()
    page.touchscreen.tap(
        place["x"] + 0.8 * place["width"], place["y"] + 0.5 * place["height"]
    )
    told = page.locator(".js-plotly-plot .hoverlayer text")
    expect(told.first).to_be_attached()
    visitor.fine()


def test_what_a_button_starts_comes_into_sight(visit, server):
    server.wait(lambda health: health["engine"] == "ready", 90)
    visitor = visit(**PHONE)
    visitor.open(f"/run?{QUICK}")
    page = visitor.page
    result = page.locator(".st-key-run-result")
    expect(result).not_to_be_in_viewport()
    page.get_by_role("button", name="Run", exact=True).tap()
    expect(result).to_be_in_viewport(ratio=0.3)
    visitor.fine()


def test_a_shift_s_numbers_stay_above_its_sliders(visit, server):
    server.wait(lambda health: health["engine"] == "ready", 90)
    visitor = visit(**PHONE)
    visitor.open("/domains")
    page = visitor.page
    numbers = page.locator(".st-key-shift-numbers")
    expect(numbers).to_contain_text("A-distance", timeout=60_000)
    accuracy = numbers.get_by_test_id("stMetricValue").first
    before = accuracy.inner_text()

    swipe(page, 200, 700, 300)
    page.get_by_role("slider", name="Blur").focus()
    page.keyboard.press("End")
    expect(accuracy).not_to_have_text(before)
    expect(accuracy).to_be_in_viewport(ratio=0.9)
    expect(page.locator(".st-key-shift-blur")).to_be_in_viewport(ratio=0.9)
    visitor.fine()
