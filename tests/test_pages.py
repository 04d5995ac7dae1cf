"""Every page opens; the Run button ends in a result; bad links are told."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import html_head, registry
from tests.conftest import toy
from tl_core import catalog
from tl_core.jobs import engine
from tl_core.jobs.engine import Engine
from tl_core.jobs.inline import InlineExecutor
from tl_core.jobs.store import RunStore

ROOT = Path(__file__).parent.parent
PAGES = sorted(p.stem for p in (ROOT / "pages").glob("*.py"))
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(autouse=True)
def lab(tmp_path):
    """An engine that runs in place, with a store of its own."""
    inline = Engine(RunStore(tmp_path), InlineExecutor())
    inline.start()
    engine.use(inline)
    yield inline
    engine.use(None)
    inline.close()


def opened(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(
        str(ROOT / "pages" / "ui" / "entry.py"), default_timeout=60
    )
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page(str(registry.path_of(page)))
    return app.run()


def text(app: AppTest) -> str:
    """Everything the page says."""
    kinds = ("title", "subheader", "markdown", "caption", "info", "warning")
    kinds += ("error", "success")
    return "\n".join(
        str(e.value) for kind in kinds for e in getattr(app, kind)
    )


def button(app: AppTest, label: str):
    return next(b for b in app.button if b.label == label)


TOY = {name: str(value) for name, value in toy("mmd").changes().items()} | {
    "steps": "30"
}


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens(page):
    app = opened(page)
    assert not app.exception
    assert app.title


def test_the_menu_holds_every_page():
    assert set(registry.about()) == set(PAGES)


def test_the_start_page_shows_a_recorded_race():
    app = opened("start")
    assert text(app).count("<svg") == 4  # two charts, for desks and phones
    assert "seeds" in text(app)
    assert "recorded" in text(app)


def test_the_race_can_be_explored():
    app = opened("start")
    app.toggle(key="start.explore").set_value(True)
    app.run()
    assert len(app.get("plotly_chart")) == 2
    assert "<svg" not in text(app)


def test_the_browser_is_told_of_the_charts_code_early():
    assert "PlotlyChart" in html_head.CHARTS


def test_pressing_run_ends_in_a_result(lab):
    app = opened("run", **TOY)
    button(app, "Run").click()
    app.run()
    assert not app.exception
    (record,) = lab.store.recent(9)
    assert record.state == "done"
    assert record.spec == toy("mmd", steps=30)
    assert app.query_params["run"] == record.id
    assert "MMD alignment: target accuracy" in text(app)
    assert len(app.get("plotly_chart")) >= 6


def test_a_link_restores_every_setting():
    app = opened("run", **TOY, seed="5", **{"strategy.weight": "2.5"})
    assert app.selectbox("set.dataset").value == "moons"
    assert app.selectbox("set.strategy").value == "mmd"
    assert app.slider("set.strategy.mmd.weight").value == 2.5
    assert app.number_input("set.seed").value == 5
    assert app.number_input("set.steps").value == 30


def test_a_bad_setting_costs_no_other():
    app = opened(
        "run",
        dataset="moons",
        strategy="adabn",
        backbone="mlp",
        **{"backbone.norm": "batch", "steps": "-1", "lr": "0.01"},
    )
    assert app.selectbox("set.dataset").value == "moons"
    assert app.select_slider("set.lr").value == 0.01
    assert "steps cannot be '-1'" in app.warning[0].value


def test_a_run_is_reopened_by_its_id_alone(lab):
    spec = toy("dann", steps=30, seed=3)
    lab.submit(spec)
    app = opened("run", run=spec.id)
    assert "DANN: target accuracy" in text(app)
    assert app.selectbox("set.strategy").value == "dann"
    assert app.number_input("set.seed").value == 3


def test_a_failed_run_says_why_and_can_be_done_again(lab):
    spec = toy("full", target_labels=100_000)
    lab.submit(spec)
    app = opened("run", run=spec.id)
    assert "has 400 labelled training samples" in app.error[0].value
    button(app, "Run again").click()
    assert not app.run().exception
    assert lab.store.get(spec.id).attempt == 2


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"strategy": "mdm"}, "Did you mean 'mmd'?"),
        ({"steps": "-4"}, "steps cannot be '-4'"),
        ({"lr": "nan"}, "lr cannot be 'nan'"),
        ({"steps": "9" * 3000}, "steps cannot be"),
        ({"colour": "red"}, "no field 'colour'"),
        ({"dataset": "moons"}, "cannot read the points"),
        ({"strategy.weight": "1e99"}, "strategy.weight cannot be '1e99'"),
    ],
)
def test_a_bad_link_gets_one_clear_sentence(query, sentence):
    app = opened("run", **query, seed="7")
    assert not app.exception
    assert len(app.warning) == 1
    assert sentence in app.warning[0].value
    assert len(app.warning[0].value) < 400
    assert app.number_input("set.seed").value == 7


def test_a_run_that_is_not_kept_here_is_told():
    app = opened("run", run="0123456789abcdef")
    assert "is not kept here" in app.warning[0].value


def test_a_combination_that_means_nothing_cannot_be_run():
    app = opened("run")
    app.selectbox("set.strategy").set_value("adabn").run()
    app.selectbox("set.backbone.convnet.norm").set_value("group").run()
    assert "set backbone.norm=batch" in app.error[0].value
    assert button(app, "Run").disabled


def test_only_fitting_backbones_are_offered():
    app = opened("run", dataset="moons", backbone="mlp")
    assert app.selectbox("set.backbone").options == ["MLP"]


def test_the_formula_stands_beside_the_code_that_runs():
    app = opened("run", strategy="dann")
    assert any("lambda_p" in latex.value for latex in app.latex)
    assert any("def loss" in code.value for code in app.code)


def test_runs_lists_what_was_run_and_deletes_it(lab):
    spec = toy("oracle", steps=30)
    lab.submit(spec)
    app = opened("runs")
    assert "Oracle (target labels)" in text(app)
    button(app, "Delete").click()
    app.run()
    assert lab.store.recent(9) == []
    assert "No run yet" in text(app)


def test_the_designer_answers_a_slider_and_keeps_it_in_the_link():
    app = opened("domains")
    before = app.metric[0].value
    app.slider(key="shift.rotation").set_value(80.0)
    app.run()
    assert not app.exception
    assert float(app.metric[0].value.split()[0]) < float(before.split()[0])
    assert app.query_params["dataset.rotation"] == "80"


def test_without_a_shift_the_source_model_loses_nothing():
    app = opened("domains", **{"dataset.rotation": "80"})
    app.button(key="shift.reset").click()
    app.run()
    assert abs(float(app.metric[0].delta.split()[0])) < 5
    assert app.metric[1].delta == "same law"


def test_a_shift_becomes_a_run():
    app = opened("domains", **{"dataset.rotation": "80"})
    app.button(key="shift.use").click()
    app.run()
    assert app.title[0].value == "Run an experiment"
    assert app.session_state["set.dataset"] == "mnist_shifted"
    assert app.session_state["set.dataset.mnist_shifted.rotation"] == 80
    assert app.session_state["set.dataset.mnist_shifted.inversion"] == 0


def test_every_pair_has_a_card():
    said = text(opened("domains", view="Every pair"))
    for key in catalog.keys("datasets"):
        assert catalog.entry("datasets", key).card.title in said


VIEWS = {
    "Stage by stage": "How much source training changed each stage",
    "Transfer by depth": "those of other digits",
    "Before training": "scored just now",
    "First filters": "median cosine",
    "One picture": "It says",
    "One channel": "These excite it most",
    "In the plane": "Each mark is a test sample",
}


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_into_a_network_answers(view):
    app = opened("features", dataset="mnist_to_optdigits")
    app.session_state["features.view"] = view
    app.run()
    assert not app.exception
    assert not app.warning
    assert VIEWS[view] in text(app)
