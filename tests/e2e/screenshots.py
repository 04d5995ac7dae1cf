"""Pictures of every page by day and by night, and a film of a run:
`make screenshots`.

Writes assets/screenshots/PAGE-SCHEME.webp, what a phone shows, and run.gif;
the README shows some of them.
"""

from __future__ import annotations

import io
import re
import shutil
import tempfile
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from pages.ui import registry
from tests.e2e.conftest import FLAGS, ROOT, Server, Visitor

FOLDER = ROOT / "assets" / "screenshots"
RUN = "/run?strategy=mmd"
SCHEMES = ("light", "dark")
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
ENDED = re.compile("target accuracy (rose|fell)")
TALLEST = 4000
"""Pixels of a page that a picture shows at the most."""


def keep(page: Page, name: str) -> None:
    """What the window shows, as a small file."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.save(FOLDER / f"{name}.webp", quality=80, method=6)


def shoot(visitor: Visitor, path: str, name: str) -> None:
    """One page from top to bottom."""
    visitor.open(path)
    visitor.page.wait_for_timeout(1500)
    height = visitor.page.evaluate(
        "document.querySelector('[data-testid=stMain]').scrollHeight"
    )
    size = visitor.page.viewport_size or WIDE
    tall = {**size, "height": min(height, TALLEST)}
    visitor.page.set_viewport_size(tall)
    visitor.page.wait_for_timeout(1000)
    keep(visitor.page, name)
    visitor.page.set_viewport_size(size)
    visitor.fine()


def film(browser: Browser, url: str) -> str:
    """Press Run and film it; returns the path that reopens the run."""
    size = {"width": 1100, "height": 760}
    visitor = Visitor(browser, url, viewport=size)
    visitor.open(RUN)
    frames = [_frame(visitor.page)]
    visitor.page.get_by_role("button", name="Run").first.click()
    began = time.monotonic()
    while visitor.page.get_by_text(ENDED).count() == 0:
        assert time.monotonic() - began < 240, "the run does not end"
        visitor.page.wait_for_timeout(400)
        frames.append(_frame(visitor.page))
    visitor.page.wait_for_timeout(1500)
    frames += [_frame(visitor.page)] * 6
    frames[0].save(
        FOLDER / "run.gif",
        save_all=True,
        append_images=frames[1:],
        duration=350,
        loop=0,
        optimize=True,
    )
    path = visitor.page.url.removeprefix(url)
    visitor.close()
    return path


def _frame(page: Page) -> Image.Image:
    whole = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    small = whole.resize((whole.width * 7 // 10, whole.height * 7 // 10))
    return small.quantize(48, dither=Image.Dither.NONE)


def main() -> None:
    """Start a server of one's own, film a run, shoot every page."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as home:
        server = Server(Path(home))
        try:
            server.wait(lambda health: health["engine"] == "ready", 90)
            with sync_playwright() as play:
                path = shutil.which("chromium") or shutil.which("chrome")
                browser = play.chromium.launch(
                    executable_path=path, args=FLAGS
                )
                shoot_all(browser, server.url)
        finally:
            server.stop()


def shoot_all(browser: Browser, url: str) -> None:
    """Every page by day and by night, wide and on a phone."""
    special = {"start": "/", "run": film(browser, url)}
    for scheme in SCHEMES:
        for end, size in ("", WIDE), ("-phone", PHONE):
            visitor = Visitor(browser, url, color_scheme=scheme, viewport=size)
            for name in registry.about():
                where = special.get(name, f"/{name}")
                shoot(visitor, where, f"{name}-{scheme}{end}")
            visitor.close()


if __name__ == "__main__":
    main()
