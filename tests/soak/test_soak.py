"""Ten users for two minutes; thirty for half an hour: `make soak`."""

import json
import sqlite3

import pytest

from tests.soak.soak import account, soak
from tl_core.jobs.database import SCHEMA

USERS, SECONDS = 10, 120
MEMORY = 700
"""MB: the server alone, while tabs that were closed are still remembered."""


@pytest.mark.crowd
def test_ten_users_find_no_fault_and_every_run_is_accounted_for(tmp_path):
    report = soak(tmp_path, USERS, SECONDS)
    assert report.diary.wrong == []
    assert report.log == []
    assert report.lost == []
    assert report.ends["failed"] == 0
    assert report.ends["done"] > 0
    assert sum(report.ends.values()) == len(report.diary.runs) > 0
    assert report.diary.clicks["upload_rubbish"] > 0
    assert 0 < max(report.sizes) < MEMORY


@pytest.fixture
def db():
    made = sqlite3.connect(":memory:")
    made.executescript(SCHEMA)
    yield made
    made.close()


def keep(db, state, events, error=None):
    db.execute(
        "INSERT INTO runs (id, spec, state, attempt, created, error) "
        "VALUES ('a', '', ?, 1, 0, ?)",
        (state, error),
    )
    for seq, kind in events:
        db.execute(
            "INSERT INTO events VALUES ('a', 1, ?, 0, ?)",
            (seq, json.dumps({"event": kind})),
        )


@pytest.mark.parametrize(
    ("state", "events", "error"),
    [
        ("done", [(0, "RunStarted"), (1, "RunFinished")], None),
        ("stopped", [(0, "RunStarted"), (1, "RunStopped")], None),
        ("stopped", [], None),
        ("failed", [(0, "RunStarted"), (1, "RunFailed")], "No memory."),
        ("failed", [(0, "RunStarted")], "The worker died."),
    ],
)
def test_a_run_that_ended_is_accounted_for(db, state, events, error):
    keep(db, state, events, error)
    assert account(db, ["a"]) == ({state: 1}, [])


@pytest.mark.parametrize(
    ("state", "events", "why"),
    [
        ("running", [(0, "RunStarted")], "still running"),
        ("done", [(0, "RunStarted")], "last event is 'RunStarted'"),
        ("done", [(0, "RunStarted"), (2, "RunFinished")], "gaps"),
        ("failed", [(0, "RunStarted")], "without a reason"),
        ("stopped", [(0, "RunFinished")], "last event is RunFinished"),
    ],
)
def test_a_run_that_was_lost_is_noticed(db, state, events, why):
    keep(db, state, events)
    (said,) = account(db, ["a"])[1]
    assert why in said


def test_a_run_that_is_not_kept_is_noticed(db):
    assert account(db, ["b"]) == ({}, ["b: not kept"])
