"""Links for a class: what they hide, lock and enlarge; guesses of runs."""

import pytest
from starlette.testclient import TestClient

from pages.ui import classroom
from tests.conftest import toy
from tests.test_first_paint import client  # noqa: F401
from tests.test_pages import TOY, button, lab, opened, text  # noqa: F401
from tl_core.jobs import predictions

pytestmark = pytest.mark.filterwarnings("default")


def test_a_locked_setting_cannot_be_moved():
    app = opened("run", lock="seed,dataset,strategy.weight", **TOY)
    assert app.number_input("set.seed").disabled
    assert app.selectbox("set.dataset").disabled
    assert app.slider("set.strategy.mmd.weight").disabled
    assert not app.selectbox("set.strategy").disabled


def test_a_hidden_setting_keeps_the_value_of_the_link(lab):  # noqa: F811
    app = opened("run", hide="seed,strategy", **TOY, seed="5")
    assert not [n for n in app.number_input if n.key == "set.seed"]
    assert not [s for s in app.selectbox if s.key == "set.strategy"]
    button(app, "Run").click()
    app.run()
    (record,) = lab.store.recent(9)
    assert record.spec == toy("mmd", steps=30, seed=5)
    assert app.query_params["hide"] == "seed,strategy"


def test_hiding_all_training_settings_hides_their_fold():
    shown = [e.label for e in opened("run").expander]
    names = "pretrain_steps,steps,batch_size,lr,weight_decay,dropout,"
    names += "label_smoothing,augmentation,selection,seed,target_labels"
    hidden = [e.label for e in opened("run", hide=names).expander]
    assert "Training" in shown
    assert "Training" not in hidden


def test_unknown_names_do_no_harm():
    app = opened("run", hide="nothing,<b>,", lock="../..", **TOY)
    assert not app.exception
    assert not app.warning


def test_the_switch_of_views_can_be_locked_or_hidden():
    view = "On and off"
    locked = opened("peft", lock="view", view=view)
    assert locked.get("button_group")[0].proto.disabled
    hidden = opened("peft", hide="view", view=view)
    assert not [b for b in hidden.get("button_group") if "view" in b.proto.id]
    assert "peft.on" in [t.key for t in hidden.toggle]


def test_presenter_mode_is_large_and_has_no_sidebar():
    styles = "".join(
        str(e.proto) for e in opened("peft", present="true").get("html")
    )
    assert "stSidebar" in styles
    assert "stSidebar" not in "".join(
        str(e.proto) for e in opened("peft").get("html")
    )


def test_the_panel_s_link_has_the_whole_state():
    link = classroom.link(
        "https://lab/run",
        {"seed": "5", "hide": "old", "run": "ab"},
        ["seed"],
        ["lr", "dataset"],
        [classroom.PRESENT],
    )
    assert link == (
        "https://lab/run?seed=5&run=ab&hide=seed&lock=lr%2Cdataset"
        "&present=true"
    )
    assert classroom.link("https://lab/", {}) == "https://lab/"


def test_the_panel_opens_and_offers_what_the_page_has(lab):  # noqa: F811
    app = opened("run", **TOY)
    button(app, "For a class").click()
    app.run()
    assert not app.exception
    labels = [c.key for c in app.checkbox]
    assert "class.hide.seed" in labels
    assert "class.lock.strategy.weight" in labels


def test_a_guess_is_drawn_into_the_run_and_shown_to_all(lab):  # noqa: F811
    app = opened("run", **TOY)
    app.number_input("run.guess").set_value(40.0)
    app.run()
    button(app, "Run").click()
    app.run()
    question = f"run:{toy('mmd', steps=30).id}"
    assert list(predictions.guesses(lab.store, question).values()) == [0.4]
    assert "As expected?" in text(app)
    figures = [chart.proto.spec for chart in app.get("plotly_chart")]
    assert any("you expected 40%" in spec for spec in figures)
    again = opened("run", run=toy("mmd", steps=30).id)  # somebody else
    assert "One person guessed" in text(again)
    figures = [chart.proto.spec for chart in again.get("plotly_chart")]
    assert not any("you expected" in spec for spec in figures)


def test_a_browser_gets_a_name_that_scripts_cannot_read(
    client: TestClient,  # noqa: F811
):
    given = client.get("/").headers["set-cookie"]
    assert given.startswith("tl_browser=")
    for rule in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert rule in given
    again = client.get("/", headers={"cookie": given.split(";")[0]})
    assert "set-cookie" not in again.headers
