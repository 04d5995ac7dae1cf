"""The map of what is taught: each row is seen, changed and measured."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pages.ui import registry
from tests.test_pages import lab, opened, text  # noqa: F401
from tl_core import recording, syllabus
from tl_core.claim import judge
from tl_core.claims import CLAIMS

pytestmark = pytest.mark.filterwarnings("default")
WANTED = [
    *("1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "2.1", "2.2", "2.3"),
    *("3.1", "3.2", "3.3", "3.4", "3.5", "4.1", "4.2", "4.3"),
    *("5.1", "5.2", "5.3", "5.4", "6.1", "6.2", "6.3", "7"),
]
RUN = ("a link to a run of one's own", None)
MAP = {
    "1.1": (("formalism.pair", "label_shift"), "formalism.apart"),
    "1.2": (("shift.rotation", 80.0), "shift.mmd"),
    "1.3": (RUN, "text.gains"),
    "1.4": (("labels.map", "ImageNet → signs"), "labels.few"),
    "1.5": (("joint.scene", "near"), "joint.plane"),
    "1.6": (RUN, "orders.curves"),
    "2.1": (("features.dataset", "mnist_to_mnistm"), "features.gabor"),
    "2.2": (("features.dataset", "mnist_to_mnistm"), "features.probes"),
    "2.3": (RUN, "features.transfer"),
    "3.1": (("strategies.duel", "Full − scratch"), "strategies.curves"),
    "3.2": (("strategies.labels", 10), "strategies.reached"),
    "3.3": (("strategies.target", "Five other digits"), "strategies.gaps"),
    "3.4": (("strategies.scale", 1e-3), "strategies.trade"),
    "3.5": (("strategies.count", 500), "strategies.margins"),
    "4.1": (("peft.domain", "source"), "peft.front"),
    "4.2": (("tokens.head", 1), "tokens.after"),
    "4.3": (("tokens.method", "prompt"), "tokens.mass"),
    "5.1": (("forgetting.strategies", ["full", "ewc"]), "forgetting.curves"),
    "5.2": (RUN, "forgetting.price"),
    "5.3": (("forgetting.gamma", 3.0), "forgetting.moved"),
    "5.4": (("negative.kind", "Labels by lot, new head"), "negative.map"),
    "6.1": (("alignment.way", "coral"), "alignment.mmd"),
    "6.2": (("adversary.direction", "watching"), "adversary.film"),
    "6.3": (RUN, "alignment.pairs"),
    "7": (("advice.n", 1000), "advice.regret"),
}
"""By row: a control with another value for it, and a figure."""
BY_KEY = {claim.key: claim for claim in CLAIMS}


def nodes(block) -> Iterator:
    """Every element of a page."""
    for child in getattr(block, "children", {}).values():
        yield child
        yield from nodes(child)


def keys(app) -> set[str]:
    """The keys of all widgets and containers of a page."""
    found = {getattr(node, "key", None) for node in nodes(app._tree)}
    return {key for key in found if key}


def seen(app) -> str:
    """All that a page shows: words, figures, pictures, tables."""
    return re.sub(r"ID-\w+", "", "".join(str(n.proto) for n in drawn(app)))


def drawn(app) -> list:
    return [n for n in nodes(app._tree) if getattr(n, "proto", None)]


def links(app) -> list[str]:
    """Query strings of links to the page where one runs."""
    return [
        node.proto.query_string
        for node in nodes(app._tree)
        if type(node).__name__ == "PageLink"
        and node.proto.page in ("run", registry.path_of("run").stem)
    ]


def test_the_map_has_every_row():
    assert [row.id for row in syllabus.ROWS] == WANTED == list(MAP)


def test_the_map_is_that_of_the_syllabus():
    path = Path(__file__).parents[2] / "shared" / "SYLLABUS.md"
    if not path.is_file():
        pytest.skip("the syllabus is not beside this checkout")
    rows = re.findall(r"^\| (\d\.\d) \|", path.read_text(), re.MULTILINE)
    assert [*rows, "7"] == WANTED


@pytest.mark.parametrize("row", syllabus.ROWS, ids=lambda row: row.id)
def test_a_row_is_seen_and_changed(row):
    (control, value), figure = MAP[row.id]
    app = opened(row.page, view=row.view)
    assert not app.exception
    assert app.session_state[f"{row.page}.view"] == row.view
    assert f"{figure}.figure" in keys(app)
    if value is None:
        assert any("strategy" in query for query in links(app)), control
        return
    before = seen(app)
    assert control in keys(app)
    app.session_state[control] = value
    app.run()
    assert not app.exception
    assert f"{figure}.figure" in keys(app)
    assert seen(app) != before


@pytest.mark.parametrize("row", syllabus.ROWS, ids=lambda row: row.id)
def test_a_row_is_measured(row):
    assert row.claims
    for key in row.claims:
        claim = BY_KEY[key]
        assert claim.section.split(".")[0] == row.chapter
        assert judge(claim, recording.read).effect.n >= 3


def test_every_claim_belongs_to_a_row_s_section():
    known = {*WANTED, "3"}
    assert {claim.section for claim in CLAIMS} <= known
