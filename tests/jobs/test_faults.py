"""What goes wrong in a class of thirty, on a real machine."""

import sqlite3
import threading

import pytest

from tests.conftest import toy
from tl_core.jobs import database
from tl_core.jobs.engine import Engine
from tl_core.jobs.records import RunRecord
from tl_core.jobs.store import RunStore


class Counter:
    """An executor that only counts what it is given."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def submit(self, record: RunRecord) -> None:
        self.given.append(record.id)

    def close(self) -> None:
        pass


@pytest.fixture
def counted(tmp_path):
    engine = Engine(RunStore(tmp_path), Counter())
    yield engine
    engine.close()


def at_once(work, times: int) -> None:
    """Call `work` from many threads at the same moment."""
    gate = threading.Barrier(times)

    def go() -> None:
        gate.wait()
        work()

    threads = [threading.Thread(target=go) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_run_is_started_once_however_many_ask_for_it(counted):
    specs = [toy("mmd", seed=seed) for seed in range(50)]
    for spec in specs:
        at_once(lambda s=spec: counted.submit(s), 8)
    assert counted.executor.given == [spec.id for spec in specs]


def test_run_again_pressed_by_two_watchers_is_one_run(counted):
    spec = toy("mmd")
    counted.submit(spec)
    counted.store.end(spec.id, "failed", "No memory.")
    counted.rerun(spec.id)
    counted.rerun(spec.id)
    assert counted.executor.given == [spec.id, spec.id]


def test_a_locked_database_is_not_set_aside(tmp_path, monkeypatch):
    spec = toy("mmd")
    store = RunStore(tmp_path)
    store.submit(spec)
    store.close()
    monkeypatch.setattr(database, "PATIENCE", 0.1)
    other = sqlite3.connect(tmp_path / "runs.db")
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        RunStore(tmp_path)
    other.close()
    again = RunStore(tmp_path)
    assert [r.id for r in again.unfinished()] == [spec.id]
    again.close()
