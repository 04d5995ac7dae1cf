"""The real app in a real browser: a server process, a worker, Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parent.parent.parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Two cores may be shared by server, worker and browser: be patient.
expect.set_options(timeout=30_000)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Server:
    """`streamlit run app.py` on a port and in a home of its own."""

    def __init__(self, home: Path, port: int | None = None) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.home = home
        self.log = home / "server.log"
        self.start()

    def start(self) -> None:
        """Start and wait until the server answers; `seconds` is how long
        that took."""
        command = [sys.executable, "-m", "streamlit", "run", "app.py"]
        began = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--server.port", str(self.port)],
                cwd=ROOT,
                env={**os.environ, "TL_HOME": str(self.home)},
                stdout=log,
                stderr=log,
            )
        self.wait(lambda health: health["status"] == "ok", 60)
        self.seconds = time.monotonic() - began

    def health(self) -> dict:
        """What /healthz says; empty while nothing answers."""
        try:
            answer = httpx.get(f"{self.url}/healthz", timeout=5)
        except httpx.HTTPError:
            return {}
        return answer.json() if answer.status_code == 200 else {}

    def wait(self, true: Callable[[dict], bool], seconds: float) -> None:
        """Wait until `true(health)`."""
        deadline = time.monotonic() + seconds
        while True:
            health = self.health()
            if health and true(health):
                return
            assert time.monotonic() < deadline, self.log.read_text()[-3000:]
            time.sleep(0.1)

    def kill(self) -> None:
        """No goodbye."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """An orderly end."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is; without it browser tests are skipped, and fail
    where REQUIRE_BROWSER=1 says that they must not be."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path:
        return path
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail("Chromium is missing and REQUIRE_BROWSER=1 is set.")
    pytest.skip("Chromium is not installed.")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for the tests of one file."""
    running = Server(tmp_path_factory.mktemp("e2e"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for all tests that leave it as it was: a worker of its own,
    which has torch to load, takes each server ten seconds."""
    running = Server(tmp_path_factory.mktemp("shared"))
    yield running
    running.stop()


class Visitor:
    """One browser window that remembers every complaint of its console."""

    def __init__(self, browser: Browser, url: str, **context: object) -> None:
        self.url = url
        self.context = browser.new_context(**context)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))

    def _hear(self, message) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def open(self, path: str = "/") -> None:
        """Go there and wait until the page has settled once."""
        self.page.goto(self.url + path)
        self.settled()

    def settled(self) -> None:
        """Wait until the script has run."""
        self.page.wait_for_selector(
            "[data-testid=stApp][data-test-connection-state=CONNECTED]"
            "[data-test-script-state=notRunning]",
            timeout=60_000,
        )

    def fine(self) -> None:
        """No exception on the page, no error in the console."""
        exceptions = self.page.locator("[data-testid=stException]")
        assert exceptions.count() == 0, exceptions.all_inner_texts()
        assert self.complaints == []

    def close(self) -> None:
        self.context.close()


@pytest.fixture
def visit(
    browser: Browser, server: Server
) -> Iterator[Callable[..., Visitor]]:
    opened: list[Visitor] = []

    def make(**context: object) -> Visitor:
        opened.append(Visitor(browser, server.url, **context))
        return opened[-1]

    yield make
    for visitor in opened:
        visitor.close()
