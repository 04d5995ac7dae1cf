"""What the lab adds to Streamlit's HTML page.

The server's address: on `/run`, Streamlit's page first asks for
`/run/_stcore/health` and only after that answer (404) for `/_stcore/health`,
two failed requests and two errors in the console of every deep link, unless
`window.__streamlit` says where to ask.

A hint to fetch the code that draws charts (5 MB) when there is nothing else
to do: the first page needs none (`charts.still`), the others will.

On the start page, what is to be seen before Streamlit's code has come.

Repairs: lists of Streamlit's menu have a layer between list and items,
which keeps screen readers from counting them; code and formulas that scroll
sideways cannot be reached by keyboard; and in the dark, the colour that makes
words stand out is too bright to write white on. Of code, some colours are too
close to the ground by day, others by night.

On a phone a swipe that begins on a chart scrolls the page, where Plotly would
zoom; a tap still tells what is there. No keys are named, and the chart's
tools, which would cover its legend, are left out.

Of a still chart (`charts.still`), the drawing for the width of the screen.

And a cookie with a random name for the browser, so that its runs and guesses
can be told from others'. Scripts cannot read it, other sites do not get it.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import streamlit
from starlette.requests import cookie_parser

from pages.ui import first_paint, login
from pages.ui.headers import policy
from pages.ui.teacher_door import cookie
from tl_core import access
from tl_core.texts import say

ADDRESS = (
    "<script>window.__streamlit = Object.assign({BACKEND_BASE_URL: "
    'location.origin + "/", MAIN_PAGE_BASE_URL: location.origin + "/"}, '
    "window.__streamlit)</script>"
)
CHARTS = "".join(
    f'<link rel="prefetch" crossorigin href="/static/js/{path.name}">'
    for path in (Path(streamlit.__file__).parent / "static").rglob(
        "PlotlyChart.*.js"
    )
)
REPAIR = """<script>
const reach = () => {
  for (const formula of document.querySelectorAll(".katex-display"))
    if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
};
addEventListener("resize", reach);
addEventListener("touchstart", (touch) => {
  if (touch.target.closest?.(".js-plotly-plot .draglayer"))
    touch.stopPropagation();
}, {capture: true, passive: true});
new MutationObserver(() => {
  for (const menu of document.querySelectorAll(
      '[data-testid="stSidebarNavItems"]:not([role])')) {
    menu.setAttribute("role", "none");
    for (const layer of menu.children)
      layer.setAttribute("role", layer.tagName === "LI" ? "none" : "list");
  }
  for (const code of document.querySelectorAll("pre:not([tabindex])"))
    code.tabIndex = 0;
  requestAnimationFrame(reach);
}).observe(document.documentElement, {childList: true, subtree: true});
</script><style>
.stApp [data-testid="stBaseButton-primary"] {
  background-color: light-dark(#0b62a3, #1f74b0); }
.stApp [data-testid="stBaseButton-primary"] kbd { color: #fff; opacity: 1; }
@media (hover: none) {
  .stApp button kbd, .js-plotly-plot .modebar-container { display: none; } }
.stApp [data-testid="stCode"] :is(.token.keyword, .token.function) {
  color: light-dark(#0b5a9e, #7cc4f5); }
.stApp [data-testid="stCode"] .token.string {
  color: light-dark(#146c3c, #3dd56d); }
.stApp [data-testid="stCode"] .token.number {
  color: light-dark(#0f6470, #5fd3c4); }
.stApp [data-testid="stCode"] :is(.token.comment, .linenumber) {
  color: light-dark(#4d6273, #a9bccd) !important; }
.tl-narrow { display: none; }
@media (max-width: 640px) {
  .tl-wide { display: none; } .tl-narrow { display: block; } }
</style>"""
ROOT = '<div id="root"'
"""Where Streamlit draws its page."""
COOKIE = "tl_browser"
YEAR = 365 * 24 * 3600
Message = MutableMapping[str, Any]


class HtmlHead:
    """ASGI middleware that adds ADDRESS, CHARTS and REPAIR to every HTML
    page, and `first_paint` to the start page."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not _wants_html(scope):
            await self.app(scope, receive, send)
            return
        # An unpacked answer, for it is to be written into.
        headers = [
            h for h in scope["headers"] if h[0].lower() != b"accept-encoding"
        ]
        first = ""
        if scope["path"] == "/" and not login.required():
            first = first_paint.html(scope["query_string"].decode("latin-1"))
        page = _Page(send, first, _new_name(scope))
        await self.app({**scope, "headers": headers}, receive, page.send)


class _Page:
    """Holds an HTML answer back until it is whole, then sends it on."""

    def __init__(self, send: Any, first: str, name: str) -> None:
        self.forward = send
        self.first = first
        self.name = name
        self.start: Message | None = None
        self.body = b""

    async def send(self, message: Message) -> None:
        """One ASGI message of the answer."""
        if message["type"] == "http.response.start" and _is_html(message):
            self.start = message
        elif message["type"] != "http.response.body" or self.start is None:
            await self.forward(message)
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self.start)

    async def _finish(self, start: Message) -> None:
        added = f"{ADDRESS}{CHARTS}{REPAIR}</head>".encode()
        body = self.body.replace(b"</head>", added, 1)
        first = f"{self.first}{ROOT}".encode()
        body = body.replace(ROOT.encode(), first, 1)
        headers = [
            h for h in start["headers"] if h[0].lower() != b"content-length"
        ]
        headers.append((b"content-length", str(len(body)).encode()))
        headers.append((b"content-security-policy", policy(body)))
        if self.name:
            headers.append((b"set-cookie", self.name.encode()))
        await self.forward({**start, "headers": headers})
        await self.forward({"type": "http.response.body", "body": body})


def _wants_html(scope: Any) -> bool:
    accept = dict(scope["headers"]).get(b"accept", b"")
    return scope["method"] == "GET" and b"text/html" in accept


def _is_html(message: Message) -> bool:
    kind = dict(message["headers"]).get(b"content-type", b"")
    return message["status"] == 200 and kind.startswith(b"text/html")


def _new_name(scope: Any) -> str:
    """The cookie of a browser that has none; empty when it has one."""
    sent = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
    if access.is_name(cookie_parser(sent).get(COOKIE, "")):
        return ""
    secure = scope["scheme"] == "https"
    return cookie(COOKIE, access.new_name(), YEAR, secure, say("Lax"))
