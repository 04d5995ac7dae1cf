"""Every view of every page: three widths, by day and by night, no mouse."""

import pytest
from playwright.sync_api import Page, expect

from pages.ui import registry
from tests.e2e.test_journey import WINDOW, cut, serious

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("default"),
]
VIEWED = [
    name
    for name in registry.about()
    if "VIEWS = {" in registry.path_of(name).read_text("utf-8")
]
SCHEMES = ("light", "dark")


@pytest.fixture(scope="module")
def server(shared):
    """One that others use too."""
    return shared


def switch(page: Page):
    """The buttons that choose a view."""
    return page.locator("[class*=st-key-][class*=view] button[role=radio]")


def drawn(page: Page) -> None:
    """Wait until nothing that is still to come holds its place."""
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    page.wait_for_timeout(250)  # charts draw after the script


def too_wide(page: Page) -> bool:
    """Whether one has to scroll sideways."""
    return page.evaluate(
        "document.documentElement.scrollWidth > window.innerWidth"
    )


@pytest.mark.parametrize("name", VIEWED)
def test_every_view_fits_and_can_be_read_by_all(visit, server, name):
    """Views take turns by day and by night; each fits three widths."""
    server.wait(lambda health: health["engine"] == "ready", 90)
    visitor = visit(viewport=WINDOW)
    visitor.open(f"/{name}")
    expect(switch(visitor.page).first).to_be_visible()
    views = switch(visitor.page).all_inner_texts()
    assert len(views) > 1
    wrong = []
    for number, view in enumerate(views):
        scheme = SCHEMES[number % 2]
        visitor.page.emulate_media(color_scheme=scheme)
        switch(visitor.page).nth(number).click()
        visitor.settled()
        drawn(visitor.page)
        for width in (1440, 1024, 390):
            visitor.page.set_viewport_size({**WINDOW, "width": width})
            visitor.page.wait_for_timeout(150)
            if too_wide(visitor.page):
                wrong.append(f"{view} is wider than {width}")
            wrong += [f"{view}, {width}: {it}" for it in cut(visitor.page)]
        wrong += [f"{view}, {scheme}: {it}" for it in serious(visitor.page)]
        visitor.page.set_viewport_size(WINDOW)
        visitor.page.wait_for_timeout(150)
    assert wrong == []
    visitor.fine()


@pytest.mark.parametrize("name", VIEWED)
def test_the_switch_of_views_works_by_keyboard_alone(visit, name):
    visitor = visit(viewport=WINDOW)
    visitor.open(f"/{name}")
    page = visitor.page
    first = switch(page).first
    expect(first).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Tab")
        if first.evaluate(
            "it => it.parentNode.contains(it.ownerDocument.activeElement)"
        ):
            break
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(switch(page).nth(1)).to_have_attribute("aria-checked", "true")
    visitor.fine()
