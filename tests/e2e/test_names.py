"""Stored script in a browser: a run, its tag and its classes are called what
would run if any page took it for HTML; every one of them is shown as text."""

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.conftest import toy
from tests.e2e.conftest import Server
from tests.hostile.values import SCRIPT
from tests.jobs.test_store import STORY, batches, tell
from tl_core.events import (
    Array,
    ArraysTaken,
    Evaluated,
    RunFinished,
    RunStarted,
)
from tl_core.export import charts, report
from tl_core.jobs import library
from tl_core.jobs.store import RunStore

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("default"),
]
SPEC = toy("mmd")
CLASSES = (SCRIPT, "<a href='javascript:alert(1)'>b</a>")
ENDS = ("target", "target_before", "source", "source_before")


def look(step: int) -> Evaluated:
    shares = {"source": 0.9, "target": 0.6}
    return Evaluated("adapt", step, shares, {"hidden1": 0.1}, 20)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A lab with a run whose every name is hostile."""
    home = tmp_path_factory.mktemp("hostile")
    store = RunStore(home / "runs")
    store.submit(SPEC)
    confusion = {"counts": Array.of(np.array([[7, 3], [4, 6]]))}
    story = [
        RunStarted(SPEC.to_dict(), "cpu (1 thread)", CLASSES),
        STORY[2],
        look(0),
        *STORY[3:-1],
        look(40),
        ArraysTaken("confusion", 40, confusion),
        RunFinished(dict.fromkeys(ENDS, 0.65), {}, {}),
    ]
    tell(store, batches(story, spec=SPEC))
    library.rename(store, SPEC.id, SCRIPT)
    with store.transaction() as db:
        db.execute("UPDATE library SET tags=?", (SCRIPT.replace(",", ""),))
    history = store.history(SPEC.id)
    (home / "report.html").write_text(report.report([history]), "utf-8")
    (home / "charts.html").write_text(charts.charts(history), "utf-8")
    store.close()
    running = Server(home)
    yield running
    running.stop()


def untouched(page) -> None:
    """No script of ours ran, and none was made."""
    assert page.title() != "owned"
    made = "document.querySelectorAll('img[src=x], [onerror], a[href^=javas]')"
    assert page.evaluate(f"{made}.length") == 0


def test_names_stay_text_on_every_page_that_shows_them(visit, server):  # noqa: F811
    visitor = visit(viewport={"width": 1280, "height": 900})
    page = visitor.page
    visitor.open("/runs")
    card = page.locator("[class*=st-key-runs-row-]")
    expect(card.get_by_text(SCRIPT, exact=True).first).to_be_visible()
    assert card.inner_text().count(SCRIPT) == 2  # the name and the tag
    untouched(page)

    visitor.open(f"/run?run={SPEC.id}")
    plot = page.locator(".js-plotly-plot", has_text=SCRIPT)
    expect(plot.first).to_be_attached()
    untouched(page)

    visitor.open(f"/run?run={SCRIPT}&lr={SCRIPT}")
    expect(page.get_by_text(SCRIPT[:12]).first).to_be_visible()
    untouched(page)

    for name in ("report.html", "charts.html"):
        page.goto((server.home / name).as_uri())
        expect(page.locator("h1")).to_be_visible()
        untouched(page)
    expect(page.locator(".js-plotly-plot", has_text=SCRIPT)).to_be_attached()
