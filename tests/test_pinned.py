"""Runs side by side: in what they differ, and the images they confuse."""

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from pages.ui import cells, charts, open_cells, pinned, pinned_inside, pins
from tests.conftest import toy
from tests.figures.test_every_figure import check, run
from tests.jobs.test_groups import Waiting
from tests.test_pages import lab, opened, text  # noqa: F401
from tl_core import confused, recording, spec_difference, training
from tl_core.card import SpecError
from tl_core.device import device
from tl_core.figures import confusion
from tl_core.figures import pinned as figures
from tl_core.figures.data import as_table
from tl_core.history import fold
from tl_core.jobs import engine
from tl_core.jobs.engine import Engine
from tl_core.jobs.store import RunStore
from tl_core.races import race
from tl_core.spec import RunSpec, spec_from_settings

pytestmark = pytest.mark.filterwarnings("default")
VIEW = {"view": "Pinned runs"}
COUNTS = np.array([[8, 2], [5, 5]])
CLASSES = ("one", "two")


def test_only_settings_that_differ_are_named():
    one = toy("mmd", seed=1)
    two = toy("mmd", seed=2, **{"strategy.weight": 3})
    assert spec_difference.differing([one, one]) == []
    assert spec_difference.differing([one, two]) == ["strategy.weight", "seed"]
    assert spec_difference.differing([]) == []


def test_a_setting_that_only_one_has_differs():
    one, two = toy("mmd"), toy("dann")
    names = spec_difference.differing([one, two])
    assert names[0] == "strategy"
    assert "strategy.reversal" in names
    flat = spec_difference.flat(one)
    assert spec_difference.as_text(flat, "strategy.reversal") == "–"
    assert spec_difference.as_text(flat, "target_labels") == "all"
    assert spec_difference.as_text({"lr": 1e-05}, "lr") == "1e-05"


def test_the_table_tells_the_specs_apart():
    """What is the same in all is left out, and nothing else."""
    one, two = toy("ewc", steps=30), toy("ewc", steps=50, dropout=0.1)
    names = spec_difference.differing([one, two])
    values = spec_difference.flat(two)
    changed = {n: values[n] for n in names}
    assert spec_from_settings({**one.changes(), **changed}) == two


def test_another_strategy_is_one_step_and_every_knob_another():
    one = toy("mmd")
    assert spec_difference.steps(one, toy("dann")) == ["strategy"]
    two = toy("mmd", seed=1, lr=0.1, **{"strategy.weight": 3})
    assert spec_difference.steps(one, two) == ["strategy.weight", "lr", "seed"]
    assert not spec_difference.near(one, two, 2)
    assert spec_difference.near(one, two, 3)
    assert spec_difference.near(one, toy("dann", seed=4), 2)


@pytest.mark.parametrize(
    "other",
    [
        toy("mmd", target_labels=5),
        toy("mmd", **{"dataset.rotation": 10}),
        RunSpec(),
        replace(toy("mmd"), version=1),
    ],
)
def test_another_task_is_on_no_board_of_this_one(other):
    assert not spec_difference.near(toy("mmd"), other, 99)


def test_pins_of_a_link_are_ids_and_at_most_four():
    ids = [f"{n:016x}" for n in range(6)]
    assert pins.read(",".join(ids)) == tuple(ids[:4])
    assert pins.read(f"{ids[0]},{ids[0]},<b>,{ids[1]}") == tuple(ids[:2])
    assert pins.read("") == ()


@pytest.fixture(scope="module")
def told():
    """A finished toy run."""
    spec = toy("source_only", steps=20)
    return fold(spec, training.train(spec))


def test_the_images_of_all_cells_are_those_that_were_counted(told):
    arrays = told.arrays("confusion")
    predicted = arrays["predicted"]
    assert predicted.dtype == np.uint8
    places = []
    for label, row in enumerate(arrays["counts"]):
        for guess, count in enumerate(row):
            found = confused.confused(told.spec, predicted, label, guess)
            assert found["count"] == len(found["index"]) == count
            assert len(found["x"]) == min(count, confused.MOST)
            places += found["index"].tolist()
    assert sorted(places) == list(range(len(predicted)))


def test_the_images_are_those_of_the_class(told):
    predicted = told.arrays("confusion")["predicted"]
    test = training.load_pair(told.spec, device()).target.test
    found = confused.confused(told.spec, predicted, 1, 0)
    index = found["index"]
    assert (test.y.cpu().numpy()[index] == 1).all()
    assert (predicted[index] == 0).all()
    shown = test.x.cpu().numpy()[index[: confused.MOST]]
    assert np.array_equal(found["x"], shown)


def test_other_data_than_the_run_s_are_told(told):
    predicted = told.arrays("confusion")["predicted"][:-1]
    with pytest.raises(SpecError, match="the data have changed"):
        confused.confused(told.spec, predicted, 0, 0)


def test_what_is_shown_is_said():
    def said(count: int, shown: int) -> str:
        found = {"count": count, "x": np.zeros((shown, 2))}
        return cells.said(found, "3", "5")

    assert said(0, 0) == "No test sample of class 3 is read as 5."
    assert said(1, 1) == "1 test sample of class 3 is read as 5."
    assert said(70, 60).endswith("read as 5; the first 60 are shown.")


def test_every_cell_has_a_handle_in_its_place():
    handles = confusion.handles(COUNTS, ["<a>", "b"])
    at = list(zip(handles.y, handles.x, handles.text, strict=True))
    for label, guess, words in at:
        assert f"of class {label} are read as {guess}" in words
    assert [int(words.split()[0]) for *_, words in at] == [8, 2, 5, 5]
    check(go.Figure(handles).update_layout(xaxis_title="x", yaxis_title="y"))


def test_a_click_becomes_the_choice(monkeypatch):
    classes = ["<a>", "b"]
    handles = confusion.handles(COUNTS, classes)
    at = list(zip(handles.y, handles.x, strict=True)).index(("b", "&lt;a&gt;"))
    monkeypatch.setattr(charts, "chosen", lambda key: at)
    monkeypatch.setattr(cells.st, "session_state", {})
    cells._choose(classes, "key", "cell")
    state = cells.st.session_state
    assert state == {"cell.label": "b", "cell.guess": "<a>"}


def test_figures_of_pinned_runs_speak():
    runs = {"A: <i>": run(), "B": run()}
    check(figures.accuracy(runs))
    for term in figures.terms(run()):
        check(figures.one_term(runs, term))
    figure = confusion.difference(COUNTS, COUNTS[::-1], CLASSES)
    check(figure)
    assert as_table(figure)["points of row"].tolist() == [-30, 30, 30, -30]


def test_the_difference_of_a_run_with_itself_is_none():
    figure = confusion.difference(COUNTS, COUNTS, CLASSES)
    assert not np.any(figure.data[0].z)


def test_the_classes_that_gain_and_lose_are_named():
    words = pinned_inside.moved(COUNTS, np.array([[9, 1], [8, 2]]), CLASSES)
    assert words == (
        "of class one +10.0 points are read rightly, of class two -30.0."
    )


def test_without_pins_two_recorded_runs_are_shown():
    app = opened("compare", **VIEW)
    assert not app.exception
    assert "Nothing is pinned yet" in app.info[0].value
    assert "pins" not in app.query_params
    assert len(app.get("plotly_chart")) == 7
    assert list(app.dataframe[0].value.columns) == [
        "setting",
        "A: Source only",
        "B: DANN",
    ]


def test_a_recorded_run_can_be_pinned():
    run_id = next(iter(pinned.recorded()))
    app = opened("compare", **VIEW)
    app.selectbox(key="pinned.add").set_value(run_id)
    app.run()
    assert not app.exception
    assert app.query_params["pins"] == run_id
    app.button(key=f"pinned.{run_id}.pin").click()
    app.run()
    assert "pins" not in app.query_params


def test_a_recorded_run_is_opened_by_its_settings(lab):  # noqa: F811
    link = pinned._link(run().spec.id, run())
    assert spec_from_settings(link) == run().spec
    lab.store.submit(run().spec)
    assert pinned._link(run().spec.id, run()) == {"run": run().spec.id}


def test_a_choice_that_other_runs_do_not_have_is_forgotten():
    app = opened("compare", **VIEW)
    app.selectbox(key="pinned.term").set_value("MMD² of conv1")
    app.run()
    moons = run().spec.id
    app.selectbox(key="pinned.cell.label").set_value("7")
    app.selectbox(key="pinned.add").set_value(moons)
    app.run()
    assert not app.exception
    assert app.selectbox(key="pinned.term").value == "MMD² of hidden2"


def test_a_cell_of_pinned_runs_opens_in_all(lab):  # noqa: F811
    specs = [toy("source_only", steps=20), toy("oracle", steps=20)]
    for spec in specs:
        lab.submit(spec)
    link = ",".join([specs[0].id, specs[1].id, "0" * 16])
    app = opened("compare", **VIEW, pins=link)
    assert "is not kept here" in text(app)
    first, second = lab.store.history(specs[0].id).classes
    app.selectbox(key="pinned.cell.label").set_value(second)
    app.selectbox(key="pinned.cell.guess").set_value(first)
    app.run()
    assert not app.exception
    counts = [
        lab.store.history(spec.id).arrays("confusion")["counts"][1, 0]
        for spec in specs
    ]
    said = [e.value for e in app.text if "test sample" in e.value]
    for count, words in zip(counts, said, strict=True):
        assert words.startswith(f"{count or 'No'} test sample")


def test_a_finished_run_s_own_confusion_opens_and_can_be_pinned(lab):  # noqa: F811
    spec = toy("source_only", steps=20)
    lab.submit(spec)
    app = opened("run", run=spec.id)
    classes = lab.store.history(spec.id).classes
    app.selectbox(key="live.cell.label").set_value(classes[0])
    app.selectbox(key="live.cell.guess").set_value(classes[0])
    app.run()
    assert not app.exception
    counts = lab.store.history(spec.id).arrays("confusion")["counts"]
    assert app.text[-1].value.startswith(f"{counts[0, 0]} test samples")
    app.button(key="live.pin").click()
    app.run()
    assert app.query_params["pins"] == spec.id
    assert app.button(key="live.pin").label == "Unpin"


def without_images(run_id: str):
    """A recording that kept how many test samples fell into a cell, not
    which."""
    kept = recording.read(run_id)
    counts = {"counts": kept.pictures["confusion"].arrays["counts"]}
    taken = replace(kept.pictures["confusion"], arrays=counts)
    return replace(kept, pictures={**kept.pictures, "confusion": taken})


def test_a_recording_without_images_offers_to_make_them(monkeypatch):
    run_id = pinned.example()[0]
    old = without_images(run_id)
    assert open_cells.OLD not in text(opened("compare", **VIEW, pins=run_id))
    monkeypatch.setattr(recording, "read", lambda _: old)
    app = opened("compare", **VIEW, pins=run_id)
    assert open_cells.OLD in text(app)
    assert app.button(key="pinned.A.here").label == "Run this here"


def test_a_run_done_here_opens_the_cells_that_its_recording_cannot(lab):  # noqa: F811
    spec = race("moons").spec("source_only", 1)
    assert "predicted" not in recording.read(spec.id).arrays("confusion")
    link = {name: str(value) for name, value in spec.changes().items()}
    app = opened("run", **link)
    assert open_cells.OLD in text(app)
    app.button(key="recorded.cell.here").click()
    app.run()
    assert not app.exception
    assert "there its cells can be opened" in text(app)
    done = lab.store.history(spec.id)
    kept = recording.read(spec.id)
    now, then = (h.arrays("confusion")["counts"] for h in (done, kept))
    assert np.abs(now - then).sum() <= 0.04 * then.sum()
    app = opened("run", run=spec.id)
    first = done.classes[0]
    app.selectbox(key="live.cell.label").set_value(first)
    app.selectbox(key="live.cell.guess").set_value(first)
    app.run()
    assert app.text[-1].value.startswith(f"{now[0, 0]} test samples")
    app = opened("compare", **VIEW, pins=spec.id)  # there, too, it opens
    assert open_cells.OLD not in text(app)
    assert app.selectbox(key="pinned.cell.label").options


def test_while_it_is_done_here_the_recording_stays_in_sight(tmp_path):
    waiting = Engine(RunStore(tmp_path / "queue"), Waiting())
    waiting.start()
    engine.use(waiting)
    spec = race("moons").spec("source_only", 1)
    waiting.submit(spec)
    app = opened("compare", **VIEW, pins=spec.id)
    engine.use(None)
    waiting.close()
    assert not app.exception
    assert open_cells.RUNNING in text(app)
    assert len(app.get("plotly_chart")) > 0


def test_a_run_of_an_older_lab_is_done_once_more(lab, monkeypatch):  # noqa: F811
    spec = toy("source_only", steps=20)
    lab.submit(spec)
    kept = lab.store.history(spec.id)
    counts = {"counts": kept.pictures["confusion"].arrays["counts"]}
    taken = replace(kept.pictures["confusion"], arrays=counts)
    old = replace(kept, pictures={**kept.pictures, "confusion": taken})
    with monkeypatch.context() as before:
        before.setattr(pinned, "history_of", lambda run: old)
        app = opened("compare", **VIEW, pins=spec.id)
        app.button(key="pinned.A.here").click()
        app.run()
    assert not app.exception
    assert lab.store.get(spec.id).attempt == 2
