"""The form of the Run page is not forgotten while another page is shown."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import registry
from tests.test_pages import ROOT, TOY
from tl_core.jobs import engine
from tl_core.jobs.engine import Engine
from tl_core.jobs.inline import InlineExecutor
from tl_core.jobs.store import RunStore
from tl_core.spec import RunSpec

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(autouse=True)
def lab(tmp_path):
    inline = Engine(RunStore(tmp_path), InlineExecutor())
    inline.start()
    engine.use(inline)
    yield
    engine.use(None)
    inline.close()


def away_and_back(app: AppTest, link: dict[str, str]) -> None:
    """Another page, whose address is its own, and the browser's Back."""
    for page, query in (("claims", {}), ("run", link)):
        app.query_params.clear()
        app.switch_page(str(registry.path_of(page)))
        for name, value in query.items():
            app.query_params[name] = value
        app.run()


@pytest.mark.parametrize("link", [TOY, {}])
def test_back_brings_the_settings_of_the_link(link):
    app = AppTest.from_file(
        str(ROOT / "pages" / "ui" / "entry.py"), default_timeout=60
    )
    for name, value in link.items():
        app.query_params[name] = value
    app.switch_page(str(registry.path_of("run"))).run()
    written = dict(app.query_params)
    away_and_back(app, written)
    assert app.session_state["set.strategy"] == link.get(
        "strategy", RunSpec().strategy
    )
    assert app.session_state["set.dataset"] == link.get(
        "dataset", RunSpec().dataset
    )
    assert dict(app.query_params) == written
