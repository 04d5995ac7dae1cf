"""Names, tags and the trash: nothing is lost that was not let go."""

import sqlite3
import threading
import time

import pytest

from tests.conftest import toy
from tests.jobs.test_store import STORY, batches, tell
from tl_core import events
from tl_core.home import folder
from tl_core.jobs import library, naming, shelf, storage, wastebasket
from tl_core.jobs.records import Batch
from tl_core.jobs.shelf import Search
from tl_core.jobs.store import RunStore

SPECS = [toy(key, seed=n) for n, key in enumerate(("mmd", "dann", "mmd"))]
ONE, TWO, THREE = (spec.id for spec in SPECS)


@pytest.fixture
def store(tmp_path):
    kept = RunStore(tmp_path)
    for spec in SPECS:
        kept.submit(spec)
        tell(kept, batches(spec=spec))
    yield kept
    kept.close()


def ids(runs) -> list[str]:
    return [run.id for run in runs]


def test_a_list_says_what_a_run_is_and_reached(store):
    newest, _, oldest = library.listed(store)
    assert (newest.id, oldest.id) == (THREE, ONE)
    assert (newest.dataset, newest.strategy, newest.seed) == (
        "moons",
        "mmd",
        2,
    )
    assert newest.accuracy == 0.5
    assert newest.titles[2] == "MMD alignment"
    spec, end = library.ends(store, [TWO])[TWO]
    assert (spec, end) == (SPECS[1], STORY[-1])


def test_a_name_and_tags_stay(tmp_path, store):
    library.rename(store, ONE, "  First\n run\u202e ")
    library.set_tags(store, ONE, ["Week  1", "group_a", "week 1"])
    store.close()
    again = RunStore(tmp_path)
    kept = library.about(again, ONE)
    assert (kept.name, kept.tags) == ("First run", ("group_a", "week 1"))
    library.rename(again, ONE, "")
    assert library.about(again, ONE).name == ""
    again.close()


def test_nothing_is_kept_about_a_run_that_is_not_here(store):
    library.rename(store, "0" * 16, "ghost")
    assert wastebasket.trash(store, ["0" * 16]) == []
    assert store._db.execute("SELECT * FROM library").fetchall() == []


@pytest.mark.parametrize(
    "tag",
    ["", " ", "a" * 25, "<b>", "www.a.b", ":red[x]", "a--b", "_a", "a,b", "`"],
)
def test_a_tag_is_short_and_plain(store, tag):
    with pytest.raises(ValueError, match="A tag has 1 to 24"):
        library.set_tags(store, ONE, [tag])
    assert library.about(store, ONE).tags == ()


def test_names_and_tags_are_bounded(store):
    with pytest.raises(ValueError, match="at most 60"):
        library.rename(store, ONE, "n" * 61)
    with pytest.raises(ValueError, match="at most 8"):
        library.set_tags(store, ONE, map(str, range(naming.TAGS + 1)))


def test_a_hostile_name_stays_text(store):
    name = "'; DROP TABLE runs; --"
    library.rename(store, ONE, name)
    assert library.about(store, ONE).name == name
    assert len(library.listed(store)) == 3


def test_several_are_tagged_or_none(store):
    library.set_tags(store, TWO, map(str, range(naming.TAGS)))
    with pytest.raises(ValueError, match="at most 8"):
        library.add_tag(store, [ONE, TWO, THREE], "late")
    assert library.about(store, ONE).tags == ()
    library.add_tag(store, [ONE, THREE], "late")
    assert shelf.tags(library.listed(store))[-1] == "late"
    library.remove_tag(store, [ONE, THREE], "late")
    assert library.about(store, THREE).tags == ()


def test_a_deleted_run_comes_back_whole(store):
    library.rename(store, ONE, "dear")
    assert wastebasket.trash(store, [ONE, TWO]) == [ONE, TWO]
    assert ids(store.recent(9)) == ids(library.listed(store)) == [THREE]
    assert set(ids(library.trashed(store))) == {ONE, TWO}
    wastebasket.bring_back(store, [ONE])
    assert ids(library.listed(store)) == [THREE, ONE]
    assert library.about(store, ONE).name == "dear"
    assert store.events(ONE) == STORY


def test_a_run_under_way_cannot_be_deleted(store):
    store.requeue(ONE)
    assert wastebasket.trash(store, [ONE]) == []
    assert ONE in ids(store.recent(9))


def test_asking_for_a_deleted_run_brings_it_back(store):
    wastebasket.trash(store, [ONE, TWO])
    assert store.submit(SPECS[0]).state == "done"
    store.requeue(TWO)
    assert library.trashed(store) == []


def test_only_what_is_old_is_forgotten(store):
    wastebasket.trash(store, [ONE])
    assert wastebasket.purge_old(store) == 0
    week = wastebasket.KEPT_DAYS * 24 * 3600
    aged = "UPDATE library SET deleted=? WHERE run=?"
    store._db.execute(aged, (time.time() - week - 1, ONE))
    assert wastebasket.purge_old(store) == 1
    assert store.get(ONE) is None
    assert not (store.path / "arrays" / ONE).exists()
    assert library.about(store, ONE) is None
    assert store.get(TWO) is not None


def test_what_was_exported_goes_with_its_run(store):
    shelf = folder("exports")
    mine, other = shelf / f"{ONE}-1.zip", shelf / f"{TWO}-1.zip"
    before = storage.used(store).exports
    for path in (mine, other):
        path.write_bytes(b"0" * 5000)
    assert storage.used(store).exports == before + 10_000
    assert storage.freed_by(store, [ONE]) >= 5000
    wastebasket.trash(store, [ONE])
    wastebasket.purge(store, time.time() + 1)
    assert not mine.exists()
    assert other.exists()
    other.unlink()


def test_forgetting_frees_the_disk(store):
    spec = toy("full")
    store.submit(spec)
    long = [STORY[0]] + [events.StepDone("adapt", 1, {"x": 0.1})] * 20_000
    rows = [(0.1, events.to_json(event)) for event in [*long, STORY[-1]]]
    store.append(Batch(spec.id, "a", 0, rows))
    storage.shrink(store)
    before = storage.used(store)
    told = storage.freed_by(store, [spec.id])
    wastebasket.trash(store, [spec.id])
    wastebasket.purge(store, time.time() + 1)
    storage.shrink(store)
    freed = before.total - storage.used(store).total
    assert freed == pytest.approx(told, rel=0.2)
    assert store.events(ONE) == STORY


def test_a_search_finds_by_every_column(store):
    library.rename(store, TWO, "Blue Whale")
    library.set_tags(store, ONE, ["week 1"])
    runs = library.listed(store)

    def found(**search):
        return ids(shelf.found(runs, Search(**search)))

    assert found(words="whale") == [TWO]
    assert found(words="alignment week") == [ONE]
    assert found(words=THREE[:9]) == [THREE]
    assert found(words="moons seed 2") == [THREE]
    assert found(strategy="mmd") == [THREE, ONE]
    assert found(tag="week 1", strategy="dann") == []
    assert found(state="failed") == []
    assert found(order="oldest") == [ONE, TWO, THREE]
    assert found(order="name")[0] == TWO


def test_the_rule_keeps_the_newest_and_what_somebody_cared_for(store):
    library.rename(store, ONE, "dear")
    more = [toy("oracle", seed=n) for n in range(4)]
    for spec in more:
        store.submit(spec)
        tell(store, batches(spec=spec))
    runs = library.listed(store)
    assert ids(shelf.beyond(runs, 5)) == [TWO]
    assert ids(shelf.beyond(runs, 4)) == [THREE, TWO]
    library.set_tags(store, TWO, ["keep"])
    assert ids(shelf.beyond(library.listed(store), 5)) == []
    assert shelf.beyond(runs, 99) == []


def test_the_rule_takes_no_run_out_of_a_race(store):
    runs = library.listed(store)
    assert ids(shelf.beyond(runs, 1)) == [TWO, ONE]
    assert ids(shelf.beyond(runs, 1, [{THREE, ONE}])) == [TWO]
    assert ids(shelf.beyond(runs, 1, [{TWO, ONE}])) == [TWO, ONE]
    assert ids(shelf.beyond(runs, 0, [{THREE, TWO, ONE}])) == ids(runs)
    library.rename(store, ONE, "dear")
    named = library.listed(store)
    assert shelf.beyond(named, 1, [{TWO, ONE}]) == []


def test_the_pulse_beats_when_a_list_would_change(store):
    seen = [library.pulse(store)]
    for act in (
        lambda: library.rename(store, ONE, "new"),
        lambda: wastebasket.trash(store, [TWO]),
        lambda: store.requeue(THREE),
    ):
        act()
        seen.append(library.pulse(store))
    assert len(set(seen)) == 4
    assert library.pulse(store) == seen[-1]


def test_a_database_of_an_older_lab_is_taken_on(tmp_path):
    old = sqlite3.connect(tmp_path / "runs.db")
    old.executescript(
        "CREATE TABLE runs (id TEXT PRIMARY KEY, spec TEXT NOT NULL, "
        "state TEXT NOT NULL, attempt INTEGER NOT NULL DEFAULT 0, "
        "execution TEXT NOT NULL DEFAULT '', created REAL NOT NULL, "
        "started REAL, finished REAL, seconds REAL NOT NULL DEFAULT 0, "
        "peak_memory INTEGER NOT NULL DEFAULT 0, error TEXT)"
    )
    row = (ONE, SPECS[0].to_json())
    old.execute(
        "INSERT INTO runs (id, spec, state, created) "
        "VALUES (?, ?, 'stopped', 1)",
        row,
    )
    old.commit()
    old.close()
    store = RunStore(tmp_path)
    library.rename(store, ONE, "still here")
    assert [run.name for run in library.listed(store)] == ["still here"]
    store.close()


def test_many_threads_may_name_tag_and_delete(store):
    def work(number: int) -> None:
        for _ in range(20):
            library.rename(store, ONE, f"n{number}")
            library.add_tag(store, [TWO], f"t{number}")
            wastebasket.trash(store, [THREE])
            wastebasket.bring_back(store, [THREE])

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert library.about(store, TWO).tags == tuple(f"t{n}" for n in range(6))
    assert len(library.listed(store)) == 3


def test_thousands_of_runs_are_listed_at_once(store):
    rows = [
        (f"{n:016x}", SPECS[0].to_json(), "done", float(n))
        for n in range(2000)
    ]
    with store.transaction() as db:
        db.executemany(
            "INSERT INTO runs (id, spec, state, created) VALUES (?, ?, ?, ?)",
            rows,
        )
    began = time.perf_counter()
    found = shelf.found(library.listed(store), Search("mmd moons"))
    assert time.perf_counter() - began < 0.5  # 0.02 s on two quiet cores
    assert len(found) == 2002
