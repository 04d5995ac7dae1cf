"""A student, another one, and a teacher, each in a browser of their own."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.conftest import toy
from tests.e2e.conftest import Server

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("default"),
]
SECRET = "a secret for this test"


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    """A lab that knows a teacher."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TL_TEACHER", SECRET)
        running = Server(tmp_path_factory.mktemp("e2e"))
    yield running
    running.stop()


def test_a_run_is_private_until_it_is_shared_and_a_teachers_to_stop(
    visit, server
):
    student, other = visit(), visit()
    changes = toy("mmd", steps=20_000, seed=5).changes()
    link = "&".join(f"{name}={value}" for name, value in changes.items())
    student.open(f"/run?{link}")
    assert "tl_browser" not in student.page.evaluate("document.cookie")
    names = {c["name"]: c for c in student.context.cookies()}
    assert names["tl_browser"]["httpOnly"]
    student.page.get_by_role("button", name="Run").first.click()
    stop = student.page.get_by_role("button", name="Stop")
    expect(stop).to_be_visible()

    other.open("/runs")
    expect(other.page.get_by_text("No run yet")).to_be_visible()
    run = re.search("run=([0-9a-f]{16})", student.page.url).group(1)
    other.open(f"/run?run={run}")
    words = re.compile("Adapting|Loading|Waiting|Training on the source")
    expect(other.page.get_by_text(words).first).to_be_visible()
    expect(other.page.get_by_role("button", name="Stop")).to_have_count(0)

    other.open(f"/runs?teacher={SECRET.replace(' ', '%20')}")
    assert "teacher" not in other.page.url
    assert SECRET not in other.page.evaluate("document.cookie")
    queue = other.page.get_by_text("The queue of everybody")
    expect(queue).to_be_visible()
    other.page.get_by_role("button", name="Stop").first.click()
    expect(student.page.get_by_text("Stopped after")).to_be_visible()
    other.page.get_by_role("link", name="Sign out").click()
    expect(other.page.get_by_text("No run yet")).to_be_visible()
    expect(queue).to_have_count(0)
    for visitor in (student, other):
        visitor.fine()
