"""Every number has a source: each view that draws says which runs, or which
network just now, its numbers come from; and those runs exist."""

import ast
import re

import pytest

from pages.ui import charts, registry, results
from tests.test_pages import lab, opened, text  # noqa: F401
from tl_core import recording

pytestmark = pytest.mark.filterwarnings("default")
SAID = re.compile(
    r"recorded (runs )?\d{4}-\d\d-\d\d"
    r"|Measured just now · source network: .+ on .+"
    r"|Arithmetic, not a run"
    r"|Nothing is trained here"
)
"""How a caption tells where numbers come from."""
DRAWS = ("plotly_chart", "bidi_component", "vega_lite_chart")


def views(page: str) -> tuple[str, ...]:
    """The names of a page's views; one nameless for a page without."""
    tree = ast.parse(registry.path_of(page).read_text("utf-8"))
    if "views" not in {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }:
        return ("",)
    app = opened(page)
    (switch,) = (
        group
        for group in app.get("button_group")
        if group.key == f"{page}.view"
    )
    return tuple(getattr(o, "content", o) for o in switch.options)


EMPTY = ("runs", "mastery")
"""What is not yet run or known shows no numbers."""
SHOWING = [name for name in registry.about() if name not in EMPTY]


@pytest.mark.parametrize("page", SHOWING)
def test_every_drawing_says_where_it_comes_from(page, monkeypatch):
    shown = []
    was = results.provenance
    monkeypatch.setattr(
        results, "provenance", lambda runs: (shown.extend(runs), was(runs))
    )
    for view in views(page):
        shown.clear()
        app = opened(page, **({"view": view} if view else {}))
        assert not app.exception, view
        drawn = sum(len(app.get(kind)) for kind in DRAWS)
        told = text(app)
        if drawn or re.search(r"\d ± \d|\d\.\d %", told):
            assert SAID.search(told), f"{page}, {view}: no source is named"
        for run in shown:
            assert recording.read(run.spec.id) is not None, run.spec.id
            assert run.device
            assert run.seconds > 0


def test_every_chart_goes_through_one_door():
    """No page draws past `charts`, which gives words and numbers to each."""
    folder = registry.FOLDER / "ui"
    doors = {"charts.py", "outer.py"}
    for path in [*folder.glob("*.py"), *registry.FOLDER.glob("*.py")]:
        if path.name not in doors:
            assert "st.plotly_chart" not in path.read_text("utf-8"), path
    assert charts.chart
