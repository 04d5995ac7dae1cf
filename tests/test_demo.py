"""A lab that only shows: Run replays a recording, and starts no process."""

import asyncio

import psutil
import pytest

from tests.benchmarks.websocket_client import Viewer
from tests.conftest import toy
from tests.e2e.conftest import Server
from tests.jobs.test_engine import in_state, wait_for
from tl_core import demo, events, recording, sentences
from tl_core.card import SpecError
from tl_core.jobs import groups, replayed
from tl_core.jobs.engine import Engine
from tl_core.jobs.replayed import ReplayExecutor
from tl_core.jobs.store import RunStore
from tl_core.race_spec import RaceSpec
from tl_core.spec import RunSpec


@pytest.fixture
def lab(tmp_path, monkeypatch):
    monkeypatch.setenv("TL_DEMO", "1")
    monkeypatch.setattr(replayed, "SECONDS", 0.5)
    engine = Engine(RunStore(tmp_path), ReplayExecutor())
    engine.start()
    yield engine
    engine.close()


def test_a_run_is_its_recording_event_by_event(lab):
    spec = RunSpec()
    lab.submit(spec)
    wait_for(lambda: in_state(lab, spec, "done"), 20)
    told = [event for _, event in recording.told(spec.id)]
    assert lab.store.events(spec.id) == told
    assert isinstance(told[-1], events.RunFinished)
    assert lab.status().workers == 0
    assert lab.status().notices == (demo.NOTICE,)


def test_a_replay_can_be_stopped(lab, monkeypatch):
    monkeypatch.setattr(replayed, "SECONDS", 30.0)
    spec = RunSpec()
    lab.submit(spec)
    wait_for(lambda: in_state(lab, spec, "running"), 10)
    lab.stop(spec.id)
    wait_for(lambda: in_state(lab, spec, "stopped"), 5)
    assert isinstance(lab.store.events(spec.id)[-1], events.RunStopped)


def test_what_was_not_recorded_is_refused_with_advice(lab):
    with pytest.raises(SpecError, match="no recorded run.*page Start"):
        lab.submit(toy("mmd", seed=77))
    with pytest.raises(SpecError, match="learning rate 0.001 there is one"):
        lab.submit(RunSpec(lr=0.03))
    race = RaceSpec(("mmd",), ("moons",), ("mlp",), seeds=(98, 99))
    with pytest.raises(SpecError, match="no recorded run"):
        groups.start(lab, race, "")
    assert lab.store.unfinished() == []


def test_a_question_is_answered_by_a_reason(lab):
    with pytest.raises(SpecError, match="no worker to ask"):
        lab.probe("seen")


def test_without_the_setting_nothing_is_refused(monkeypatch):
    for value in ("", "0"):
        monkeypatch.setenv("TL_DEMO", value)
        demo.check(toy("mmd", seed=77))


def test_the_app_as_a_demonstration(tmp_path, monkeypatch):
    monkeypatch.setenv("TL_DEMO", "1")
    server = Server(tmp_path)
    try:
        assert server.health()["engine"] == "ready"
        assert server.health()["notices"] == [demo.NOTICE]
        done = asyncio.run(asyncio.wait_for(press_run(server.port), 60))
        verdict = sentences.verdict(recording.read(RunSpec().id))
        assert verdict in done
        assert "This is a demonstration" in done
        process = psutil.Process(server.process.pid)
        assert process.children(recursive=True) == []
    finally:
        server.stop()


async def press_run(port: int) -> str:
    """Press Run on the default; what the page says at the end."""
    async with Viewer(port) as viewer:
        page = await viewer.open("run")
        await viewer.press(page.widget("Run"))
        await asyncio.sleep(replayed.SECONDS + 1)
        last = await viewer.ask()
        said = [e.alert.body for e in last.elements if e.HasField("alert")]
        return " ".join(said)
