"""The worker hangs, or a run takes for ever: it ends, and says why."""

import pytest

from tests.faults.lab import FREEZE, Lab, gone, unharmed

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    lab = Lab(
        tmp_path_factory.mktemp("lab"), TL_RUN_SILENCE=15, TL_RUN_LIMIT=10
    )
    lab.ready()
    yield lab
    lab.stop()


def test_a_run_that_takes_too_long_is_ended(lab):
    run = lab.run("mmd", seed=30, steps=20_000)
    assert lab.ends(run).state == "failed"
    page = lab.page(run)
    assert "ended after 10 seconds, the longest that a run may take" in page
    assert "choose fewer steps or a smaller backbone" in page


def test_a_worker_that_hangs_is_replaced_and_the_next_run_done(lab):
    hung = lab.worker()
    run = lab.run("mmd", seed=31, steps=20_000)
    lab.moves(run)
    hung.send_signal(FREEZE)
    after = lab.run("coral", seed=32)  # waits behind it
    assert lab.ends(run).state == "failed"
    page = lab.page(run)
    assert "Nothing was heard of this run for 15 seconds" in page
    assert "its worker replaced. Run it again" in page
    gone([hung])
    unharmed(lab, after, "coral", seed=32)
    assert lab.record(run).state == "failed"


def test_a_worker_that_hangs_before_a_run_begins_loses_none(lab):
    idle = lab.worker()
    idle.send_signal(FREEZE)
    run = lab.run("coral", seed=33)
    unharmed(lab, run, "coral", seed=33)
    gone([idle])
