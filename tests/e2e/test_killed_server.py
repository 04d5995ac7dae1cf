"""Kill the server: nothing is lost and nobody is left behind."""

import os
import time
from pathlib import Path

import pytest

from tests.conftest import toy
from tests.e2e.conftest import Server
from tl_core.jobs.store import RunStore

pytestmark = pytest.mark.filterwarnings("default")


def family(pid: int) -> set[int]:
    """The processes that descend from `pid`."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        parents[int(entry.name)] = int(stat[1])
    found = {pid}
    while True:
        more = {c for c, p in parents.items() if p in found} - found
        if not more:
            return found - {pid}
        found |= more


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat").read_text()
    return status.rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.timeout(600)
@pytest.mark.skipif(not Path("/proc").exists(), reason="needs /proc")
def test_a_killed_server_leaves_no_orphan_and_takes_its_run_up(tmp_path):
    spec = toy("mmd", steps=1500)
    store = RunStore(tmp_path / "runs")
    store.submit(spec)
    store.close()
    server = Server(tmp_path)
    server.wait(lambda health: health["running"] == 1, 90)
    children = family(server.process.pid)
    assert children
    server.kill()
    deadline = time.monotonic() + 30
    while any(alive(pid) for pid in children):
        assert time.monotonic() < deadline, "a worker outlived its server"
        time.sleep(0.2)

    server.start()
    server.wait(
        lambda h: h["engine"] == "ready" and not h["running"] + h["queued"],
        300,
    )
    server.stop()
    store = RunStore(tmp_path / "runs")
    record = store.get(spec.id)
    assert (record.state, record.attempt) == ("done", 2)
    assert store.history(spec.id).steps[-1].step == 1500
    store.close()
