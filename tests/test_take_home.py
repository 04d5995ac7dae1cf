"""Taking a run home, and opening a spec, on the Run page."""

from contextlib import contextmanager

import pytest

from pages.ui import take_home
from tests.conftest import toy
from tests.test_pages import button, lab, opened, text  # noqa: F401
from tl_core.export import shelf, spec_file
from tl_core.jobs import engine

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    monkeypatch.setenv("TL_THREADS", "1")


MADE = ("Script", "Notebook", "Spec", "Report", "Charts", "CSV", "Parquet")


@contextmanager
def offered(monkeypatch):
    """What each button would hand over, by its label."""
    found = {}
    draw = take_home._file

    def file(label, name, mime, make, key):
        found[label] = (name, make)
        draw(label, name, mime, make, key)

    monkeypatch.setattr(take_home, "_file", file)
    yield found


def test_every_format_is_offered_under_a_finished_run(lab, monkeypatch):  # noqa: F811
    spec = toy("mmd", steps=20)
    lab.submit(spec)
    with offered(monkeypatch) as found:
        app = opened("run", run=spec.id)
    assert not app.exception
    assert set(found) == {*MADE, "TensorBoard"}
    for name, make in found.values():
        assert spec.id in name
        assert len(make()) > 100
    assert "assets/checkpoints/" in found["Script"][1]()
    assert spec_file.read(found["Spec"][1]().encode()) == spec
    assert f"export {spec.id} --script" in " ".join(c.value for c in app.code)


def test_weights_are_made_by_a_worker_and_checked(lab):  # noqa: F811
    spec = toy("linear_probe", steps=20)
    lab.submit(spec)
    app = opened("run", run=spec.id)
    button(app, "Make: Weights").click().run()
    assert not app.exception
    share = lab.store.history(spec.id).finished.accuracy["target"]
    assert f"it reads {share:.4f} of the target" in text(app)
    path = shelf.place(lab.store.history(spec.id), ".safetensors")
    assert shelf.find(path).agrees(lab.store.history(spec.id))
    assert "Make: Weights" not in [b.label for b in app.button]


def test_an_adapter_is_offered_for_lora_alone(lab):  # noqa: F811
    for strategy, offers in (("lora", True), ("full", False)):
        spec = toy(strategy, steps=5)
        lab.submit(spec)
        app = opened("run", run=spec.id)
        labels = [b.label for b in app.button]
        assert ("Make: LoRA adapter" in labels) == offers
    button(opened("run", run=toy("lora", steps=5).id), "Make: LoRA adapter")


def test_a_busy_worker_is_told(lab, monkeypatch):  # noqa: F811
    spec = toy("full", steps=5)
    lab.submit(spec)
    app = opened("run", run=spec.id)

    def probe(*_, **__):
        raise TimeoutError

    monkeypatch.setattr(engine.current(), "probe", probe)
    button(app, "Make: Weights").click().run()
    assert "workers are busy" in app.warning[0].value


def test_a_long_run_is_left_to_the_command_line(lab):  # noqa: F811
    spec = toy("full", steps=5)
    lab.submit(spec)
    history = lab.store.history(spec.id)
    history.seconds = 500.0
    app = opened("run", run=spec.id)
    assert "Make: Weights" not in [b.label for b in app.button]
    assert f"export {spec.id} --weights" in text(app)


def uploaded(app, data: bytes):
    app.file_uploader[0].set_value(("spec.json", data, "application/json"))
    return app.run()


def test_an_exported_spec_fills_the_form(lab):  # noqa: F811
    spec = toy("mmd", steps=17, lr=0.0123456789012)
    app = uploaded(opened("run"), spec_file.written(spec).encode())
    assert not app.exception
    assert app.selectbox("set.dataset").value == "moons"
    assert app.number_input("set.steps").value == 17
    assert app.query_params["steps"] == "17"
    button(app, "Run").click().run()
    (record,) = lab.store.recent(9)
    assert record.spec == spec


def test_opening_a_spec_leaves_the_run_that_was_shown(lab):  # noqa: F811
    spec = toy("full", steps=5)
    lab.submit(spec)
    app = opened("run", run=spec.id)
    other = toy("mmd", steps=9)
    app = uploaded(app, spec_file.written(other).encode())
    assert "run" not in app.query_params
    assert app.selectbox("set.strategy").value == "mmd"


def test_a_file_that_is_no_spec_is_told_and_changes_nothing():
    app = opened("run", dataset="moons", backbone="mlp", strategy="mmd")
    app = uploaded(app, b'{"strategy": "<b>mdm</b>"}')
    assert not app.exception
    assert "There is no strategy" in app.error[0].value
    assert "<b>" not in app.error[0].value
    assert app.selectbox("set.strategy").value == "mmd"
