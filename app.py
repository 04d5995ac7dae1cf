"""The web server: `streamlit run app.py`, or any ASGI server on `app:app`.

Pages start from `pages/ui/entry.py`; here are only the engine's life and a
health check.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route
from streamlit import config

from pages import ui
from pages.ui import first_paint, login
from pages.ui.headers import SecurityHeaders
from pages.ui.html_head import HtmlHead
from pages.ui.teacher_door import TeacherDoor
from tl_core import tidy
from tl_core.figures import property_names
from tl_core.jobs import engine, quota
from tl_core.jobs.trouble import StoreError

SELDOM, AGAIN = 20_000, 2
"""Objects made between two looks for garbage, and looks at the newest before
one at those that outlived it. Reading recorded runs makes hundreds of
thousands that stay; Python's own 700 would double its time. But of thirty
readers' pages many outlive one look, and Python's own 10 lets them lie."""
LOOPBACK = ["localhost", "127.0.0.1", "::1"]
SCRIPT = Path(__file__).absolute().parent / "pages" / "ui" / "entry.py"
"""What Streamlit runs for every page; it is not for import."""
# While it runs, Streamlit puts its folder first on the path, unless it is
# there; a worker started meanwhile would take our `peft` for the package.
sys.path.append(str(SCRIPT.parent))


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any] | None]:
    """The engine comes up beside the server and goes down with it; with
    settings that cannot be understood neither does."""
    gc.set_threshold(SELDOM, AGAIN)
    tidy.frugal()
    login.check()
    quota.bounds()
    # What the first page needs is loaded before the first visitor comes.
    import_module("pages.ui.results")
    property_names.remember()
    first_paint.html("")
    starting = asyncio.create_task(asyncio.to_thread(_start))
    tidying = asyncio.create_task(tidy.keep())
    yield None
    tidying.cancel()
    await starting
    await asyncio.to_thread(engine.shut_down)


def _start() -> None:
    """The engine, then what the other pages need, before they are asked
    for: pandas alone takes a third of a second."""
    with suppress(StoreError):  # each page says so, and tries again
        engine.current()
    for module in iter_modules(ui.__path__, f"{ui.__name__}."):
        if module.name != f"{ui.__name__}.{SCRIPT.stem}":
            import_module(module.name)
    gc.freeze()  # modules stay: do not walk them at every collection


async def healthz(request: Request) -> JSONResponse:
    """Whether the server, the engine and the queue are well."""
    try:
        now = await asyncio.to_thread(lambda: engine.current().status())
    except StoreError as reason:
        return JSONResponse({"status": str(reason)}, status_code=503)
    return JSONResponse(
        {
            "status": "ok",
            "engine": now.state,
            "device": now.device,
            "workers": now.workers,
            "running": now.running,
            "queued": now.queued,
            "notices": [*engine.current().store.notices, *now.notices],
        }
    )


async def first_page(request: Request) -> RedirectResponse:
    """The start page is at `/`, also for those who look for its name."""
    query = request.url.query
    return RedirectResponse(f"./?{query}" if query else "./")


def know_hosts() -> None:
    """On loopback, be called by this machine's names alone: a website may
    have its own name point here (DNS rebinding), and would pass for the lab.
    Behind a proxy on this machine, say `--server.allowedHosts NAME`."""
    unset = not config.get_option("server.allowedHosts")
    if unset and config.get_option("server.address") in LOOPBACK:
        config.set_option("server.allowedHosts", LOOPBACK)


know_hosts()
app = st.App(
    SCRIPT,
    lifespan=lifespan,
    routes=[Route("/healthz", healthz), Route("/start", first_page)],
    middleware=[
        Middleware(SecurityHeaders),
        Middleware(TeacherDoor),
        Middleware(HtmlHead),
    ],
)
