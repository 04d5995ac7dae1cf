"""The server dies, with its worker or alone, and sleeps."""

import time

import pytest

from tests.faults.lab import FREEZE, GO_ON, KILL, Lab, gone, unharmed, until

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    lab = Lab(tmp_path_factory.mktemp("lab"), TL_RUN_SILENCE=5)
    lab.ready()
    yield lab
    lab.stop()


@pytest.mark.parametrize(
    "seconds", [8, pytest.param(330, marks=pytest.mark.nightly)]
)
@pytest.mark.timeout(600)
def test_a_laptop_that_sleeps_goes_on_where_it_was(lab, seconds):
    """Longer than a hung run is waited for, and than Dask waits for a worker
    by default (five minutes); nothing has to be done again."""
    again = {"seed": 38 + seconds % 3, "steps": 1200}
    run = lab.run("mmd", **again)
    lab.moves(run)
    lab.signal(FREEZE)
    time.sleep(seconds)
    before = lab.steps(run)
    lab.signal(GO_ON)
    lab.moves(run, before + 1)
    unharmed(lab, run, "mmd", **again)
    assert lab.record(run).attempt == 1


@pytest.mark.parametrize("both", [False, True], ids=["server", "both"])
def test_a_killed_server_takes_its_runs_up(lab, both):
    again = {"seed": 41 + both, "steps": 600}
    run = lab.run("mmd", **again)
    waits = lab.run("coral", seed=43 + both)
    lab.moves(run)
    family = lab.family()
    if both:
        lab.signal(KILL)
        lab.process.wait()
    else:
        lab.kill()
    gone(family)
    lab.start()
    until(lambda: lab.record(run).tries == 2, 90)
    lab.moves(run, 1)
    assert "try 2: its worker or the server ended" in lab.page(run)
    unharmed(lab, run, "mmd", **again)
    unharmed(lab, waits, "coral", seed=43 + both)


def test_a_run_that_brings_the_server_down_does_not_do_so_for_ever(lab):
    run = lab.run("mmd", seed=45, steps=20_000)
    lab.moves(run, 1)
    lab.signal(KILL)
    lab.process.wait()
    with lab.store() as store, store.transaction() as db:
        db.execute("UPDATE runs SET tries=8 WHERE id=?", (run,))
    lab.start()
    assert lab.ends(run).state == "failed"
    page = lab.page(run)
    assert "was begun 8 times and never came to its end" in page
    assert "Try a smaller batch size or backbone" in page
