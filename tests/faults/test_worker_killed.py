"""The worker dies: its run is done again, or given up in words."""

import psutil
import pytest

from tests.faults.lab import KILL, Lab, unharmed

pytestmark = pytest.mark.filterwarnings("default")
LONG = {"seed": 21, "steps": 20_000}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    lab = Lab(
        tmp_path_factory.mktemp("lab"),
        DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES=1,
    )
    lab.ready()
    yield lab
    lab.stop()


def test_a_run_whose_worker_was_killed_is_done_again(lab):
    again = {"seed": 20, "steps": 1200}
    run = lab.run("mmd", **again)
    lab.moves(run)
    lab.worker().send_signal(KILL)
    lab.wait(lambda _: lab.record(run).tries == 2, 60)
    lab.moves(run, 10)
    assert "try 2: its worker or the server ended" in lab.page(run)
    unharmed(lab, run, "mmd", **again)


def test_a_run_that_costs_every_worker_its_life_is_given_up(lab):
    run = lab.run("mmd", **LONG)
    for attempt in (1, 2):
        lab.wait(lambda _, n=attempt: lab.record(run).tries == n, 60)
        lab.moves(run, 10)
        lab.worker().send_signal(KILL)
    assert lab.ends(run).state == "failed"
    page = lab.page(run)
    assert "The worker died 2 times during this run" in page
    assert "try a smaller batch size or backbone" in page


def test_a_run_that_is_refused_memory_says_so_and_the_next_is_done(lab):
    """The system refuses memory, as a container's or a class server's limit
    does: no more than the worker has, and a little."""
    first = lab.run("source_only")  # what the worker loads is there now
    unharmed(lab, first, "source_only")
    worker = lab.worker()
    limit = worker.memory_info().vms + 50 * 2**20
    _, hard = worker.rlimit(psutil.RLIMIT_AS)
    worker.rlimit(psutil.RLIMIT_AS, (limit, hard))
    huge = {"dataset": "mnist_shifted", "backbone": "convnet", "seed": 22}
    run = lab.run("full", **huge, batch_size=1024, pretrain_steps=0)
    record = lab.ends(run)
    assert record.state == "failed"
    assert "ran out of memory; try a smaller batch size" in lab.page(run)
    worker.rlimit(psutil.RLIMIT_AS, (hard, hard))
    after = lab.run("coral", seed=23)
    unharmed(lab, after, "coral", seed=23)
