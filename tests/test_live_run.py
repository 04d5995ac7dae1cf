"""Those who watch one run at one moment share one drawing of it."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import predict
from tests.conftest import toy
from tl_core import events
from tl_core.figures import curves
from tl_core.jobs import engine
from tl_core.jobs.inline import InlineExecutor
from tl_core.jobs.records import Batch
from tl_core.jobs.store import RunStore

SPEC = toy("full", steps=50)
COUNTS = {"total": 10, "trained": 10, "auxiliary": 0}
BEGIN = [
    events.RunStarted(SPEC.to_dict(), "cpu", ("a", "b")),
    events.PhaseStarted("adapt", 50, COUNTS),
]


class Waiting(InlineExecutor):
    """Takes runs and does nothing: the test tells what happens."""

    def submit(self, record) -> None:
        pass


@pytest.fixture
def store(tmp_path):
    kept = RunStore(tmp_path / "runs")
    kept.submit(SPEC)
    engine.use(engine.Engine(kept, Waiting()))
    tell(kept, 0, *BEGIN)
    yield kept
    engine.use(None)
    kept.close()


@pytest.fixture
def drawn(monkeypatch):
    """Names of the figures that were built."""
    built = []

    def noting(name, make):
        def build(*given):
            built.append(name)
            return make(*given)

        return build

    for name in ("accuracy_curves", "loss_curves"):
        make = getattr(curves, name)
        monkeypatch.setattr(curves, name, noting(name, make))
    return built


def tell(store, first, *told) -> None:
    rows = [(float(first + k), events.to_json(e)) for k, e in enumerate(told)]
    store.append(Batch(SPEC.id, "it", first, rows))


def step(number: int) -> events.StepDone:
    return events.StepDone("adapt", number, {"task": 1 / number})


def watch() -> AppTest:
    """A tab that ticks once."""

    def page(run: str) -> None:
        from pages.ui import live

        live._watch(run, True)

    return AppTest.from_function(page, args=(SPEC.id,)).run()


def points(app: AppTest) -> list[str]:
    return [chart.proto.spec for chart in app.get("plotly_chart")]


def test_all_who_watch_at_one_moment_share_one_drawing(store, drawn):
    tell(store, 2, step(1), step(2))
    first, second = watch(), watch()
    assert drawn == ["accuracy_curves", "loss_curves"]
    assert points(first) == points(second)
    assert len(points(first)) == 2


def test_a_moment_later_it_is_drawn_anew(store, drawn):
    tell(store, 2, step(1))
    before = points(watch())
    tell(store, 3, step(2))
    assert points(watch()) != before
    assert drawn == 2 * ["accuracy_curves", "loss_curves"]


def test_what_one_reader_expected_is_drawn_for_that_reader_alone(
    store, drawn, monkeypatch
):
    tell(store, 2, step(1))
    plain = points(watch())
    monkeypatch.setattr(predict, "mine", lambda spec: 0.5)
    mine = points(watch())
    assert "you expected 50%" in mine[0]
    assert "you expected" not in plain[0]
    assert mine[1] == plain[1]
    assert drawn.count("loss_curves") == 1


def test_a_run_that_goes_on_has_no_table(store):
    tell(store, 2, step(1))
    app = watch()
    assert len(app.get("plotly_chart")) == 2
    assert not app.get("popover")
