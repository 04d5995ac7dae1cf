"""The scheduler of a cluster goes away, and comes back."""

import os
import socket
import subprocess
import sys

import pytest

from tests.e2e.conftest import ROOT
from tests.faults.lab import Lab, unharmed

pytestmark = pytest.mark.filterwarnings("default")
SCHEDULER = """
import sys, time
from distributed import LocalCluster
if __name__ == "__main__":
    cluster = LocalCluster(n_workers=1, threads_per_worker=2, processes=False,
        dashboard_address=None, resources={"train": 1},
        scheduler_port=int(sys.argv[1]), preload=["tl_core.jobs.joining"])
    print("up", flush=True)
    time.sleep(600)
"""


class Cluster:
    """A scheduler and a worker on a port that stays the same."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SCHEDULER, str(self.port)],
            cwd=ROOT,
            env={**os.environ, "TL_THREADS": "1", "OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"up\n"

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def cluster():
    cluster = Cluster()
    cluster.start()
    yield cluster
    cluster.kill()


@pytest.fixture
def lab(tmp_path, cluster):
    lab = Lab(tmp_path, TL_SCHEDULER=cluster.address)
    lab.ready()
    yield lab
    lab.stop()


def test_runs_wait_for_a_scheduler_that_went_away(lab, cluster):
    again = {"seed": 90, "steps": 1200}
    run = lab.run("mmd", **again)
    lab.moves(run)
    cluster.kill()
    lab.wait(lambda health: health["engine"] == "lost", 30)
    later = lab.run("coral", seed=91)  # is taken all the same
    page = lab.page(run)
    assert "The training engine cannot be reached" in page
    assert "Runs are kept and go on afterwards" in page
    cluster.start()
    unharmed(lab, run, "mmd", **again)
    unharmed(lab, later, "coral", seed=91)
    assert lab.record(run).tries == 2
    assert "cannot be reached" not in lab.page(run)
