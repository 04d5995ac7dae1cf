"""Whose runs are whose: lists, stopping and deleting between people."""

import threading
import time

import pytest

from tests.conftest import toy
from tests.jobs.test_groups import Waiting, moons
from tests.jobs.test_store import batches, tell
from tl_core.jobs import groups, library, owners, teaching, wastebasket
from tl_core.jobs.engine import Engine
from tl_core.jobs.owners import LAB, RACE, RUN, Person
from tl_core.jobs.store import RunStore

ANN, BOB, CYD = Person("ann"), Person("bob"), Person("cyd")
TEACHER = Person("ted", teacher=True)
SPEC = toy("mmd")


@pytest.fixture
def lab(tmp_path):
    engine = Engine(RunStore(tmp_path / "runs"), Waiting())
    engine.start()
    yield engine
    engine.close()


def ids(runs) -> list[str]:
    return [run.id for run in runs]


def done(lab, spec, *people) -> str:
    """A finished run of several people, without training one."""
    for person in people or (LAB,):
        lab.submit(spec, person)
    tell(lab.store, batches(spec=spec))
    return spec.id


def test_people_see_their_own_runs_and_those_of_the_lab(lab):
    of_ann = done(lab, SPEC, ANN)
    of_lab = done(lab, toy("dann"))
    assert ids(library.listed(lab.store, ANN)) == [of_lab, of_ann]
    assert ids(library.listed(lab.store, BOB)) == [of_lab]
    for everything in (LAB, TEACHER):
        assert ids(library.listed(lab.store, everything)) == [of_lab, of_ann]


def test_a_link_opens_another_persons_run(lab):
    run = done(lab, SPEC, ANN)
    assert library.about(lab.store, run, BOB).id == run


def test_thirty_people_who_press_one_preset_have_one_run(lab):
    people = [Person(f"student{n}") for n in range(30)]
    threads = [
        threading.Thread(target=lab.submit, args=(SPEC, person))
        for person in people
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ids(lab.executor.queue) == [SPEC.id]
    names = owners.names(lab.store, RUN, SPEC.id)
    assert set(names) == {person.name for person in people}


def test_one_of_two_leaves_a_run_and_the_last_stops_it(lab):
    for person in (ANN, BOB):
        lab.submit(SPEC, person)
    assert not lab.stop(SPEC.id, CYD)
    assert not lab.stop(SPEC.id, ANN)
    assert lab.store.get(SPEC.id).state == "queued"
    assert library.listed(lab.store, ANN) == []
    assert lab.stop(SPEC.id, BOB)
    assert lab.store.get(SPEC.id).state == "stopped"
    assert ids(library.listed(lab.store, BOB)) == [SPEC.id]


def test_nobody_repeats_or_deletes_what_is_anothers(lab):
    run = done(lab, SPEC, ANN)
    lab.rerun(run, BOB)
    assert lab.store.get(run).state == "done"
    assert wastebasket.trash(lab.store, [run], BOB) == []
    lab.rerun(run, ANN)
    assert lab.store.get(run).state == "queued"


def test_a_race_of_two_goes_on_for_one(lab):
    race = moons("full", "scratch")
    for person in (ANN, BOB):
        groups.start(lab, race, "both", person)
    assert not groups.stop(lab, race.id, CYD)
    assert not groups.stop(lab, race.id, ANN)
    assert len(lab.executor.queue) == 4
    assert groups.stop(lab, race.id, BOB)
    assert lab.executor.queue == []
    assert owners.names(lab.store, RACE, race.id) == ["bob"]


def test_stopping_a_race_spares_a_run_that_somebody_asked_for_alone(lab):
    race = moons("full", "scratch")
    groups.start(lab, race, "anns", ANN)
    alone = race.specs()[0]
    lab.submit(alone, BOB)
    assert groups.stop(lab, race.id, ANN)
    assert ids(lab.executor.queue) == [alone.id]
    assert ids(library.listed(lab.store, BOB)) == [alone.id]


def test_a_shared_run_is_deleted_by_each_for_themselves(lab):
    run = done(lab, SPEC, ANN, BOB)
    assert wastebasket.trash(lab.store, [run], ANN) == [run]
    assert wastebasket.trash(lab.store, [run], ANN) == []
    assert ids(wastebasket_of(lab, ANN)) == [run]
    assert library.listed(lab.store, ANN) == []
    assert ids(library.listed(lab.store, BOB)) == [run]
    assert wastebasket_of(lab, BOB) == []
    wastebasket.bring_back(lab.store, [run], BOB)  # is not his to bring back
    assert ids(wastebasket_of(lab, ANN)) == [run]
    wastebasket.bring_back(lab.store, [run], ANN)
    assert ids(library.listed(lab.store, ANN)) == [run]


def wastebasket_of(lab, person):
    return library.trashed(lab.store, person)


def test_what_one_forgets_the_other_can_bring_back(lab):
    run = done(lab, SPEC, ANN, BOB)
    for person in (ANN, BOB):
        assert wastebasket.trash(lab.store, [run], person) == [run]
    assert wastebasket.purge(lab.store, time.time() + 1, ANN) == 1
    assert wastebasket_of(lab, ANN) == []
    wastebasket.bring_back(lab.store, [run], BOB)
    assert ids(library.listed(lab.store, BOB)) == [run]
    assert wastebasket.trash(lab.store, [run], BOB) == [run]
    assert wastebasket.purge(lab.store, time.time() + 1, CYD) == 0
    assert wastebasket.purge(lab.store, time.time() + 1, BOB) == 1
    assert lab.store.get(run) is None
    assert owners.names(lab.store, RUN, run) == []


def test_the_trash_is_emptied_after_a_week_for_all(lab, monkeypatch):
    run, own = done(lab, SPEC, ANN, BOB), done(lab, toy("dann"), ANN)
    wastebasket.trash(lab.store, [run, own], ANN)
    week = wastebasket.KEPT_DAYS * 24 * 3600
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + week + 1)
    assert wastebasket.purge_old(lab.store) == 1
    assert lab.store.get(own) is None
    assert ids(library.listed(lab.store, BOB)) == [run]
    assert wastebasket_of(lab, ANN) == []


def test_who_asks_again_has_it_back(lab):
    run = done(lab, SPEC, ANN, BOB)
    wastebasket.trash(lab.store, [run], ANN)
    lab.submit(SPEC, ANN)
    assert ids(library.listed(lab.store, ANN)) == [run]


def test_what_is_everybodys_stays_so(lab):
    run = done(lab, SPEC)
    lab.submit(SPEC, ANN)
    race = moons("full")
    lab.submit(race.specs()[0])
    groups.start(lab, race, "anns", ANN)
    seen = ids(library.listed(lab.store, BOB))
    assert set(seen) == {run, race.specs()[0].id}
    assert owners.may_change(lab.store, BOB, RUN, run)


def test_what_its_owner_deleted_is_not_everybodys(lab):
    run = done(lab, SPEC, ANN)
    wastebasket.trash(lab.store, [run], ANN)
    assert library.listed(lab.store, BOB) == []
    assert wastebasket_of(lab, BOB) == []
    assert not owners.may_change(lab.store, BOB, RUN, run)
    lab.rerun(run, BOB)
    assert lab.store.get(run).state == "done"
    lab.submit(SPEC, BOB)  # whoever asks for it has it
    assert ids(library.listed(lab.store, BOB)) == [run]


def test_whoever_leaves_a_race_keeps_what_is_done_of_it(lab):
    race = moons("full", "scratch")
    for person in (ANN, BOB):
        groups.start(lab, race, "both", person)
    over = race.specs()[0]
    tell(lab.store, batches(spec=over))
    groups.stop(lab, race.id, ANN)
    assert ids(library.listed(lab.store, ANN)) == [over.id]
    assert len(library.listed(lab.store, BOB)) == 4


def test_a_race_that_is_stopped_while_it_is_submitted_leaves_nothing(
    lab, monkeypatch
):
    race = moons("full", "scratch")
    enter = lab.enter

    def and_stopped(spec, name, group):
        enter(spec, name, group)
        if spec == race.specs()[1]:
            assert groups.stop(lab, race.id, ANN)

    monkeypatch.setattr(lab, "enter", and_stopped)
    groups.start(lab, race, "anns", ANN)
    assert lab.executor.queue == []
    assert groups.get(lab.store, race.id).state == "stopped"
    assert lab.status().queued == 0


def test_a_teacher_stops_and_deletes_anybodys(lab):
    for person in (ANN, BOB):
        lab.submit(SPEC, person)
    assert lab.stop(SPEC.id, TEACHER)
    assert wastebasket.trash(lab.store, [SPEC.id], TEACHER) == [SPEC.id]
    assert library.listed(lab.store, BOB) == []
    assert ids(wastebasket_of(lab, BOB)) == [SPEC.id]


def test_only_a_teacher_clears_the_queue(lab):
    tuned = moons("full", "scratch", tune="source")
    groups.start(lab, tuned, "anns", ANN)
    lab.submit(SPEC, BOB)
    teaching.clear(lab, BOB)
    assert lab.status().queued == len(tuned.search()) + 1
    teaching.clear(lab, TEACHER)
    assert lab.executor.queue == []
    assert lab.status().queued == 0
    assert groups.get(lab.store, tuned.id).state == "stopped"


def test_a_list_is_drawn_anew_when_somebody_joins(lab):
    done(lab, SPEC, ANN)
    before = library.pulse(lab.store)
    lab.submit(SPEC, BOB)
    assert library.pulse(lab.store) != before
