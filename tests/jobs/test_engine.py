"""The engine on a real Dask cluster: one worker process, TLS, loopback."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.conftest import toy
from tl_core.jobs.engine import Engine
from tl_core.jobs.executors import DaskExecutor
from tl_core.jobs.inline import InlineExecutor
from tl_core.jobs.owners import Person
from tl_core.jobs.store import RunStore
from tl_core.spec import RunSpec
from tl_core.training import train

pytestmark = pytest.mark.filterwarnings("default")
LONG = {"steps": 20_000}


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Engine]:
    engine = Engine(RunStore(tmp_path_factory.mktemp("runs")), DaskExecutor())
    engine.start()
    wait_for(lambda: engine.status().state == "ready", 90)
    yield engine
    engine.close()


def wait_for(true: Callable[[], bool], seconds: float) -> float:
    """Wait until `true()`; returns the seconds it took."""
    start = time.monotonic()
    while not true():
        assert time.monotonic() - start < seconds, "waited in vain"
        time.sleep(0.02)
    return time.monotonic() - start


def in_state(lab: Engine, spec: RunSpec, *states: str) -> bool:
    record = lab.store.get(spec.id)
    return record is not None and record.state in states


def run(lab: Engine, spec: RunSpec, seconds: float = 60) -> None:
    lab.submit(spec)
    wait_for(lambda: in_state(lab, spec, "done", "failed"), seconds)


def stop_and_wait(lab: Engine, *specs: RunSpec) -> None:
    for spec in specs:
        lab.stop(spec.id)
    for spec in specs:
        wait_for(lambda s=spec: in_state(lab, s, "stopped"), 10)


def test_no_event_is_lost_or_doubled(lab):
    spec = toy("dann", seed=1)
    run(lab, spec)
    assert lab.store.events(spec.id) == list(train(spec))


def test_submitting_does_not_wait_for_anything(lab):
    spec = toy("mmd", seed=2)
    start = time.monotonic()
    lab.submit(spec)
    assert time.monotonic() - start < 1.0
    wait_for(lambda: in_state(lab, spec, "done"), 60)


def test_equal_specs_are_one_run(lab):
    spec = toy("mmd", seed=3)
    threads = [
        threading.Thread(target=lab.submit, args=(spec,)) for _ in range(30)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_for(lambda: in_state(lab, spec, "done"), 60)
    time.sleep(0.5)
    assert lab.store.get(spec.id).attempt == 1


def test_a_running_run_stops_within_a_second(lab):
    spec = toy("mmd", seed=4, **LONG)
    lab.submit(spec)
    wait_for(lambda: len(lab.store.history(spec.id).steps) > 50, 30)
    lab.stop(spec.id)
    # A second is promised; a busy machine gets as much again.
    assert wait_for(lambda: in_state(lab, spec, "stopped"), 5) < 2.0
    assert lab.store.history(spec.id).stopped


def test_a_waiting_run_knows_its_place_and_can_be_cancelled(lab):
    first, second, third = (toy("mmd", seed=s, **LONG) for s in (5, 6, 7))
    for spec in (first, second, third):
        lab.submit(spec)
    wait_for(lambda: in_state(lab, first, "running"), 30)
    assert [lab.ahead(s.id) for s in (first, second, third)] == [0, 1, 2]
    assert lab.status().running == 1
    assert lab.status().queued == 2
    assert lab.forecast(toy("mmd", seed=8)).ahead == 3
    assert lab.seconds_left(third.id) > lab.seconds_left(second.id)
    lab.stop(second.id)
    assert in_state(lab, second, "stopped")
    assert lab.ahead(third.id) == 1
    stop_and_wait(lab, third, first)


def test_runs_begin_in_the_order_in_which_they_were_asked(lab):
    specs = [toy("mmd", seed=seed) for seed in range(30, 38)]
    for spec in specs:
        lab.submit(spec)
    wait_for(lambda: in_state(lab, specs[-1], "done"), 60)
    began = [lab.store.get(spec.id).started for spec in specs]
    assert began == sorted(began)


def test_people_take_turns_and_a_teacher_goes_first(lab):
    ann, bob = Person("ann"), Person("bob")
    first, *rest = (toy("mmd", seed=seed, **LONG) for seed in range(40, 44))
    for spec in (first, *rest):
        lab.enter(spec, ann.name, "a race")
    of_bob, urgent = toy("mmd", seed=44, **LONG), toy("mmd", seed=45, **LONG)
    wait_for(lambda: in_state(lab, first, "running"), 30)
    lab.submit(of_bob, bob)
    lab.enter(urgent, ann.name, "a race")
    lab.jump(urgent.id, Person("ted", teacher=True))
    for now, then in ((first, urgent), (urgent, of_bob), (of_bob, rest[0])):
        lab.stop(now.id)
        lab.stop(now.id, bob)
        wait_for(lambda s=then: in_state(lab, s, "running"), 20)
    stop_and_wait(lab, *reversed(rest))


def test_no_other_program_of_this_machine_can_submit(lab):
    from distributed import Security

    own = lab.executor._link._cluster.security
    address = lab.executor._link.client.scheduler.address
    assert address.startswith("tls://127.0.0.1:")
    assert asyncio.run(said(address, own))["type"] == "Scheduler"
    for there, credentials in (
        (address, Security.temporary()),
        (address, Security()),
        (address.replace("tls", "tcp"), Security()),
    ):
        with pytest.raises((OSError, TypeError)):
            asyncio.run(said(there, credentials))


async def said(address: str, security) -> dict:
    """What a scheduler answers to the first question of every client."""
    from distributed.comm import connect

    arguments = security.get_connection_args("client")
    comm = await connect(address, timeout=2, **arguments)
    await comm.write({"op": "identity", "reply": True})
    answer = await asyncio.wait_for(comm.read(), 2)
    await comm.close()
    return answer


def test_a_stopped_run_can_be_done_again(lab):
    spec = toy("full", seed=9, **LONG)
    lab.submit(spec)
    wait_for(lambda: in_state(lab, spec, "running"), 30)
    stop_and_wait(lab, spec)
    lab.rerun(spec.id)
    wait_for(lambda: in_state(lab, spec, "running"), 30)
    assert lab.store.get(spec.id).attempt == 2
    stop_and_wait(lab, spec)


def test_a_failing_run_keeps_its_error(lab):
    spec = toy("full", target_labels=100_000)
    run(lab, spec)
    record = lab.store.get(spec.id)
    assert record.state == "failed"
    assert "has 400 labelled training samples" in record.error


def test_a_probe_answers_while_a_run_trains(lab):
    spec = toy("mmd", seed=10, **LONG)
    lab.submit(spec)
    wait_for(lambda: in_state(lab, spec, "running"), 30)
    asked = {"dataset": "moons", "backbone": "mlp"}
    lab.probe("samples", timeout=20, **asked)
    start = time.monotonic()
    taken = lab.probe("samples", timeout=20, **asked)
    assert time.monotonic() - start < 2
    assert in_state(lab, spec, "running")
    assert taken["target_x"].shape == (200, 2)
    stop_and_wait(lab, spec)


def test_a_killed_worker_is_replaced_and_its_run_done_anew(lab):
    spec = toy("mmd", seed=11, steps=1500)
    lab.submit(spec)
    wait_for(lambda: len(lab.store.history(spec.id).steps) > 200, 30)
    (worker,) = lab.executor._link.client.run(os.getpid).values()
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: in_state(lab, spec, "done", "failed"), 120)
    assert lab.store.get(spec.id).attempt == 2
    assert lab.store.events(spec.id) == list(train(spec))


def test_the_same_code_runs_on_a_cluster(tmp_path, monkeypatch):
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=1,
        threads_per_worker=2,
        processes=False,
        dashboard_address=None,
        resources={"train": 1},
        preload=["tl_core.jobs.joining"],
    ) as cluster:
        monkeypatch.setenv("TL_SCHEDULER", cluster.scheduler_address)
        engine = Engine(RunStore(tmp_path), DaskExecutor())
        engine.start()
        spec = toy("mmd", seed=13)
        run(engine, spec)
        assert engine.store.events(spec.id) == list(train(spec))
        wait_for(lambda: engine.status().state == "ready", 60)
        assert engine.status().workers == 1
        engine.close()


def test_without_a_scheduler_the_engine_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("TL_SCHEDULER", "tcp://127.0.0.1:9")
    monkeypatch.setattr("tl_core.jobs.executors.PATIENCE", 0.5)
    engine = Engine(RunStore(tmp_path), DaskExecutor())
    engine.start()
    record = engine.submit(toy("mmd", seed=14))
    wait_for(lambda: engine.status().state == "lost", 30)
    assert engine.store.get(record.id).state == "queued"
    engine.close()


def test_unfinished_runs_are_taken_up_at_the_next_start(tmp_path):
    spec = toy("mmd", seed=12)
    store = RunStore(tmp_path)
    store.submit(spec)
    store.close()
    engine = Engine(RunStore(tmp_path), InlineExecutor())
    engine.start()
    assert engine.store.get(spec.id).state == "done"
    engine.close()
