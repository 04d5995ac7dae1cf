"""A run has ended on its worker, and what it told cannot be fetched."""

from types import SimpleNamespace

import pytest

from tests.conftest import toy
from tl_core.jobs.engine import Engine
from tl_core.jobs.executors import DaskExecutor
from tl_core.jobs.store import RunStore


class Gone:
    """A finished task whose worker died before its result was fetched."""

    status = "finished"

    def __init__(self, key: str) -> None:
        self.key = key

    def result(self):
        raise OSError("Stream is closed")


@pytest.fixture
def lab(tmp_path):
    """An engine whose workers are not up; nothing is begun."""
    engine = Engine(RunStore(tmp_path), DaskExecutor())
    engine.executor._engine = engine
    yield engine
    engine.close()


@pytest.mark.parametrize(
    ("ended", "again"), [(None, 1), ("done", 0), ("stopped", 0)]
)
def test_it_is_done_anew_unless_its_end_was_heard(lab, ended, again):
    spec = toy("mmd", seed=50)
    lab.store.submit(spec)
    if ended:
        lab.store.end(spec.id, ended)
    lab.executor._tickets[spec.id] = "ticket"
    lab.executor._on_done(spec.id, Gone("ticket"))
    assert [r.id for r in lab.executor._waiting] == [spec.id] * again
    assert lab.executor._tickets == {}


def test_one_that_was_sent_again_meanwhile_is_left_alone(lab):
    spec = toy("mmd", seed=51)
    lab.store.submit(spec)
    lab.executor._tickets[spec.id] = "newer"
    lab.executor._on_done(spec.id, SimpleNamespace(key="older"))
    assert lab.executor._waiting == []
    assert lab.executor._tickets == {spec.id: "newer"}
