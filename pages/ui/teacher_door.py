"""Where a teacher signs in: any address of the lab with `?teacher=SECRET`.

The answer is a cookie and a way on to the same address without the secret, so
that it stays neither in the address bar nor in the links of the page.
`?teacher=` with nothing behind it signs out.
"""

from __future__ import annotations

import asyncio
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.responses import PlainTextResponse, RedirectResponse, Response

from tl_core import access
from tl_core.texts import say

NAME = "teacher"
DELAY = 1.0
"""Seconds that a wrong guess costs."""
REFUSED = say(
    "This is not the teacher's secret of this lab. It is what the lab was "
    "started with as TL_TEACHER, at least {least} characters long.",
    least=access.LEAST,
)


class TeacherDoor:
    """ASGI middleware that answers addresses with a teacher's secret."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        given = _given(scope)
        if given is None:
            await self.app(scope, receive, send)
            return
        answer = await _answer(scope, given)
        answer.headers["cache-control"] = "no-store"
        await answer(scope, receive, send)


def _given(scope: Any) -> str | None:
    """The secret in the address; None where there is none."""
    if scope["type"] != "http" or NAME.encode() not in scope["query_string"]:
        return None
    return dict(_query(scope)).get(NAME)


def _query(scope: Any) -> list[tuple[str, str]]:
    text = scope["query_string"].decode("latin-1")
    return parse_qsl(text, keep_blank_values=True)


async def _answer(scope: Any, given: str) -> Response:
    if given and not access.proves(given):
        await asyncio.sleep(DELAY)
        return PlainTextResponse(REFUSED, status_code=403)
    rest = urlencode([(n, v) for n, v in _query(scope) if n != NAME])
    # One slash: an address that begins with two is another server's.
    path = "/" + scope["path"].lstrip("/\\")
    way_on = RedirectResponse(f"{path}?{rest}" if rest else path, 303)
    way_on.headers["set-cookie"] = cookie(
        access.TEACHER,
        access.signed() if given else "",
        access.DAY if given else 0,
        scope["scheme"] == "https",
        say("Strict"),
    )
    return way_on


def cookie(
    name: str, value: str, seconds: int, secure: bool, site: str
) -> str:
    """A cookie that scripts cannot read, as a header says it."""
    made: SimpleCookie = SimpleCookie({name: value})
    rules: dict[str, Any] = {"path": "/", "samesite": site}
    made[name].update({**rules, "httponly": True, "max-age": seconds})
    if secure:
        made[name]["secure"] = True
    return made[name].OutputString()
