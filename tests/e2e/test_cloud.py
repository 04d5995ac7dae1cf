"""Points that show their picture and move, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("default"),
]
A_POINT = """canvas => {
  const sharp = window.devicePixelRatio, {width, height} = canvas;
  const seen = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  const k = seen.findIndex((value, i) => i % 4 === 3 && value > 150) >> 2;
  return {x: k % width / sharp, y: Math.floor(k / width) / sharp};
}"""


@pytest.fixture(scope="module")
def server(shared):
    """One that others use too."""
    return shared


def test_a_point_shows_its_picture_and_moves(visit, server):
    server.wait(lambda health: health["engine"] == "ready", 90)
    visitor = visit(reduced_motion="reduce")
    page = visitor.page
    visitor.open("/features?dataset=mnist_to_optdigits")
    page.get_by_text("In the plane").click()
    canvas, tip = page.locator("canvas"), page.locator(".tip")
    expect(canvas).to_have_attribute("aria-label", re.compile("read rightly"))
    expect(page.locator(".keys button")).to_have_count(10)
    expect(tip).to_be_hidden()
    canvas.hover(position=canvas.evaluate(A_POINT))
    expect(tip).to_contain_text(re.compile("(source|target) \\d, read"))
    picture = tip.locator(".picture")
    expect(picture).to_have_css("background-image", re.compile("data:image"))
    page.mouse.move(0, 0)
    expect(tip).to_be_hidden()
    canvas.press("ArrowRight")
    expect(tip).to_contain_text("source")
    canvas.press("Escape")

    slider = page.get_by_role("slider", name="From before to after")
    expect(slider).to_be_hidden()
    page.get_by_text("After adaptation too").click()
    again = page.get_by_role("button", name="Ask again")
    for _ in range(5):
        expect(slider.or_(again).first).to_be_visible(timeout=60_000)
        if slider.is_visible():
            break
        again.click()
        visitor.settled()
    pixels = [canvas.evaluate("canvas => canvas.toDataURL()")]
    for value in ("0.4", "1"):
        slider.fill(value)
        pixels.append(canvas.evaluate("canvas => canvas.toDataURL()"))
    assert len(set(pixels)) == 3
    slider.fill("0")
    page.get_by_role("button", name="Play").click()
    expect(slider).to_have_value("1")
    page.locator(".keys button").first.click()
    assert canvas.evaluate("canvas => canvas.toDataURL()") != pixels[2]
    visitor.fine()
