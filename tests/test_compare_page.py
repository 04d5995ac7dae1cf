"""The page on which strategies race."""

import pytest

from pages.ui import race_options, race_panel, race_price
from tests.conftest import toy
from tests.jobs.test_groups import Waiting
from tests.test_pages import button, lab, opened, text  # noqa: F401
from tl_core import contest, race_link
from tl_core.analysis.intervals import interval
from tl_core.card import Hyper, SpecError
from tl_core.events import RunFinished
from tl_core.history import History
from tl_core.jobs import engine, groups
from tl_core.jobs.engine import Engine
from tl_core.jobs.store import RunStore

pytestmark = pytest.mark.filterwarnings("default")
TOY = {
    "dataset": "moons",
    "strategies": "source_only,mmd",
    "seeds": "2",
    "pretrain_steps": "30",
    "steps": "30",
    "lr": "0.01",
}


@pytest.fixture
def queue(tmp_path):
    """An engine whose runs wait until they are told to go on."""
    waiting = Engine(RunStore(tmp_path / "queue"), Waiting())
    waiting.start()
    engine.use(waiting)
    yield waiting
    engine.use(None)
    waiting.close()


def charts(app) -> int:
    return len(app.get("plotly_chart"))


def table(app, column: str):
    """The table that has a column of this name."""
    return next(f.value for f in app.dataframe if column in f.value)


def start(app):
    button(app, "Start the race").click()
    app.run()
    assert not app.exception
    return app


def test_without_a_click_a_recorded_race_is_seen():
    app = opened("compare")
    assert not app.exception
    assert "Recorded on" in app.info[0].value
    assert "MMD alignment reads" in text(app)
    assert "18 runs, about" in text(app)
    assert charts(app) == 2  # the first two are there before charting code
    assert text(app).count('class="tl-wide"') == 2
    first = table(app, "gain")
    assert list(first["seeds"]) == [3] * 6
    assert first["strategy"][0] == "Oracle (target labels)"


def test_a_race_that_is_not_recorded_says_so_and_shows_another():
    app = opened("compare", dataset="moons", steps="31")
    assert "Nothing has run" in app.info[0].value
    assert "Two moons, turned" in text(app)
    assert charts(app) == 2


def test_pressing_the_button_ends_in_a_table(lab):  # noqa: F811
    app = start(opened("compare", **TOY))
    (group,) = groups.recent(lab.store, 9)
    assert app.query_params["group"] == group.id
    assert app.query_params["strategies"] == "source_only,mmd"
    assert "MMD alignment" in text(app)
    assert "over 2 seeds" in text(app)
    assert charts(app) == 4
    found = table(app, "gain")
    assert set(found["strategy"]) == {"Source only", "MMD alignment"}
    assert set(found["gain"]) == {"–"}


def test_a_race_is_reopened_by_its_id_alone(lab):  # noqa: F811
    given = {**TOY, "sweep": "strategy.weight", "values": "0.1,1"}
    race = race_link.race_from_link(given)
    group = groups.start(lab, race, race.title)
    app = opened("compare", group=group.id)
    assert app.session_state["race.strategies"] == ["source_only", "mmd"]
    assert app.number_input("race.seeds").value == 2
    assert app.number_input("race.steps").value == 30
    assert app.text_input("race.values").value == "0.1, 1"
    assert "MMD alignment" in text(app)
    assert charts(app) == 5
    app.selectbox("race.heat").set_value(1)
    assert not app.run().exception
    assert app.query_params["heat"] == "1"


def test_from_scratch_in_the_race_gives_the_gain():
    given = {**TOY, "strategies": "source_only,scratch"}
    app = start(opened("compare", **given))
    gain = table(app, "gain").set_index("strategy")["gain"]
    assert "±" in gain["Source only"]
    assert gain["From scratch"] == "–"


def test_a_tuned_race_shows_its_search(lab):  # noqa: F811
    app = start(opened("compare", **TOY, tune="source"))
    tuned = table(app, "tuned")
    assert all("of {0.003, 0.01, 0.03}" in said for said in tuned["tuned"])
    assert all(said.startswith("source: 0.") for said in tuned["by"])
    assert "source training samples that are held out (source)" in text(app)
    assert "(information)" not in text(app)
    assert "with seed 2" in text(app)
    assert len(lab.store.recent(99)) == 6 + 4


def test_a_race_that_moves_can_be_stopped_and_gone_on_with(queue):
    app = start(opened("compare", **TOY))
    queue.executor.work(2)
    app.run()
    assert not app.exception
    assert charts(app) == 2
    button(app, "Stop the race").click()
    app.run()
    assert "2 of 4 runs are done and kept" in text(app)
    button(app, "Run the rest").click()
    app.run()
    queue.executor.work()
    app.run()
    assert not app.exception
    assert "kept" not in text(app)
    assert len(table(app, "gain")) == 2


def test_deleted_runs_of_a_race_are_named_and_done_again(lab):  # noqa: F811
    race = race_link.race_from_link(TOY)
    group = groups.start(lab, race, race.title)
    lab.store.delete(group.specs[0].id)
    app = opened("compare", group=group.id)
    assert "3 of 4 runs are done and kept. Deleted: " in app.info[0].value
    assert f"seed {group.specs[0].seed}." in app.info[0].value
    button(app, "Run the rest").click()
    app.run()
    assert not app.exception
    assert "Deleted" not in text(app)
    assert lab.store.get(group.specs[0].id).state == "done"


def test_a_failed_run_is_told_and_the_rest_is_shown():
    given = {**TOY, "strategies": "source_only,full"}
    app = start(opened("compare", **given, target_labels="99999"))
    assert "2 of 4 runs are done" in app.error[0].value
    assert "400 labelled training samples" in app.error[0].value
    assert len(table(app, "gain")) == 1


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"strategies": "mmd,mdm"}, "Did you mean 'mmd'?"),
        ({"seeds": "0"}, "seeds cannot be '0'"),
        ({"colour": "red"}, "No contender has a setting 'colour'"),
        ({"seeds": "20"}, "60 at most"),
        ({"sweep": "strategy.rank", "values": "1"}, "'strategy.rank'"),
        ({"tune": "oracle"}, "tune cannot be 'oracle'"),
        ({"steps": "-4", "lr": "0.01"}, "steps cannot be '-4'"),
        ({"heat": "99", "group": "0123456789abcdef"}, "is not kept here"),
    ],
)
def test_a_bad_link_costs_no_other_part(query, said):
    app = opened("compare", **query, batch_size="32")
    assert not app.exception
    assert said in app.warning[0].value
    assert app.number_input("race.batch_size").value == 32


def test_too_many_runs_cannot_be_started():
    app = opened("compare")
    app.number_input("race.seeds").set_value(20)
    app.run()
    assert "120 runs" in app.error[0].value
    assert button(app, "Start the race").disabled


def test_a_class_link_locks_and_hides():
    app = opened("compare", lock="dataset,seeds,tune", hide="sweep,steps")
    assert app.selectbox("race.dataset").disabled
    assert app.number_input("race.seeds").disabled
    assert app.selectbox("race.tune").disabled
    assert not app.selectbox("race.backbone").disabled
    assert "race.sweep" not in [s.key for s in app.selectbox]
    assert "race.steps" not in [n.key for n in app.number_input]


def test_who_does_not_fit_leaves_the_race():
    app = opened("compare", strategies="mmd,adabn")
    app.selectbox("race.dataset").set_value("moons")
    app.run()
    assert not app.exception
    assert app.selectbox("race.backbone").value == "mlp"
    assert app.session_state["race.strategies"] == ["mmd"]


def test_a_sweep_begins_with_values_of_its_own():
    app = opened("compare", strategies="mmd,dann")
    app.selectbox("race.sweep").set_value("strategy.weight")
    app.run()
    assert app.text_input("race.values").value == "3.3, 10, 30"
    assert app.query_params["values"] == "3.3,10,30"
    assert "12 runs" in text(app)
    few = Hyper(1.0, "", low=0, high=1)
    assert race_options.proposal("x", few) == ("0", "0.5", "1")
    names = Hyper("a", "", choices=("a", "b"))
    assert race_options.proposal("x", names) == ("a", "b")


def test_a_link_gives_the_race_back():
    given = {
        **TOY,
        "sweep": "strategy.weight",
        "values": "0.1,1",
        "tune": "information",
        "dataset.rotation": "20",
    }
    race = race_link.race_from_link(given)
    assert race_link.race_from_link(race_link.changes(race)) == race
    assert race_link.changes(race_link.race_from_link({})) == {}
    with pytest.raises(SpecError, match="cannot read the points"):
        race_link.race_from_link({"dataset2": "moons"})


def ended(strategy: str, seed: int, target: float) -> History:
    history = History(toy(strategy, seed=seed), seconds=1.0)
    accuracy = {"target": target, "source": 0.9, "source_before": 0.95}
    history.finished = RunFinished(accuracy, {}, {})
    history.phases = [PHASE]
    return history


PHASE = type("Phase", (), {"parameters": {"trained": 5}})()


def test_duels_are_told_in_plain_words():
    better = [ended("dann", seed, 0.8 + 0.01 * seed) for seed in range(5)]
    worse = [ended("source_only", s, 0.66 + 0.012 * s) for s in range(5)]
    equal = [ended("mmd", s, 0.8 + 0.02 * (s % 2)) for s in range(5)]
    found = contest.duels([*better, *worse, *equal], "source_only")
    assert [duel.other for duel in found] == ["source_only"] * 2
    said = contest.told(found[0])
    assert (
        said
        == "**DANN beats Source only** by 13.6 ± 0.4 points over 5 "
        + ("seeds.")
    )
    (close,) = contest.duels([*better, *equal])
    assert contest.told(close).startswith("No difference between DANN and MMD")
    assert "3 comparisons" in contest.counted(
        contest.duels([*better, *worse, *equal])
    )
    (one,) = contest.duels([better[0], worse[0]])
    assert "tells nothing" in contest.told(one)
    assert "One seed cannot be tested" in contest.counted([one])


def test_only_seeds_that_both_ran_are_paired():
    runs = [ended("dann", s, 0.9) for s in (0, 1, 2)]
    runs += [ended("mmd", s, share) for s, share in ((1, 0.8), (2, 0.82))]
    (duel,) = contest.duels(runs)
    assert duel.span.n == 2
    assert duel.span.mean == pytest.approx(0.09)


def test_the_table_has_the_gain_of_the_same_seed():
    runs = [ended("scratch", 0, 0.5), ended("scratch", 1, 0.7)]
    runs += [ended("mmd", 0, 0.6), ended("mmd", 1, 0.8)]
    best, scratch = contest.rows(runs)
    assert best.strategy == "mmd"
    assert best.gain.mean == pytest.approx(0.1)
    assert best.gain.half == pytest.approx(0, abs=1e-9)
    assert best.forgetting.mean == pytest.approx(0.05)
    assert scratch.gain is None


def test_words_of_a_sweep_and_of_time():
    line = {0.1: interval([0.5, 0.6]), 1.0: interval([0.7, 0.8])}
    said = race_price.best_value("mmd", line)
    assert said == "MMD alignment is best at 1 (75.0 %)."
    flat = dict.fromkeys((0.1, 1.0), interval([0.5, 0.6]))
    assert "does not have" in race_price.best_value("mmd", flat)
    assert race_panel.span(59.6) == "60 s"
    assert race_panel.span(290) == "5 min"
