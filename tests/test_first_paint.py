"""What the start page shows before Streamlit's code has come."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from pages.ui import first_paint
from pages.ui.html_head import HtmlHead
from tl_core import races, recording, sentences

PAGE = '<html><head></head><body><div id="root"></div></body></html>'


@pytest.fixture
def client() -> TestClient:
    """A server of one page at every address."""
    page = Route("/{path:path}", lambda request: HTMLResponse(PAGE))
    return TestClient(
        Starlette(routes=[page], middleware=[Middleware(HtmlHead)]),
        headers={"accept": "text/html"},
    )


def test_the_charts_come_with_the_first_answer(client):
    body = client.get("/").text
    first, root = body.index("tl-first"), body.index('<div id="root"')
    assert first < root
    assert body.count("<svg viewBox") == 4  # two charts, desks and phones
    assert int(client.get("/").headers["content-length"]) == len(body.encode())


def test_other_pages_have_none(client):
    assert "tl-first" not in client.get("/run").text


@pytest.mark.parametrize("race", races.RACES, ids=lambda race: race.key)
def test_each_race_has_its_own(race):
    said = sentences.race(recording.recorded_race(race))
    assert said in first_paint.html(f"race={race.key}")


def test_a_bad_link_gets_the_first_race():
    bad = first_paint.html("race=%3Cscript%3E&race=%22")
    assert bad == first_paint.html("")
