"""What several people see of each other on the pages."""

import pytest

from pages.ui import person
from tests.conftest import toy
from tests.jobs.test_groups import Waiting, moons
from tests.jobs.test_owners import ANN, BOB, TEACHER
from tests.jobs.test_store import batches, tell
from tests.picture_zips import layout, zipped
from tests.test_pages import TOY, button, opened, text
from tl_core import uploads
from tl_core.jobs import engine, groups
from tl_core.jobs.engine import Engine
from tl_core.jobs.owners import Person
from tl_core.jobs.store import RunStore
from tl_core.spec import RunSpec

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(autouse=True)
def lab(tmp_path):
    """An engine that only queues."""
    queue = Engine(RunStore(tmp_path), Waiting())
    queue.start()
    engine.use(queue)
    yield queue
    engine.use(None)
    queue.close()


@pytest.fixture
def become(monkeypatch):
    """Look through the eyes of a person."""

    def now(who: Person) -> None:
        monkeypatch.setattr(person, "name", lambda: who.name)
        monkeypatch.setattr(person, "teacher", lambda: who.teacher)

    return now


def labels(app) -> list[str]:
    return [one.label for one in app.button]


def done(lab, spec, who) -> str:
    lab.submit(spec, who)
    tell(lab.store, batches(spec=spec))
    return spec.id


def test_the_list_of_runs_is_ones_own(lab, become):
    hers = done(lab, toy("mmd", seed=5), ANN)
    his = lab.submit(toy("dann", seed=6), BOB).id
    become(ANN)
    app = opened("runs")
    keys = {box.key for box in app.checkbox}
    assert f"runs.pick.{hers}" in keys
    assert f"runs.pick.{his}" not in keys
    assert "1 of 1 run" in text(app)
    assert "seed 6" not in text(app)
    become(TEACHER)
    app = opened("runs")
    assert f"runs.pick.{his}" in {box.key for box in app.checkbox}
    assert "The queue of everybody" in text(app)


def test_a_link_shows_another_s_run_but_nothing_to_change_it(lab, become):
    waits = lab.submit(toy("mmd"), ANN).id
    over = lab.submit(toy("dann"), ANN).id
    lab.stop(over, ANN)
    become(BOB)
    assert "Stop" not in labels(opened("run", run=waits))
    assert "Run again" not in labels(opened("run", run=over))
    become(ANN)
    assert "Stop" in labels(opened("run", run=waits))
    assert "Run again" in labels(opened("run", run=over))


def test_a_race_of_another_cannot_be_stopped(lab, become):
    race = groups.start(lab, moons("full"), "anns", ANN)
    become(BOB)
    app = opened("compare", group=race.id)
    assert "Stop the race" not in labels(app)
    become(ANN)
    app = opened("compare", group=race.id)
    button(app, "Stop the race").click()
    app.run()
    assert groups.get(lab.store, race.id).state == "stopped"


def test_whoever_presses_run_owns_it(lab, become):
    become(ANN)
    app = opened("run", **TOY)
    button(app, "Run").click()
    app.run()
    assert "Stop" in labels(app)
    become(BOB)
    assert "No run yet" in text(opened("runs"))


def test_a_full_queue_is_told_in_words_and_nothing_is_lost(lab, become):
    for seed in range(3):
        lab.submit(toy("mmd", seed=seed), ANN)
    become(ANN)
    app = opened("run", **TOY)
    before = app.query_params["steps"]
    button(app, "Run").click()
    app.run()
    assert not app.exception
    assert "You have 3 runs or races under way" in text(app)
    assert "run" not in app.query_params
    assert app.query_params["steps"] == before
    assert len(lab.executor.queue) == 3


def test_a_race_that_finds_no_room_is_told(lab, become, monkeypatch):
    monkeypatch.setenv("TL_QUEUE", "1")
    become(ANN)
    app = opened("compare", dataset="moons", backbone="mlp")
    button(app, "Start the race").click()
    app.run()
    assert not app.exception
    assert "The queue is full" in text(app)
    assert lab.executor.queue == []


def test_what_is_more_than_one_run_may_be_is_told(lab, become):
    become(ANN)
    app = opened("run", **{**TOY, "steps": "20000", "batch_size": "1024"})
    button(app, "Run").click()
    app.run()
    assert "steps cannot be 20000 with batch_size=1024" in text(app)
    assert lab.executor.queue == []


def test_one_of_two_who_stops_a_run_is_told_that_it_goes_on(lab, become):
    run = lab.submit(toy("mmd"), ANN).id
    lab.submit(toy("mmd"), BOB)
    become(ANN)
    app = opened("run", run=run)
    button(app, "Stop").click()
    app.run()
    assert "Others asked for this run too" in app.toast[0].value
    assert lab.store.get(run).state == "queued"
    assert "Stop" not in labels(opened("run", run=run))


def test_ones_place_in_the_queue_is_on_the_list(lab, become):
    lab.submit(toy("mmd", seed=1), BOB)
    lab.submit(toy("mmd", seed=2), ANN)
    become(ANN)
    said = text(opened("runs"))
    assert "seed 2: after 1 other run" in said
    assert "seed 1:" not in said


def test_a_teacher_steers_the_queue(lab, become):
    for who in (ANN, BOB):
        for seed in (1, 2):
            lab.submit(toy("mmd", seed=10 * len(who.name) + seed), who)
    last = lab.places()[-1].record.id
    become(TEACHER)
    app = opened("runs")
    app.button(key=f"queue.next.{last}").click()
    app.run()
    assert lab.places()[0].record.id == last
    app.button(key=f"queue.stop.{last}").click()
    app.run()
    assert lab.store.get(last).state == "stopped"
    button(app, "Clear the queue").click()
    app.run()
    assert lab.executor.queue == []


def test_nobody_elses_page_has_the_name_of_a_run_or_of_pictures(lab, become):
    files = layout({"source": 4, "target": 4})
    data = uploads.take(zipped(files)).id
    private = RunSpec(
        "folder",
        "convnet",
        "source_only",
        dataset_params={"data": data},
        steps=2,
        pretrain_steps=2,
    )
    run = done(lab, private, ANN)
    become(BOB)
    for page in ("start", "runs", "run", "compare", "domains", "features"):
        app = opened(page)
        everything = text(app) + "".join(map(repr, app.main))
        assert not app.exception
        assert data not in everything
        assert run not in everything
    shared = opened("run", run=run)
    assert shared.query_params["dataset.data"] == data
