"""The clock was wrong, or is set while runs wait."""

import time

import pytest

from tests.conftest import toy
from tests.faults.lab import Lab, unharmed
from tl_core.jobs.store import RunStore

pytestmark = pytest.mark.filterwarnings("default")
YEAR = 365 * 24 * 3600.0


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A server whose last life was a year in the future: its clock was set
    back meanwhile. One run was under way, one waited."""
    home = tmp_path_factory.mktemp("lab")
    store = RunStore(home / "runs")
    store.submit(toy("coral", seed=80))
    store.submit(toy("coral", seed=81))
    with store.transaction() as db:
        db.execute("UPDATE runs SET created=created+?", (YEAR,))
        db.execute(
            "UPDATE runs SET state='running', started=? WHERE id=?",
            (time.time() + YEAR, toy("coral", seed=80).id),
        )
    store.close()
    lab = Lab(home)
    yield lab
    lab.stop()


def test_what_was_left_in_the_future_is_done_first_and_in_its_order(lab):
    later = lab.run("coral", seed=82)
    ids = [toy("coral", seed=seed).id for seed in (80, 81)] + [later]
    for run, seed in zip(ids, (80, 81, 82), strict=True):
        unharmed(lab, run, "coral", seed=seed)
        assert "target accuracy" in lab.page(run)
    records = [lab.record(run) for run in ids]
    assert records == sorted(records, key=lambda record: record.created)
    began = [record.started for record in records]
    assert began == sorted(began)
    assert all(0 < record.seconds < 60 for record in records)
