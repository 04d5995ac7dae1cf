"""Races: started, stopped, searched and taken up again as one."""

import json
from dataclasses import asdict, replace

import pytest

from tests.conftest import toy
from tl_core import catalog, tables, training, tune_first
from tl_core.card import SpecError
from tl_core.events import Evaluated, RunFinished
from tl_core.history import History
from tl_core.jobs import groups
from tl_core.jobs.engine import Engine
from tl_core.jobs.inline import InlineExecutor
from tl_core.jobs.store import RunStore
from tl_core.race_checks import MOST
from tl_core.race_spec import RaceSpec, race_from_dict
from tl_core.race_starts import check_budgets, heats, sources_first

TOY = {"pretrain_steps": 30, "steps": 30, "lr": 0.01}


def moons(*strategies: str, **more: object) -> RaceSpec:
    given = {"settings": TOY, "seeds": (0, 1), **more}
    return RaceSpec(strategies, ("moons",), ("mlp",), **given)


class Waiting(InlineExecutor):
    """Takes runs and does them when it is told to."""

    def start(self, engine):
        super().start(engine)
        self.queue = []

    def submit(self, record):
        self.queue.append(record)

    def cancel(self, run):
        self.queue = [r for r in self.queue if r.id != run]

    def work(self, runs=99):
        for record in [self.queue.pop(0) for _ in self.queue[:runs]]:
            super().submit(record)


@pytest.fixture
def lab(tmp_path):
    engine = Engine(RunStore(tmp_path / "runs"), InlineExecutor())
    engine.start()
    yield engine
    engine.close()


@pytest.fixture
def queue(tmp_path):
    engine = Engine(RunStore(tmp_path / "runs"), Waiting())
    engine.start()
    yield engine
    engine.close()


def states(engine, group) -> list[str]:
    found = groups.get(engine.store, group.id)
    return [r.state for r in groups.records(engine.store, found).values()]


def test_a_race_ends_with_every_run_done(lab):
    group = groups.start(lab, moons("source_only", "mmd"), "two")
    assert group.state == "racing"
    assert states(lab, group) == ["done"] * 4
    assert groups.recent(lab.store, 9) == [group]
    assert group.name == "two"


def test_equal_specs_are_run_once(lab):
    first = groups.start(lab, moons("source_only", "mmd"), "a")
    groups.start(lab, moons("mmd", "scratch"), "b")
    again = groups.start(lab, moons("source_only", "mmd"), "c")
    assert again.id == first.id
    assert len(groups.recent(lab.store, 9)) == 2
    records = lab.store.recent(99)
    assert len(records) == 6
    assert {r.attempt for r in records} == {1}


def test_a_group_is_named_by_its_runs():
    one, other = moons("mmd", "dann"), moons("dann", "mmd")
    assert one.id == other.id
    assert one.id != moons("mmd", "dann", tune="source").id
    assert one.id != moons("mmd", "dann", seeds=(0, 1, 2)).id


def test_labels_are_no_setting_of_who_may_not_read_them():
    labelled = {**TOY, "target_labels": 20}
    assert moons("mmd", settings=labelled).id == moons("mmd").id
    swept = moons("mmd", "full", sweep="target_labels", values=(10, 20))
    assert len(swept.specs()) == 2 + 4
    assert [heat[2] for heat in heats(swept.starts())] == [10, 20]


def test_every_source_model_is_trained_once(lab, tmp_path, monkeypatch):
    monkeypatch.setenv("TL_HOME", str(tmp_path / "home"))
    trained, real = [], training.train_on_source

    def counted(spec, model, pair):
        trained.append(spec.seed)
        return real(spec, model, pair)

    monkeypatch.setattr(training, "train_on_source", counted)
    race = moons("source_only", "mmd", "dann", "scratch", seeds=(0, 1, 2))
    groups.start(lab, race, "four")
    assert sorted(trained) == [0, 1, 2]


def test_runs_that_train_a_source_come_first():
    specs = moons("scratch", "mmd", "dann", seeds=(0, 1, 2)).specs()
    assert [(s.strategy, s.seed) for s in specs[:3]] == [
        ("mmd", 0),
        ("mmd", 1),
        ("mmd", 2),
    ]
    assert len(specs) == 9
    assert sources_first(specs) == specs


def test_a_race_has_a_limit():
    keys = tuple(catalog.keys("strategies"))
    with pytest.raises(SpecError, match=f"{MOST} at most"):
        RaceSpec(("mmd", "dann", "coral"), seeds=tuple(range(21)))
    with pytest.raises(SpecError, match="take fewer"):
        RaceSpec(keys, seeds=tuple(range(100_000)))
    searched = {"tune": "source", "seeds": tuple(range(18))}
    with pytest.raises(SpecError, match="would be 63 runs"):
        RaceSpec(("mmd", "dann", "coral"), **searched)


def test_unequal_budgets_are_refused():
    fair = moons("mmd", "full").starts()
    check_budgets(fair)
    longer = replace(fair[-1], spec=toy("full", **TOY | {"steps": 31}))
    with pytest.raises(SpecError, match="steps is 30 for mmd and 31 for full"):
        check_budgets([*fair, longer])
    two = moons("full", "linear_probe").starts()
    more = replace(two[-1].spec, target_labels=7)
    with pytest.raises(SpecError, match="target_labels is None"):
        check_budgets([*two, replace(two[-1], spec=more)])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"tune": "oracle"}, "choose one of: source, information"),
        ({"tune": "source", "sweep": "lr", "values": (0.1,)}, "cannot be"),
        ({"sweep": "strategy.rank", "values": (1,)}, "No contender has"),
        ({"sweep": "target_labels", "values": (1,)}, "No contender has"),
        ({"sweep": "steps"}, "at least one value"),
        ({"seeds": ()}, "at least one of its seeds"),
    ],
)
def test_a_race_that_means_nothing_is_refused(wrong, said):
    with pytest.raises(SpecError, match=said):
        moons("mmd", **wrong)


def test_a_stopped_race_keeps_what_is_done(queue):
    group = groups.start(queue, moons("source_only", "mmd"), "a")
    queue.executor.work(1)
    groups.stop(queue, group.id)
    assert sorted(states(queue, group)) == ["done"] + ["stopped"] * 3
    assert not queue.executor.queue
    groups.start(queue, group.race, group.name)
    queue.executor.work()
    assert states(queue, group) == ["done"] * 4
    assert {r.attempt for r in queue.store.recent(9)} == {1}


def test_stopping_leaves_what_another_race_wants(queue):
    one = groups.start(queue, moons("source_only", "mmd"), "a")
    other = groups.start(queue, moons("mmd", "dann"), "b")
    groups.stop(queue, one.id)
    assert set(states(queue, other)) == {"queued"}
    queue.executor.work()
    assert set(states(queue, other)) == {"done"}


def test_a_restart_takes_the_race_up(queue, tmp_path):
    race = moons("source_only", "mmd", tune="source")
    group = groups.start(queue, race, "a")
    queue.executor.work(2)
    assert groups.get(queue.store, group.id).state == "tuning"
    queue.close()
    again = Engine(RunStore(tmp_path / "runs"), Waiting())
    again.start()
    again.executor.work(4)  # the rest of the search
    assert groups.get(again.store, group.id).state == "racing"
    again.executor.work()
    assert states(again, group) == ["done"] * 10
    again.close()


def test_a_search_comes_first_and_is_part_of_the_race(lab):
    group = groups.start(lab, moons("mmd", "full", tune="source"), "a")
    search = group.race.search()
    assert {spec.seed for spec in search} == {2}
    assert sorted({spec.lr for spec in search}) == [0.003, 0.01, 0.03]
    assert {spec.selection for spec in search} == {"validation"}
    assert {s.spec.selection for s in group.starts} == {"last"}
    assert set(states(lab, group)) == {"done"}
    assert len(group.specs) == 6 + 4
    for start in group.starts:
        assert start.spec.lr == group.rates[start.contender]


def told(race: RaceSpec, **test: float) -> dict[str, History]:
    """A search that was made up: validation falls as the rate grows,
    information grows with it; accuracy on test samples is as given."""
    found = {}
    for spec in race.search():
        history = History(spec)
        accuracy = dict.fromkeys(("source", "target"), test["of"] * spec.lr)
        history.finished = RunFinished(accuracy, {}, {})
        scores = {"validation": 1 - spec.lr, "information": spec.lr}
        history.evaluations = [Evaluated("adapt", 30, accuracy, {}, 9, scores)]
        found[spec.id] = history
    return found


def test_the_search_never_looks_at_a_test_sample():
    race = moons("mmd", "full", tune="source")
    mmd, full = race.contenders
    assert tune_first.criterion(race, mmd) == "source"
    assert tune_first.criterion(race, full) == "target"
    for sign in (1, -1):
        rates = tune_first.rates(race, told(race, of=sign))
        assert rates == {mmd: 0.003, full: 0.003}
    by = moons("mmd", tune="information")
    assert tune_first.rates(by, told(by, of=1)) == {mmd: 0.03}


def test_of_equally_good_rates_the_usual_one_is_taken():
    race = moons("mmd", tune="source")
    found = told(race, of=1)
    for history in found.values():
        (seen,) = history.evaluations
        even = replace(seen, scores={"validation": 0.9})
        history.evaluations = [even]
    assert tune_first.rates(race, found) == {race.contenders[0]: 0.01}


def test_a_search_that_failed_leaves_the_usual_rate(lab):
    broken = {"settings": {**TOY, "target_labels": 99_999}, "tune": "source"}
    group = groups.start(lab, moons("mmd", "full", **broken), "a")
    assert group.state == "racing"
    mmd, full = group.race.contenders
    assert mmd in group.rates
    assert full not in group.rates
    assert states(lab, group).count("failed") == 3 + 2


def test_a_race_outlives_json():
    race = moons(
        "mmd", sweep="strategy.weight", values=(0.1, 1), tune="source"
    )
    assert race_from_dict(json.loads(json.dumps(asdict(race)))) == race


SIX = ("source_only", "mmd", "coral", "dann", "scratch", "oracle")


def test_a_race_run_anew_elsewhere_gives_the_same_table(tmp_path, monkeypatch):
    found = []
    for home in ("one", "two"):
        monkeypatch.setenv("TL_HOME", str(tmp_path / home))
        engine = Engine(RunStore(tmp_path / home / "runs"), InlineExecutor())
        engine.start()
        race = moons(*SIX, seeds=(0, 1, 2))
        group = groups.start(engine, race, "six")
        runs = [engine.store.history(s.id) for s in group.specs]
        assert {run.attempt for run in engine.store.recent(99)} == {1}
        found.append(tables.standings(runs))
        engine.close()
    assert len(found[0]) == 6
    assert all(len(row["seeds"]) == 3 for row in found[0].values())
    assert found[0] == found[1]
