"""The doors of the lab: names of browsers, the teacher's secret, headers."""

import base64
import hashlib
import re
import time
import tomllib
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from pages.ui import headers, teacher_door
from pages.ui.headers import SecurityHeaders
from pages.ui.html_head import COOKIE, HtmlHead
from pages.ui.teacher_door import TeacherDoor
from tl_core import access

SECRET = "correct horse battery"
PAGE = (
    "<html><head><script>let a = 1</script></head>"
    '<body><div id="root"></div></body></html>'
)


def page(request: Request) -> HTMLResponse:
    return HTMLResponse(PAGE)


def served(**cookies: str) -> TestClient:
    """A page at every address, behind the doors that `app.py` has."""
    doors = [SecurityHeaders, TeacherDoor, HtmlHead]
    app = Starlette(
        routes=[Route("/{path:path}", page)],
        middleware=[Middleware(door) for door in doors],
    )
    return TestClient(
        app,
        headers={"accept": "text/html"},
        cookies=cookies,
        follow_redirects=False,
    )


@pytest.fixture
def secret(monkeypatch):
    monkeypatch.setenv("TL_TEACHER", SECRET)
    monkeypatch.setattr(teacher_door, "DELAY", 0.0)


def directives(answer) -> dict[str, str]:
    text = answer.headers["content-security-policy"]
    return dict(part.split(" ", 1) for part in text.split("; ") if " " in part)


def test_a_browser_keeps_its_name_and_a_forged_one_is_replaced():
    given = served().get("/").cookies[COOKIE]
    assert access.is_name(given)
    assert len(given) == 32
    assert COOKIE not in served(**{COOKIE: given}).get("/").cookies
    for forged in ("", "a b", "../x", "x" * 65, "<b>"):
        made = served().get("/", headers={"cookie": f"{COOKIE}={forged}"})
        assert access.is_name(made.cookies[COOKIE])


def test_no_two_browsers_have_one_name():
    assert len({access.new_name() for _ in range(1000)}) == 1000


def test_over_tls_cookies_stay_on_tls(secret):
    client = served()
    for path in ("https://lab/", f"https://lab/?teacher={SECRET}"):
        assert "Secure" in client.get(path).headers["set-cookie"]
        insecure = path.replace("https", "http")
        assert "Secure" not in client.get(insecure).headers["set-cookie"]


def test_a_teacher_signs_in_and_the_secret_leaves_the_address(secret):
    answer = served().get(f"/runs?words=x%26y&teacher={SECRET}&order=best")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/runs?words=x%26y&order=best"
    assert answer.headers["cache-control"] == "no-store"
    given = answer.headers["set-cookie"]
    for rule in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=86400"):
        assert rule in given
    assert SECRET not in given
    assert access.is_teacher(answer.cookies[access.TEACHER])


def test_a_teacher_signs_out(secret):
    answer = served().get("/runs?teacher=")
    assert (answer.status_code, answer.headers["location"]) == (303, "/runs")
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert not access.is_teacher("")


@pytest.mark.parametrize("guess", ["x", SECRET[:-1], SECRET + "x", "%00", "é"])
def test_a_wrong_secret_opens_nothing_and_costs_time(
    secret, monkeypatch, guess
):
    monkeypatch.setattr(teacher_door, "DELAY", 0.2)
    start = time.monotonic()
    answer = served().get(f"/?teacher={guess}")
    assert answer.status_code == 403
    assert time.monotonic() - start >= 0.2
    assert "set-cookie" not in answer.headers
    assert "not the teacher's secret" in answer.text


@pytest.mark.parametrize("set_to", [None, "", "short"])
def test_without_a_proper_secret_nobody_is_a_teacher(
    monkeypatch, secret, set_to
):
    good = access.signed()
    monkeypatch.delenv("TL_TEACHER")
    if set_to is not None:
        monkeypatch.setenv("TL_TEACHER", set_to)
    assert not access.is_teacher(good)
    answer = served().get(f"/?teacher={set_to or 'x'}")
    assert answer.status_code == 403


def test_a_cookie_ends_after_a_day_and_with_another_secret(
    secret, monkeypatch
):
    good = access.signed()
    assert access.is_teacher(good)
    for bad in (good[:-1], good + "x", "teacher", "", "é" * 40):
        assert not access.is_teacher(bad)
    now = time.time()
    with monkeypatch.context() as later:
        later.setattr(time, "time", lambda: now + access.DAY + 2)
        assert not access.is_teacher(good)
    monkeypatch.setenv("TL_TEACHER", "another long secret")
    assert not access.is_teacher(good)


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "//"])
def test_the_way_on_stays_on_this_server(secret, path):
    answer = served().get(f"http://lab{path}?teacher={SECRET}")
    place = answer.headers["location"]
    assert place.startswith("/")
    assert not re.match(r"/[/\\]", place)


def test_the_server_is_set_up_to_be_careful():
    text = (
        Path(__file__).parent.parent / ".streamlit/config.toml"
    ).read_text()
    config = tomllib.loads(text)
    careful = {
        "address": "127.0.0.1",
        "enableXsrfProtection": True,
        "enableCORS": True,
        "fileWatcherType": "none",
        "enableAgentApi": False,
        "enableStaticServing": False,
    }
    assert careful.items() <= config["server"].items()
    assert config["server"]["maxUploadSize"] <= 200
    assert config["server"]["maxMessageSize"] <= 50
    assert config["client"]["showErrorDetails"] == "none"
    assert config["client"]["toolbarMode"] == "viewer"


def test_every_script_of_a_page_is_known_by_its_hash():
    answer = served().get("/")
    allowed = directives(answer)["script-src"].split()
    scripts = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    assert len(scripts) >= 3
    for script in scripts:
        digest = hashlib.sha256(script.encode()).digest()
        assert f"'sha256-{base64.b64encode(digest).decode()}'" in allowed
    assert "'unsafe-inline'" not in allowed
    assert "'unsafe-eval'" not in allowed


def test_every_answer_has_the_headers():
    client = served()
    for path in ("/", "/run?steps=3", "/media/x.html", "/_stcore/health"):
        answer = client.get(path, headers={"accept": "*/*"})
        for name, value in headers.FIXED.items():
            assert answer.headers[name] == value
        assert "content-security-policy" in answer.headers
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"


def test_a_file_that_is_opened_by_itself_is_inert():
    answer = served().get("/media/report.html")
    (policy,) = answer.headers.get_list("content-security-policy")
    assert policy == headers.FILE
    assert policy.startswith("sandbox;")


def test_frames_are_allowed_where_the_environment_says(monkeypatch):
    assert directives(served().get("/"))["frame-ancestors"] == "'self'"
    sites = "https://moodle.example.edu https://*.example.org:8443"
    monkeypatch.setenv("TL_FRAME_ANCESTORS", sites)
    answer = served().get("/")
    assert directives(answer)["frame-ancestors"] == sites
    assert "x-frame-options" not in answer.headers
    monkeypatch.setenv("TL_FRAME_ANCESTORS", "'none'")
    assert served().get("/").headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "given", ["*", "", "moodle", "'self'; script-src *", "https://a\r\nX: y"]
)
def test_a_bad_list_of_sites_is_named(monkeypatch, given):
    monkeypatch.setenv("TL_FRAME_ANCESTORS", given)
    with pytest.raises(ValueError, match="TL_FRAME_ANCESTORS cannot be"):
        headers.ancestors()
