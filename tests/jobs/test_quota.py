"""How much may wait: of one person, and of all."""

import pytest

from tests.conftest import toy
from tests.jobs.test_groups import Waiting, moons
from tests.jobs.test_owners import ANN, BOB, TEACHER
from tests.jobs.test_store import batches, tell
from tl_core.card import SpecError
from tl_core.jobs import groups, quota
from tl_core.jobs.engine import Engine
from tl_core.jobs.owners import LAB, Person
from tl_core.jobs.quota import QueueFullError
from tl_core.jobs.store import RunStore


@pytest.fixture
def lab(tmp_path):
    engine = Engine(RunStore(tmp_path / "runs"), Waiting())
    engine.start()
    yield engine
    engine.close()


def run(lab, person, seed):
    return lab.submit(toy("mmd", seed=seed), person)


def test_one_person_has_three_under_way_and_is_told_so(lab):
    for seed in range(3):
        run(lab, ANN, seed)
    with pytest.raises(QueueFullError, match="You have 3 runs or races") as no:
        run(lab, ANN, 3)
    assert "this lab takes 3 of one person" in str(no.value)
    assert lab.store.get(toy("mmd", seed=3).id) is None
    run(lab, BOB, 3)
    lab.stop(toy("mmd", seed=0).id, ANN)
    run(lab, ANN, 4)


def test_a_race_counts_as_one(lab):
    race = groups.start(lab, moons("full", "scratch"), "a race", ANN)
    for seed in range(2):
        run(lab, ANN, seed)
    more = moons("mmd")
    with pytest.raises(QueueFullError):
        groups.start(lab, more, "another", ANN)
    assert groups.get(lab.store, more.id) is None
    for record in groups.records(lab.store, race).values():
        tell(lab.store, batches(spec=record.spec))
    groups.start(lab, more, "another", ANN)


def test_joining_costs_nothing(lab):
    for seed in range(3):
        run(lab, ANN, seed)
        run(lab, BOB, 10 + seed)
    for seed in range(3):
        run(lab, ANN, 10 + seed)  # wait already
    tell(lab.store, batches(spec=toy("mmd", seed=0)))
    run(lab, ANN, 98)
    with pytest.raises(QueueFullError):
        run(lab, BOB, 99)
    run(lab, BOB, 0)  # is done


def test_whoever_leaves_a_run_no_longer_answers_for_it(lab):
    for seed in range(3):
        run(lab, ANN, seed)
    run(lab, BOB, 0)
    assert not lab.stop(toy("mmd", seed=0).id, ANN)
    run(lab, ANN, 3)
    for seed in (4, 5):
        run(lab, BOB, seed)
    with pytest.raises(QueueFullError):
        run(lab, BOB, 6)


def test_a_full_queue_says_how_full(lab, monkeypatch):
    monkeypatch.setenv("TL_QUEUE", "4")
    groups.start(lab, moons("full"), "two runs", ANN)
    words = "The queue is full: 2 runs wait, yours would be 4 more"
    with pytest.raises(QueueFullError, match=words):
        groups.start(lab, moons("mmd", "dann"), "four runs", BOB)
    groups.start(lab, moons("mmd"), "two runs", BOB)
    with pytest.raises(QueueFullError, match="yours would be one more"):
        run(lab, Person("cyd"), 0)
    for unbound in (LAB, TEACHER):
        run(lab, unbound, 0)


def test_doing_a_run_again_needs_room_too(lab):
    done = run(lab, ANN, 9).id
    tell(lab.store, batches(spec=toy("mmd", seed=9)))
    for seed in range(3):
        run(lab, ANN, seed)
    with pytest.raises(QueueFullError):
        lab.rerun(done, ANN)
    assert lab.store.get(done).state == "done"


def test_the_bounds_come_from_the_environment(lab, monkeypatch):
    monkeypatch.setenv("TL_QUEUE_PER_OWNER", "1")
    run(lab, ANN, 0)
    with pytest.raises(QueueFullError, match="You have 1 run or race"):
        run(lab, ANN, 1)


@pytest.mark.parametrize("name", ["TL_QUEUE", "TL_QUEUE_PER_OWNER"])
@pytest.mark.parametrize("value", ["0", "many", "1.5", ""])
def test_a_bad_bound_is_named(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SpecError, match=f"{name} cannot be .*from 1 upwards"):
        quota.bounds()
