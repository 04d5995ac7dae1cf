"""The list of runs is damaged, or locked by another program."""

import sqlite3

import pytest

from tests.faults.lab import FREEZE, GO_ON, Lab, unharmed, until

pytestmark = pytest.mark.filterwarnings("default")
LOCKED = "The list of runs is locked by another program: close it"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    lab = Lab(tmp_path_factory.mktemp("lab"))
    lab.ready()
    yield lab
    lab.stop()


def lock(lab: Lab) -> sqlite3.Connection:
    """Another program writes and does not come to an end."""
    other = sqlite3.connect(lab.home / "runs" / "runs.db")
    other.execute("BEGIN IMMEDIATE")
    return other


def test_a_locked_list_holds_nothing_up_and_loses_nothing(lab):
    again = {"seed": 60, "steps": 1200}
    run = lab.run("mmd", **again)
    lab.moves(run, 20)
    other = lock(lab)
    until(lambda: LOCKED in lab.page(run), 30)
    assert LOCKED in lab.refused("mmd", seed=61)
    other.close()
    unharmed(lab, run, "mmd", **again)
    assert lab.record(run).attempt == 1
    until(lambda: LOCKED not in lab.page(run), 30)


def test_a_list_that_is_damaged_while_runs_move_is_replaced(lab):
    """Its first bytes are overwritten: no row can be read any more; the
    file stays beside the new one."""
    kept = lab.run("source_only", seed=62)
    unharmed(lab, kept, "source_only", seed=62)
    again = {"seed": 63, "steps": 1200}
    run = lab.run("mmd", **again)
    lab.moves(run, 20)
    path = lab.home / "runs" / "runs.db"
    lab.signal(FREEZE)  # or what it writes meanwhile would heal the file
    other = sqlite3.connect(path)
    (busy, _, _) = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    other.close()
    assert not busy
    with path.open("r+b") as file:
        file.write(b"no database at all")
    lab.signal(GO_ON)
    aside = "It was set aside as runs.db.corrupt-"
    until(lambda: aside in lab.page(run), 60)
    assert len(list(path.parent.glob("runs.db.corrupt-*"))) == 1
    after = lab.run("coral", seed=64)
    unharmed(lab, after, "coral", seed=64)


def test_a_damaged_list_is_set_aside_at_the_start_with_all_that_can_be_read(
    lab,
):
    done = []
    for seed in range(65, 69):  # one person may have three under way
        done.append(lab.run("source_only", seed=seed))
        unharmed(lab, done[-1], "source_only", seed=seed)
    lab.stop()
    path = lab.home / "runs" / "runs.db"
    size = path.stat().st_size // 4096
    with path.open("r+b") as file:  # the middle of the list of events
        file.seek(4096 * (size // 2))
        file.write(bytes(4096))
    lab.start()
    lab.ready()
    page = lab.page(done[0])
    assert "The list of runs was damaged. It was set aside" in page
    records = [lab.record(run) for run in done]
    lost = [r.id for r in records if r.state == "failed"]
    assert len(lost) < len(done)  # what was not on that page is there
    for run in done:
        if run in lost:
            assert "A part of this run was lost" in lab.page(run)
        else:
            assert lab.page(run)
