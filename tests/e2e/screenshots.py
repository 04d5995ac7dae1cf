"""Pictures of every page by day and by night: `make screenshots`.

Writes assets/screenshots/PAGE-SCHEME.png; the README shows one of them.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from pages.ui import registry
from tests.e2e.conftest import FLAGS, ROOT, Server, Visitor

FOLDER = ROOT / "assets" / "screenshots"
RUN = "/run?dataset=moons&backbone=mlp&lr=0.01&steps=600&pretrain_steps=300"
SCHEMES = ("light", "dark")


def shoot(browser: Browser, url: str, path: str, name: str) -> None:
    """One page in both schemes."""
    for scheme in SCHEMES:
        size = {"width": 1280, "height": 900}
        visitor = Visitor(browser, url, color_scheme=scheme, viewport=size)
        visitor.open(path)
        visitor.page.wait_for_timeout(1500)
        height = visitor.page.evaluate(
            "document.querySelector('[data-testid=stMain]').scrollHeight"
        )
        visitor.page.set_viewport_size({**size, "height": height})
        visitor.page.wait_for_timeout(1000)
        visitor.page.screenshot(path=FOLDER / f"{name}-{scheme}.png")
        visitor.fine()
        visitor.close()


def finished_run(browser: Browser, server: Server) -> str:
    """Run something and return the path that reopens it."""
    visitor = Visitor(browser, server.url)
    visitor.open(RUN)
    visitor.page.get_by_role("button", name="Run").first.click()
    result = visitor.page.get_by_text(
        re.compile("target accuracy (rose|fell)")
    )
    result.wait_for(timeout=240_000)
    path = visitor.page.url.removeprefix(server.url)
    visitor.close()
    return path


def main() -> None:
    """Start a server of one's own, run once, shoot every page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp())
    server = Server(home)
    server.wait(lambda health: health["engine"] == "ready", 90)
    with sync_playwright() as play:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = play.chromium.launch(executable_path=path, args=FLAGS)
        run = finished_run(browser, server)
        for name in registry.about():
            paths = {"start": "/", "run": run}
            shoot(browser, server.url, paths.get(name, f"/{name}"), name)
        browser.close()
    server.stop()
    shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
