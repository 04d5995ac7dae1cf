"""What goes wrong in a class of thirty, on a real machine."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from multiprocessing import resource_tracker

import dask
import distributed
import psutil
import pytest

from tests.conftest import toy
from tests.jobs.test_engine import LONG, in_state, wait_for
from tl_core.jobs import database, executors
from tl_core.jobs.engine import Engine
from tl_core.jobs.executors import DaskExecutor
from tl_core.jobs.records import RunRecord
from tl_core.jobs.store import RunStore

# Dask's own sockets are collected late, and say so.
pytestmark = pytest.mark.filterwarnings("default")

SCHEDULER = """
import sys, time
from distributed import LocalCluster
cluster = LocalCluster(n_workers=1, threads_per_worker=2, processes=False,
    dashboard_address=None, resources={"train": 1},
    preload=["tl_core.jobs.joining"],
    scheduler_port=int(sys.argv[1]))
print("up", flush=True)
time.sleep(600)
"""


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


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Engine]:
    """An engine that gives a run up at the first death of its worker."""
    path = tmp_path_factory.mktemp("runs")
    assert distributed.__version__  # its settings exist once it is loaded
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}):
        engine = Engine(RunStore(path), DaskExecutor())
        engine.start()
        wait_for(lambda: engine.status().state == "ready", 90)
    yield engine
    engine.close()


def test_a_stop_that_crosses_the_start_frees_the_worker(lab):
    spec = toy("mmd", seed=20, **LONG)
    lab.submit(spec)
    wait_for(lambda: in_state(lab, spec, "running"), 60)
    with lab.store.transaction() as db:  # as if no event had come yet
        db.execute("UPDATE runs SET state='queued'")
    lab.stop(spec.id)
    assert in_state(lab, spec, "stopped")
    lab.submit(spec)
    wait_for(lambda: in_state(lab, spec, "running"), 10)
    assert lab.store.get(spec.id).attempt == 2
    lab.stop(spec.id)
    wait_for(lambda: in_state(lab, spec, "stopped"), 10)


def test_a_run_whose_worker_keeps_dying_fails_with_advice(lab):
    spec, after = toy("mmd", seed=21, **LONG), toy("mmd", seed=22)
    lab.submit(spec)
    wait_for(lambda: in_state(lab, spec, "running"), 60)
    (worker,) = lab.executor._link.client.run(os.getpid).values()
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: in_state(lab, spec, "failed"), 60)
    assert "try a smaller batch size" in lab.store.get(spec.id).error
    lab.submit(after)
    wait_for(lambda: in_state(lab, after, "done"), 120)


def test_the_cluster_shows_no_pages_of_its_own(lab):
    server = lab.executor._link._cluster.scheduler.http_server
    assert server.address == "127.0.0.1"
    for page in ("health", "metrics", "json/counts.json"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(
                f"http://127.0.0.1:{server.port}/{page}", timeout=5
            )


@pytest.mark.parametrize("delay", [0.0, 0.3, 0.8, 1.5])
def test_closing_while_starting_leaves_nobody(tmp_path, monkeypatch, delay):
    monkeypatch.setattr(executors, "HEAD_START", 0.0)
    resource_tracker.ensure_running()  # stays for as long as the tests
    before = set(psutil.Process().children(recursive=True))
    others = starters()
    engine = Engine(RunStore(tmp_path), DaskExecutor())
    engine.start()
    time.sleep(delay)
    engine.close()
    wait_for(lambda: starters() <= others, 60)
    wait_for(
        lambda: set(psutil.Process().children(recursive=True)) <= before, 20
    )


def starters() -> set[threading.Thread]:
    """The threads that bring an engine up."""
    return {t for t in threading.enumerate() if t.name == "engine-start"}


def begin_scheduler(port: int) -> subprocess.Popen:
    command = [sys.executable, "-c", SCHEDULER, str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"up\n"
    return process


def test_runs_wait_for_a_scheduler_that_went_away(tmp_path, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("TL_SCHEDULER", f"tcp://127.0.0.1:{port}")
    # Two threads that wait for each other crawl on a busy machine.
    monkeypatch.setenv("TL_THREADS", "1")
    first = begin_scheduler(port)
    engine = Engine(RunStore(tmp_path), DaskExecutor())
    engine.start()
    wait_for(lambda: engine.status().state == "ready", 90)
    spec, later = toy("mmd", seed=23, steps=1500), toy("mmd", seed=24)
    engine.submit(spec)
    wait_for(lambda: in_state(engine, spec, "running"), 60)
    first.kill()
    first.communicate()
    wait_for(lambda: engine.status().state == "lost", 20)
    start = time.monotonic()
    assert engine.submit(later).state == "queued"
    assert time.monotonic() - start < 1.0
    assert in_state(engine, spec, "running")
    second = begin_scheduler(port)
    wait_for(lambda: engine.store.get(spec.id).attempt == 2, 90)
    assert in_state(engine, spec, "running")  # heard before its end
    wait_for(lambda: in_state(engine, spec, "done"), 90)
    wait_for(lambda: in_state(engine, later, "done"), 60)
    engine.close()
    second.kill()
    second.communicate()
