"""The store keeps each event once, whatever happens on the way."""

import threading

import numpy as np
import pytest

from tests.conftest import toy
from tl_core import events
from tl_core.events import (
    Array,
    ArraysTaken,
    PhaseStarted,
    RunFailed,
    RunFinished,
    RunStarted,
    RunStopped,
    StepDone,
)
from tl_core.jobs.records import Batch
from tl_core.jobs.store import RunStore
from tl_core.spec import RunSpec

SPEC = toy("mmd")
STORY = [
    RunStarted(SPEC.to_dict(), "cpu", ("0", "1")),
    ArraysTaken("samples", 0, {"x": Array.of(np.arange(12.0).reshape(3, 4))}),
    PhaseStarted("adapt", 40, {"total": 9, "trained": 9, "auxiliary": 0}),
    *(StepDone("adapt", n, {"source": 1 / n}) for n in range(1, 41)),
    RunFinished({"target": 0.5}, {"hidden1": (0.2, 0.1)}, {"target_test": 9}),
]


@pytest.fixture
def store(tmp_path):
    kept = RunStore(tmp_path)
    yield kept
    kept.close()


def batches(story=STORY, execution="a", size=7, spec: RunSpec = SPEC):
    lines = [(0.1 * n, events.to_json(e)) for n, e in enumerate(story)]
    return [
        Batch(spec.id, execution, start, lines[start : start + size], 1000)
        for start in range(0, len(lines), size)
    ]


def tell(store: RunStore, told) -> None:
    for batch in told:
        store.append(batch)


def test_a_run_is_queued_once(store):
    assert store.submit(SPEC) == store.submit(SPEC)
    assert [r.state for r in store.unfinished()] == ["queued"]


def test_what_was_told_is_what_is_kept(store):
    store.submit(SPEC)
    tell(store, batches())
    assert store.events(SPEC.id) == STORY
    record = store.get(SPEC.id)
    assert (record.state, record.attempt) == ("done", 1)
    assert record.peak_memory == 1000
    assert record.seconds == pytest.approx(0.1 * (len(STORY) - 1))


def test_telling_twice_changes_nothing(store):
    store.submit(SPEC)
    tell(store, [*batches(), *batches()])
    assert store.events(SPEC.id) == STORY
    assert store.get(SPEC.id).attempt == 1


def test_telling_twice_does_not_touch_a_picture_that_may_be_read(
    store, tmp_path
):
    store.submit(SPEC)
    tell(store, batches())
    (file,) = tmp_path.rglob("*.npz")
    kept = file.stat()
    tell(store, batches())
    assert file.stat().st_mtime_ns == kept.st_mtime_ns
    assert file.stat().st_ino == kept.st_ino


def test_the_order_of_batches_does_not_matter_after_the_first(store):
    store.submit(SPEC)
    first, *rest = batches()
    tell(store, [first, *reversed(rest)])
    assert store.events(SPEC.id) == STORY


def test_a_new_execution_starts_from_a_clean_slate(store):
    store.submit(SPEC)
    tell(store, batches(execution="dead")[:3])
    tell(store, batches(execution="alive"))
    assert store.events(SPEC.id) == STORY
    assert store.get(SPEC.id).attempt == 2


def test_a_replaced_execution_is_not_heard_any_more(store):
    store.submit(SPEC)
    tell(store, batches(execution="dead")[:2])
    tell(store, batches(execution="alive")[:2])
    tell(store, batches(execution="dead")[2:])
    assert len(store.events(SPEC.id)) == 14


def test_the_history_grows_with_the_run_and_is_read_once(store):
    store.submit(SPEC)
    first, second, *rest = batches()
    store.append(first)
    history = store.history(SPEC.id)
    assert len(history.steps) == 4
    store.append(second)
    assert store.history(SPEC.id) is history
    assert len(history.steps) == 11
    tell(store, rest)
    assert store.history(SPEC.id).finished == STORY[-1]
    assert (store.history(SPEC.id).arrays("samples")["x"][2] > 7).all()


@pytest.mark.parametrize(
    ("last", "state", "error"),
    [
        (RunFailed("No memory."), "failed", "No memory."),
        (RunStopped(), "stopped", None),
    ],
)
def test_the_last_event_is_the_state(store, last, state, error):
    store.submit(SPEC)
    tell(store, batches([*STORY[:9], last]))
    record = store.get(SPEC.id)
    assert (record.state, record.error) == (state, error)
    assert store.submit(SPEC).state == "queued"


def test_a_done_run_is_not_queued_again_unless_asked(store):
    store.submit(SPEC)
    tell(store, batches())
    assert store.submit(SPEC).state == "done"
    store.requeue(SPEC.id)
    assert store.get(SPEC.id).state == "queued"
    tell(store, batches(execution="again"))
    assert store.get(SPEC.id).attempt == 2
    tell(store, batches())  # a late echo of the first execution
    assert store.get(SPEC.id).attempt == 2


def test_a_history_waits_for_a_batch_that_is_late(store):
    store.submit(SPEC)
    first, late, *rest = batches()
    for batch in [first, *rest]:
        store.append(batch)
        assert len(store.history(SPEC.id).steps) == 4
    store.append(late)
    steps = [e.step for e in store.history(SPEC.id).steps]
    assert steps == list(range(1, 41))
    assert store.history(SPEC.id).finished == STORY[-1]


def test_a_run_under_way_is_not_queued_once_more(store):
    assert not store.requeue(SPEC.id)
    store.submit(SPEC)
    tell(store, batches())
    assert store.requeue(SPEC.id)
    assert not store.requeue(SPEC.id)


def test_a_deleted_run_leaves_nothing(store):
    store.submit(SPEC)
    tell(store, batches())
    store.delete(SPEC.id)
    assert store.get(SPEC.id) is None
    assert store.history(SPEC.id) is None
    assert not list((store.path / "arrays").glob("*"))
    tell(store, batches(execution="late"))
    assert store.recent(9) == []


def test_runs_survive_a_restart(tmp_path):
    store = RunStore(tmp_path)
    store.submit(SPEC)
    tell(store, batches()[:3])
    store.close()
    again = RunStore(tmp_path)
    assert [r.id for r in again.unfinished()] == [SPEC.id]
    assert again.events(SPEC.id) == STORY[:21]
    again.close()


def test_a_damaged_database_is_set_aside_and_told(tmp_path):
    (tmp_path / "runs.db").write_bytes(b"no database at all" * 100)
    store = RunStore(tmp_path)
    assert "was set aside as runs.db.corrupt-" in store.notice
    assert store.submit(SPEC).state == "queued"
    assert len(list(tmp_path.glob("runs.db.corrupt-*"))) == 1
    store.close()


def broken(data: bytes) -> bytes:
    return b"broken"


def cut_short(data: bytes) -> bytes:
    return data[: len(data) // 2]


def emptied(data: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("damage", [broken, cut_short, emptied])
def test_a_lost_picture_loses_no_number(store, damage):
    store.submit(SPEC)
    tell(store, batches())
    for file in (store.path / "arrays" / SPEC.id).glob("*.npz"):
        file.write_bytes(damage(file.read_bytes()))
    history = store.history(SPEC.id)
    assert history.arrays("samples") == {}
    assert history.finished == STORY[-1]


def test_a_spec_of_another_version_is_left_out(store):
    store.submit(SPEC)
    store._db.execute("UPDATE runs SET spec='{\"planet\": 1}'")
    assert store.recent(9) == []


def test_many_threads_may_write_and_read(store):
    specs = [SPEC.with_seed(n) for n in range(8)]

    def work(spec):
        store.submit(spec)
        for batch in batches(spec=spec, size=3):
            store.append(batch)
            store.history(spec.id)

    threads = [threading.Thread(target=work, args=(s,)) for s in specs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {r.state for r in store.recent(99)} == {"done"}
    assert all(store.events(s.id) == STORY for s in specs)
