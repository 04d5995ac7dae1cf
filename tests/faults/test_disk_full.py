"""The disk is full: nothing crashes, nothing is lost, the page says so."""

import resource

import psutil
import pytest

from tests.faults.lab import Lab, unharmed, until

pytestmark = pytest.mark.filterwarnings("default")
FULL = "Free some space on the disk that holds the lab's runs"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    lab = Lab(tmp_path_factory.mktemp("lab"))
    lab.ready()
    yield lab
    lab.stop()


def fill(lab: Lab) -> None:
    """From now on the system refuses the server every byte of a file, as a
    full disk or a used-up quota does."""
    allow(lab, 1)


def free(lab: Lab) -> None:
    """There is room again."""
    allow(lab, resource.RLIM_INFINITY)


def allow(lab: Lab, size: int) -> None:
    server = psutil.Process(lab.process.pid)
    server.rlimit(psutil.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_a_run_goes_on_over_a_full_disk_and_is_kept_when_there_is_room(lab):
    before = lab.run("source_only", seed=50)
    unharmed(lab, before, "source_only", seed=50)
    again = {"seed": 51, "steps": 1200}
    run = lab.run("mmd", **again)
    lab.moves(run, 20)
    fill(lab)
    until(lambda: FULL in lab.page(run), 30)
    page = lab.page(before)  # reading goes on
    assert FULL in page
    assert "kept in memory and written by itself" in page
    assert "target" in page
    stuck = lab.steps(run)
    assert lab.health()["notices"]
    free(lab)
    lab.moves(run, stuck + 1)
    unharmed(lab, run, "mmd", **again)
    assert lab.record(run).attempt == 1
    until(lambda: FULL not in lab.page(run), 30)


def test_a_run_that_ends_over_a_full_disk_is_not_lost(lab):
    run = lab.run("coral", seed=52, steps=600)
    lab.moves(run, 1)
    fill(lab)
    lab.wait(lambda h: h["notices"] and "Nothing" in h["notices"][0], 30)
    lab.wait(lambda h: h["running"] == 1, 1)  # as far as is written
    until(lambda: idle(lab), 60)
    free(lab)
    unharmed(lab, run, "coral", seed=52, steps=600)


def test_run_pressed_over_a_full_disk_is_refused_in_words(lab):
    fill(lab)
    assert FULL in lab.refused("mmd", seed=53)
    free(lab)
    run = lab.run("mmd", seed=53)
    unharmed(lab, run, "mmd", seed=53)


def idle(lab: Lab) -> bool:
    """Whether the worker has nothing to do."""
    return lab.worker().cpu_percent(0.5) < 15
