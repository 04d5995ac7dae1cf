"""In which order runs begin, and what a place in the queue promises."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import toy
from tests.jobs.test_groups import Waiting, moons
from tests.jobs.test_owners import ANN, BOB, CYD, TEACHER, ids
from tests.jobs.test_store import batches, tell
from tl_core.jobs import groups, turns
from tl_core.jobs.engine import Engine
from tl_core.jobs.owners import LAB, Person
from tl_core.jobs.store import RunStore
from tl_core.spec import RunSpec


class Served(Waiting):
    """Begins the run of the highest priority, as Dask does, and leaves it
    running until it is ended."""

    def begin(self) -> str:
        """The id of the run that begins."""
        lab = self._engine
        first = min(self.queue, key=lambda r: -lab.priority(r.id))
        self.queue.remove(first)
        with lab.store.transaction() as db:
            db.execute(
                "UPDATE runs SET state='running' WHERE id=?", (first.id,)
            )
        return first.id

    def serve(self) -> str:
        """Begin a run and end it."""
        run = self.begin()
        self._engine.store.end(run, "stopped")
        return run


@pytest.fixture
def lab(tmp_path):
    engine = Engine(RunStore(tmp_path / "runs"), Served())
    engine.start()
    yield engine
    engine.close()


def asked(lab: Engine, person: Person, *seeds: int) -> list[str]:
    """Runs of the lab or a teacher, whom no cap concerns."""
    return [lab.submit(toy("mmd", seed=s), person).id for s in seeds]


def test_a_single_run_does_not_wait_for_a_whole_race(lab):
    race = moons("full", "scratch", seeds=tuple(range(8)))
    groups.start(lab, race, "anns", ANN)
    running = lab.executor.begin()
    (single,) = asked(lab, BOB, 99)
    assert lab.forecast(toy("mmd", seed=98), BOB).ahead == 3
    assert lab.forecast(toy("mmd", seed=98), CYD).ahead == 2
    assert lab.ahead(single) == 1
    lab.store.end(running, "stopped")
    assert lab.executor.begin() == single


def test_a_race_keeps_its_own_order(lab):
    race = moons("full", "scratch", "mmd", seeds=(0, 1))
    groups.start(lab, race, "anns", ANN)
    asked(lab, BOB, 99)
    served = [lab.executor.serve() for _ in range(7)]
    of_race = [run for run in served if run in {s.id for s in race.specs()}]
    assert of_race == [spec.id for spec in race.specs()]


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(1, 4)),
        min_size=2,
        max_size=6,
    ),
    st.data(),
)
def test_nobody_who_waits_is_passed_twice_by_another(
    tmp_path_factory, arrivals, data
):
    """While an owner waits, no other has two more runs begun than they."""
    path = tmp_path_factory.mktemp("runs")
    lab = Engine(RunStore(path), Served())
    lab.start()
    whose: dict[str, str] = {}
    waits: Counter[str] = Counter()
    since: dict[str, Counter[str]] = {}
    seed = 0

    def serve() -> None:
        owner = whose[lab.executor.serve()]
        waits[owner] -= 1
        for name, seen in since.items():
            if name != owner and waits[name]:
                seen[owner] += 1
                assert seen[owner] <= 2, (name, owner)
        since[owner] = Counter()

    for name, runs in arrivals:
        if not waits[name]:
            since[name] = Counter()
        for _ in range(runs):
            seed += 1
            spec = toy("mmd", seed=seed)
            lab.enter(spec, name, f"race of {name}")
            whose[spec.id] = name
            waits[name] += 1
        for _ in range(data.draw(st.integers(0, 3))):
            if lab.executor.queue:
                serve()
    while lab.executor.queue:
        serve()
    lab.close()


def test_the_promised_order_is_the_order_of_service(lab):
    asked(lab, Person("ted", teacher=True), *range(5))
    asked(lab, LAB, *range(10, 13))
    asked(lab, BOB, 20, 21)
    promised = ids(turns.order(lab.store))
    assert [lab.ahead(run) for run in promised] == list(range(10))
    assert [lab.executor.serve() for _ in promised] == promised


def test_turns_survive_a_restart(tmp_path):
    first = Engine(RunStore(tmp_path), Served())
    first.start()
    asked(first, TEACHER, *range(4))
    asked(first, BOB, 20, 21)
    promised = ids(turns.order(first.store))
    first.close()
    again = Engine(RunStore(tmp_path), Served())
    again.start()
    assert [again.executor.serve() for _ in promised] == promised
    again.close()


def test_whoever_joins_a_run_that_waits_far_behind_brings_it_forward(lab):
    race = moons("full", seeds=tuple(range(9)))
    groups.start(lab, race, "anns", ANN)
    last = race.specs()[-1]
    assert lab.ahead(last.id) == 8
    lab.submit(last, BOB)
    assert lab.ahead(last.id) == 1
    assert len(lab.executor.queue) == 9  # it waits once, not twice


def test_a_teacher_lets_a_run_jump_the_queue_and_nobody_else_does(lab):
    runs = asked(lab, LAB, *range(6))
    running = lab.executor.begin()
    lab.jump(runs[5], BOB)
    assert lab.ahead(runs[5]) == 5
    lab.jump(runs[5], TEACHER)
    assert lab.ahead(runs[5]) == 1
    lab.jump(runs[4], TEACHER)
    assert (lab.ahead(runs[4]), lab.ahead(runs[5])) == (1, 2)
    (late,) = asked(lab, BOB, 99)
    assert lab.ahead(late) == 3  # behind both, before the rest
    lab.store.end(running, "stopped")
    served = [lab.executor.serve() for _ in range(3)]
    assert served == [runs[4], runs[5], late]


def test_time_left_adds_up_what_comes_before(lab):
    done = toy("mmd", seed=9, steps=60)
    lab.submit(done)
    tell(lab.store, batches(spec=done))
    specs = [toy("mmd", seed=s, steps=60) for s in range(3)]
    for spec in specs:
        lab.submit(spec)
    places = lab.places()
    assert [place.ahead for place in places] == [0, 1, 2]
    one = places[0].seconds
    assert one
    assert [p.seconds for p in places] == pytest.approx(
        [one, 2 * one, 3 * one]
    )
    left = [lab.seconds_left(spec.id) for spec in specs]
    assert left == pytest.approx([place.seconds for place in places])


def test_a_run_without_a_turn_is_served_like_the_first(lab):
    """Stores of before there were turns."""
    lab.store.submit(RunSpec())
    asked(lab, BOB, 1)
    assert ids(turns.order(lab.store))[0] == RunSpec().id
