"""The page of all runs: found, named, tagged, deleted and brought back."""

import time

import pytest

from pages.ui import board, run_row
from tests.conftest import toy
from tests.figures.test_every_figure import check
from tests.jobs.test_store import STORY, batches, tell
from tests.test_pages import button, lab, opened, text  # noqa: F401
from tl_core.events import RunFinished
from tl_core.figures import board as figures
from tl_core.jobs import groups, library, predictions, wastebasket
from tl_core.race_spec import RaceSpec

pytestmark = pytest.mark.filterwarnings("default")
HOSTILE = "<b>*x*</b> :smile: [a](http://a.b) `c`"


def keep(lab, strategy="mmd", share=0.5, **settings):  # noqa: F811
    """A finished run, without training one."""
    spec = toy(strategy, **settings)
    lab.store.submit(spec)
    accuracy = {
        "target": share,
        "target_before": 0.4,
        "source": 0.9,
        "source_before": 0.9,
    }
    end = RunFinished(accuracy, {}, {})
    tell(lab.store, batches([*STORY[:-1], end], spec=spec))
    return spec.id


def listed(app) -> list[str]:
    """The ids of the runs on the page, from the top."""
    keys = [box.key or "" for box in app.checkbox]
    found = [k for k in keys if k.startswith("runs.pick.")]
    return [key.removeprefix("runs.pick.") for key in found]


def test_the_newest_run_stands_on_top_with_its_result(lab):  # noqa: F811
    first, second = keep(lab), keep(lab, "dann", 0.75, seed=3)
    app = opened("runs")
    assert listed(app) == [second, first]
    assert "2 of 2 runs" in text(app)
    assert "DANN: target accuracy rose from 40.0 % to 75.0 %" in text(app)


def test_a_search_and_filters_find_and_are_in_the_link(lab):  # noqa: F811
    keep(lab)
    dann, other = keep(lab, "dann"), keep(lab, "dann", seed=1)
    library.rename(lab.store, other, "Whale")
    app = opened("runs")
    app.selectbox(key="runs.strategy").set_value("dann")
    app.run()
    assert listed(app) == [other, dann]
    assert app.query_params["strategy"] == "dann"
    app.text_input(key="runs.words").set_value("whale")
    app.run()
    assert listed(app) == [other]
    assert app.query_params["words"] == "whale"
    app.text_input(key="runs.words").set_value("nothing such")
    app.run()
    assert "No run fits the search." in text(app)


def test_a_link_restores_the_search(lab):  # noqa: F811
    low, high = keep(lab, share=0.2), keep(lab, share=0.9, seed=1)
    keep(lab, "dann")
    app = opened("runs", strategy="mmd", order="best")
    assert listed(app) == [high, low]
    assert app.selectbox(key="runs.order").value == "best"


@pytest.mark.parametrize("name", ["order", "state", "tag", "strategy"])
def test_a_bad_link_finds_everything(lab, name):  # noqa: F811
    run = keep(lab)
    app = opened("runs", **{name: "<b>"})
    assert not app.exception
    assert listed(app) == [run]


def more(run: str, **query: str):
    """The page with the panel of a run open."""
    app = opened("runs", **query)
    app.session_state[f"runs.more.{run}"] = True
    return app.run()


def test_a_run_is_named_and_the_name_is_text(lab):  # noqa: F811
    run = keep(lab)
    app = more(run)
    app.text_input(key=f"runs.name.{run}").set_value(HOSTILE)
    app.run()
    assert not app.exception
    assert library.about(lab.store, run).name == HOSTILE
    assert HOSTILE in [element.value for element in app.text]
    assert HOSTILE not in text(app)


def test_a_tag_is_written_and_a_bad_one_is_told(lab):  # noqa: F811
    run = keep(lab)
    app = more(run)
    app.multiselect(key=f"runs.tags.{run}").set_value(["Week 1", "a_b"])
    app.run()
    assert library.about(lab.store, run).tags == ("a_b", "week 1")
    assert r"a\_b" in text(app)
    app.multiselect(key=f"runs.tags.{run}").set_value(["<b>"])
    app.run()
    assert "A tag has 1 to 24" in app.error[0].value
    assert library.about(lab.store, run).tags == ("a_b", "week 1")
    app = opened("runs", tag="week 1")
    assert listed(app) == [run]


def test_a_run_has_links_to_itself_and_to_its_board(lab):  # noqa: F811
    run = keep(lab)
    app = more(run)
    assert [code.value for code in app.code] == [
        f"/run?run={run}",
        f"/runs?preset={run}",
    ]
    app.button(key=f"runs.board.{run}").click()
    app.run()
    assert app.title[0].value == "Class board"


def test_deleting_is_undone_by_one_button(lab):  # noqa: F811
    run = keep(lab)
    app = opened("runs")
    button(app, "Delete").click()
    app.run()
    assert "1 run deleted" in text(app)
    assert listed(app) == []
    button(app, "Undo").click()
    app.run()
    assert listed(app) == [run]
    assert "deleted" not in text(app)


def test_several_are_deleted_and_one_is_brought_back(lab):  # noqa: F811
    runs = [keep(lab, seed=n) for n in range(3)]
    app = opened("runs")
    app.checkbox(key="runs.all").check()
    app.run()
    button(app, "Delete 3").click()
    app.run()
    assert "3 runs deleted" in text(app)
    app.session_state["runs.trash"] = True
    app.run()
    app.button(key=f"runs.back.{runs[1]}").click()
    app.run()
    assert listed(app) == [runs[1]]


def test_the_trash_is_emptied_for_good(lab):  # noqa: F811
    run = keep(lab)
    wastebasket.trash(lab.store, [run])
    app = opened("runs")
    app.session_state["runs.trash"] = True
    app.run()
    button(app, "Forget 1 run for good").click()
    app.run()
    assert not app.exception
    assert lab.store.get(run) is None


def test_several_are_tagged(lab):  # noqa: F811
    runs = [keep(lab, seed=n) for n in range(2)]
    library.set_tags(lab.store, runs[0], ["old"])
    app = opened("runs")
    app.checkbox(key="runs.all").check()
    app.session_state["runs.several.tag"] = True
    app.run()
    app.selectbox(key="runs.several.which").set_value("old")
    app.run()
    button(app, "Add").click()
    app.run()
    tags = [library.about(lab.store, run).tags for run in runs]
    assert tags == [("old",), ("old",)]


def test_the_rule_shows_what_would_go_before_it_acts(lab):  # noqa: F811
    runs = [keep(lab, seed=n) for n in range(4)]
    library.rename(lab.store, runs[0], "dear")
    app = opened("runs")
    app.session_state["runs.room"] = True
    app.run()
    assert "The rule keeps every run." in text(app)
    app.number_input(key="runs.newest").set_value(2)
    app.run()
    assert "The rule would delete **1 run** of 4" in text(app)
    assert runs[1] in text(app)
    assert len(library.listed(lab.store)) == 4
    button(app, "Delete 1 run").click()
    app.run()
    assert listed(app) == [runs[3], runs[2], runs[0]]


def test_the_rule_keeps_a_race_whole(lab):  # noqa: F811
    small = {"pretrain_steps": 20, "steps": 10, "lr": 0.01}
    race = RaceSpec(("mmd", "full"), ("moons",), ("mlp",), (0, 1), small)
    groups.start(lab, race, "a race")
    app = opened("runs")
    app.session_state["runs.room"] = True
    app.run()
    app.number_input(key="runs.newest").set_value(1)
    app.run()
    assert "The rule keeps every run." in text(app)
    app.number_input(key="runs.newest").set_value(0)
    app.run()
    assert "The rule would delete **4 runs** of 4" in text(app)


def test_pins_are_in_the_link_and_a_fifth_replaces_the_first(lab):  # noqa: F811
    runs = [keep(lab, seed=n) for n in range(5)]
    app = opened("runs")
    for run in runs:
        app.button(key=f"runs.{run}.pin").click()
        app.run()
    assert app.query_params["pins"] == ",".join(runs[1:])
    assert app.button(key=f"runs.{runs[4]}.pin").label == "Unpin"
    assert app.button(key=f"runs.{runs[0]}.pin").label == "Pin"


def test_an_opened_run_that_is_in_the_trash_says_so(lab):  # noqa: F811
    run = keep(lab)
    wastebasket.trash(lab.store, [run])
    app = opened("run", run=run)
    assert "This run is in the trash." in app.warning[0].value
    button(app, "Bring back").click()
    app.run()
    assert library.trashed(lab.store) == []


def test_a_run_of_another_version_can_be_deleted(lab):  # noqa: F811
    run = keep(lab)
    lab.store._db.execute('UPDATE runs SET spec=\'{"dataset": "gone"}\'')
    app = opened("runs")
    assert not app.exception
    assert listed(app) == [run]


def test_a_board_ranks_what_is_near_its_preset(lab):  # noqa: F811
    preset = keep(lab, share=0.5)
    best = keep(lab, "dann", 0.8, seed=4)
    far = keep(lab, share=0.9, seed=1, lr=0.003, steps=50)
    other = keep(lab, share=0.9, **{"dataset.rotation": 10})
    predictions.keep(lab.store, f"run:{best}", "somebody", 0.7)
    app = opened("runs", preset=preset)
    assert not app.exception
    table = app.dataframe[0].value
    assert table["run"].tolist() == [best, preset]
    assert not {far, other} & set(table["run"])
    assert table["changes"].tolist() == ["DANN, seed 4", "the preset"]
    assert table["mean guess (%)"].tolist() == ["70.0", ""]
    assert "first is DANN, seed 4 with 80.0 %" in text(app)
    assert "off by 10.0 points" in text(app)
    assert "somebody" not in str(app.dataframe[1].value)
    assert app.dataframe[1].value["guest"].tolist() == ["Guest 1"]


def test_the_chart_of_a_board_speaks_and_shows_every_guess():
    lines = [
        figures.Line("1. <b>", 0.8, {"You": 0.7, "Guest 1": 0.9}),
        figures.Line("2. seed 3", 0.5, {"Guest 1": 0.2}),
    ]
    figure = figures.ranked(lines, "You")
    check(figure)
    shown = {trace.name: list(trace.x) for trace in figure.data}
    assert shown == {
        "measured": [0.8, 0.5],
        "guesses": [0.9, 0.2],
        "your guess": [0.7],
    }
    assert figure.data[0].y[0] == "1. &lt;b&gt;"


def test_nobody_is_named_on_a_board():
    called = board.names({"near": [0.1], "me": [0.2], "far": [0.3]}, "me")
    assert called == {"near": "Guest 1", "me": "You", "far": "Guest 3"}


def test_a_board_of_an_unknown_preset_says_so():
    app = opened("runs", preset="../<b>")
    assert "is not kept here" in app.warning[0].value
    button(app, "All runs").click()
    app.run()
    assert app.title[0].value == "Runs"


def test_a_page_of_thousands_of_runs_is_quick(lab):  # noqa: F811
    spec = toy("mmd").to_json()
    rows = [(f"{n:016x}", spec, "done", float(n)) for n in range(2000)]
    with lab.store.transaction() as db:
        db.executemany(
            "INSERT INTO runs (id, spec, state, created) VALUES (?, ?, ?, ?)",
            rows,
        )
    app = opened("runs")
    assert "2,000 of 2,000 runs" in text(app)
    assert len(listed(app)) == 20
    began = time.perf_counter()
    app.run()
    assert time.perf_counter() - began < 1  # 0.07 s on two quiet cores


def test_a_tag_is_shown_as_it_stands():
    assert run_row.plain("a_b-c d") == r"a\_b-c d"
