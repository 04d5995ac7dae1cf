"""What a visitor waits for: the server, a page's first chart, a click."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

import psutil
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from pages.ui import registry
from tests.benchmarks.load import ANSWER, bounded, held, p95
from tests.benchmarks.timing import FULL, Row, Sizes, shown
from tests.benchmarks.websocket_client import Viewer
from tests.e2e.conftest import FLAGS, Server

GROUP = "pages"
HEALTHY, CHART = 4.0, 2.0
"""Seconds from the start to a healthy server, and to a page's chart."""
PATIENCE = 8_000
"""Milliseconds after which a page that has settled has no chart."""
SETTLED = (
    "[data-testid=stApp][data-test-connection-state=CONNECTED]"
    "[data-test-script-state=notRunning]"
)
DRAWN = (
    "#tl-first svg[role=img], [data-testid=stMain] :is(svg[role=img], "
    ".js-plotly-plot .main-svg, canvas, [data-testid=stImage] img)"
)
WATCH = """
const watch = new MutationObserver(() => {
  if (!document.querySelector(`%s`)) return;
  watch.disconnect();
  requestAnimationFrame(() => { window.drawn = performance.now(); });
});
watch.observe(document, {childList: true, subtree: true});
"""
OTHERS = (
    "[data-testid=stMain] [role=radiogroup] [role=radio][aria-checked=false]"
)
PICK = """async (others) => {
  const title = () => document.querySelector(
    "[data-testid=stMain] h3").textContent;
  const before = title(), start = performance.now();
  document.querySelector(others).click();
  while (title() === before)
    await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""
"""Choose another race on the start page, and wait for what it showed."""

WHY = (
    "the script answers in a tenth of a second: the rest is Chromium, which "
    "reads 5 MB of charting code and draws the form on the same two cores"
)


def rows(sizes: Sizes) -> Iterator[Row]:
    """A start, each page in Chromium, and clicks."""
    few = 3 if sizes == FULL else 1
    starts = []
    for _ in range(few):
        with serving() as server:
            starts.append(server.seconds)
    start = statistics.median(starts)
    yield bounded(
        f"start to healthy, {few} times", start, HEALTHY, group=GROUP
    )
    names = list(registry.about()) if sizes == FULL else ["start"]
    with serving() as server:
        yield clicks(server.port, names, 4 * sizes.rounds)
        # A worker that loads torch takes a core for some seconds.
        server.wait(lambda health: health["engine"] == "ready", 60)
        yield from charts(server, names, 4 * sizes.rounds)
        size = psutil.Process(server.process.pid).memory_info().rss / 1e6
        yield held("when every page has been seen", size, GROUP)


@contextmanager
def serving() -> Iterator[Server]:
    """The app, in a home of its own."""
    with TemporaryDirectory() as home:
        server = Server(Path(home))
        try:
            yield server
        finally:
            server.stop()


def clicks(port: int, names: list[str], times: int) -> Row:
    """The whole page run again, as a click on most widgets asks for."""

    async def of(name: str) -> list[float]:
        async with Viewer(port) as viewer:
            await viewer.open(path(name))
            return [(await viewer.ask()).seconds for _ in range(times)]

    taken = {name: asyncio.run(of(name)) for name in names}
    slow = sorted(names, key=lambda name: -p95(taken[name]))[:3]
    note = "slowest: " + ", ".join(
        f"{name} {shown(p95(taken[name]))}" for name in slow
    )
    every = [t for one in taken.values() for t in one]
    return bounded(
        f"p95 of a page run again, {len(names)} pages, one viewer",
        p95(every),
        ANSWER,
        note,
        GROUP,
    )


def charts(server: Server, names: list[str], times: int) -> Iterator[Row]:
    """Every page in Chromium."""
    chromium = which("chromium") or which("google-chrome")
    if not chromium:
        work, note = "first charts in Chromium", "Chromium is not installed"
        yield Row(GROUP, work, "", "what it may take", "", None, "", note)
        return
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        for name in names:
            yield first_chart(browser, server.url, name)
        yield pick(browser, server.url, times)
        browser.close()


def first_chart(browser: Browser, url: str, name: str) -> Row:
    """With an empty cache, then with what the first visit left."""
    context = browser.new_context()
    context.add_init_script(WATCH % DRAWN)
    cold = visit(context, f"{url}/{path(name)}")
    warm = cold and visit(context, f"{url}/{path(name)}")
    context.close()
    work = f"first chart of /{path(name)}, empty cache"
    if not cold or not warm:
        may = "what it may take"
        note = "shows none until asked"
        return Row(GROUP, work, "", may, shown(CHART), None, "", note)
    note = f"{shown(warm)} with the browser's cache"
    if cold > CHART:
        note = f"{note}; {WHY}"
    return bounded(work, cold, CHART, note, GROUP)


def visit(context: BrowserContext, address: str) -> float | None:
    """Seconds from the navigation to the first chart, None without one."""
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(SETTLED)
    deadline = time.monotonic() + PATIENCE / 1e3
    drawn = None
    while not drawn and time.monotonic() < deadline:
        page.wait_for_timeout(50)
        drawn = page.evaluate("window.drawn")
    page.close()
    return drawn and float(drawn) / 1e3


def pick(browser: Browser, url: str, times: int) -> Row:
    """A click in Chromium, until what it asked for is on the page."""
    page = browser.new_page()
    page.goto(url)
    page.wait_for_selector(SETTLED)
    taken = []
    for _ in range(times):
        page.wait_for_selector(OTHERS)
        taken.append(float(page.evaluate(PICK, OTHERS)) / 1e3)
        page.wait_for_selector(SETTLED)
    page.close()
    work = "p95 of a click in Chromium, another race on the start page"
    note = f"median {shown(statistics.median(taken))}"
    return bounded(work, p95(taken), ANSWER, note, GROUP)


def path(name: str) -> str:
    """A page's part of the address."""
    return "" if name == "start" else name
