"""A database in which somebody wrote rubbish: told, kept apart, no crash."""

import json
import sqlite3
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import toy
from tests.hostile.strategies import JSON
from tests.hostile.values import EVERY, HTML, PATHS, SCRIPT
from tests.jobs.test_store import STORY, batches, tell
from tests.test_pages import lab, opened, text  # noqa: F401
from tl_core import event_check, events
from tl_core.jobs import class_board, groups, library, predictions, progress
from tl_core.jobs.engine import Engine
from tl_core.jobs.inline import InlineExecutor
from tl_core.jobs.salvage import LOST
from tl_core.jobs.store import RunStore

pytestmark = pytest.mark.filterwarnings("default")
RUBBISH = (
    *EVERY,
    None,
    -1,
    2**62,
    1.5,
    float("inf"),
    b"\xff\xfe\x00",
    "{",
    "[]",
    "null",
    '{"event": "StepDone"}',
    '{"event": "RunFinished", "accuracy": 1, "mmd": {}, "samples": {}}',
    '{"event": "RunFinished", "accuracy": {}, "mmd": {}, "samples": {}}',
    '{"event": "ArraysTaken", "name": "x", "step": 1, "file": "../x"}',
    '{"dataset": "moons", "backbone": "mlp", "strategy": 1, "seed": 1}',
    "[" * 100_000,
)
COLUMNS = {
    "runs": ("id", "spec", "state", "attempt", "created", "started")
    + ("finished", "seconds", "peak_memory", "error", "execution"),
    "library": ("run", "name", "tags", "deleted"),
    "races": ("id", "name", "race", "rates", "state", "created"),
    "events": ("run", "attempt", "seq", "seconds", "json"),
    "progress": ("person", "kind", "key", "at", "json"),
}
PLACES = [(t, c) for t, columns in COLUMNS.items() for c in columns]


def kept(path) -> str:
    """A lab with two finished runs, one of them named; the id of that."""
    store = RunStore(path)
    for spec in (toy("mmd"), toy("dann")):
        store.submit(spec)
        tell(store, batches(STORY, spec=spec))
    library.rename(store, toy("mmd").id, "Whale")
    predictions.keep(store, f"run:{toy('mmd').id}", "a" * 8, 0.5)
    store.close()
    return toy("mmd").id


def spoil(path, table: str, column: str, value: object) -> bool:
    """Write rubbish into a column of the named run's rows, as far as the
    table lets anybody."""
    db = sqlite3.connect(path / "runs.db")
    try:
        with db:
            db.execute(f"UPDATE {table} SET {column}=?", (value,))
        return True
    except (sqlite3.IntegrityError, sqlite3.OperationalError, OverflowError):
        return False
    finally:
        db.close()


def read_everything(store: RunStore) -> None:
    """What pages ask of a store."""
    ids = [run.id for run in library.listed(store)]
    for run in [*ids, toy("mmd").id, toy("dann").id]:
        store.get(run)
        store.history(run)
        store.events(run)
    library.ends(store, ids)
    library.trashed(store)
    library.pulse(store)
    store.recent(9)
    store.unfinished()
    groups.recent(store, 9)
    progress.of(store, "a" * 8)
    places = class_board.board(store, toy("mmd"))
    class_board.guests(places, class_board.guesses(store, places))


@pytest.mark.parametrize(("table", "column"), PLACES)
def test_rubbish_in_a_column_is_read_as_far_as_it_can_be(
    table, column, tmp_path
):
    kept(tmp_path)
    whole = (tmp_path / "runs.db").read_bytes()
    for value in RUBBISH:
        for rest in tmp_path.glob("runs.db*"):
            rest.unlink()
        (tmp_path / "runs.db").write_bytes(whole)
        if spoil(tmp_path, table, column, value):
            store = RunStore(tmp_path)
            read_everything(store)
            store.close()


@pytest.mark.parametrize("value", ["{", "null", "../../x", b"\xff"])
def test_an_unsound_run_is_kept_apart_and_told(value, tmp_path):
    kept(tmp_path)
    spoil(tmp_path, "runs", "spec", value)
    store = RunStore(tmp_path)
    assert "2 entries of the lab's database could not be read" in store.notice
    assert library.listed(store) == []
    with store.transaction() as db:
        rows = db.execute("SELECT source, columns FROM unreadable").fetchall()
    assert [source for source, _ in rows] == ["runs", "runs"]
    assert any(toy("mmd").id in columns for _, columns in rows)
    store.submit(toy("mmd"))
    assert store.get(toy("mmd").id).state == "queued"
    store.close()
    again = RunStore(tmp_path)
    assert again.notice == ""
    again.close()


def test_one_unsound_run_costs_no_other(tmp_path):
    kept(tmp_path)
    db = sqlite3.connect(tmp_path / "runs.db")
    with db:
        db.execute(
            "UPDATE runs SET id='../../x' WHERE id=?", (toy("dann").id,)
        )
    db.close()
    store = RunStore(tmp_path)
    assert [run.name for run in library.listed(store)] == ["Whale"]
    store.close()


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"event": "Exploit"}',
        '{"event": "StepDone", "phase": "adapt", "step": "x", "losses": {}}',
        '{"event": "Evaluated", "phase": 1}',
        '{"event": "ArraysTaken", "name": "x", "step": 1, "arrays": 5}',
    ],
)
def test_a_damaged_event_marks_its_run(lab, line):  # noqa: F811
    spec = toy("mmd")
    lab.store.submit(spec)
    tell(lab.store, batches(STORY, spec=spec))
    with lab.store.transaction() as db:
        db.execute("UPDATE events SET json=? WHERE seq=2", (line,))
    lab.store._histories.clear()
    app = opened("run", run=spec.id)
    assert not app.exception
    assert app.error[0].value == LOST
    assert lab.store.get(spec.id).state == "failed"
    assert len(lab.store.events(spec.id)) == len(STORY) - 1
    app = opened("runs")
    assert not app.exception


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.one_of(
        JSON,
        st.fixed_dictionaries(
            {"event": st.sampled_from(sorted(events._TYPES))},
            optional=dict.fromkeys(
                ("phase", "step", "losses", "steps", "accuracy")
                + ("spec", "device", "classes", "mmd", "samples", "error")
                + ("parameters", "name", "arrays", "what", "share"),
                JSON,
            ),
        ),
    )
)
def test_a_line_is_a_sound_event_or_none(data):
    try:
        line = json.dumps(data)
    except ValueError:
        return
    event = event_check.read(line)
    assert event is None or event_check.sound(event)


def test_every_sound_event_is_read_back():
    for event in STORY:
        assert event_check.read(events.to_json(event)) == event


@pytest.mark.parametrize("name", [*HTML, "x" * 5000, "a\nb"])
def test_hostile_names_and_tags_in_the_database_are_shown(lab, name):  # noqa: F811
    spec = toy("mmd")
    lab.store.submit(spec)
    tell(lab.store, batches(STORY, spec=spec))
    with lab.store.transaction() as db:
        db.execute(
            "INSERT INTO library (run, name, tags) VALUES (?, ?, ?)",
            (spec.id, name, ",".join([name] * 30)),
        )
    app = opened("runs")
    app.session_state[f"runs.more.{spec.id}"] = True
    app.run()
    assert not app.exception
    assert SCRIPT not in text(app)
    assert name in [element.value for element in app.text]


@pytest.mark.parametrize("path", PATHS)
def test_no_id_leads_out_of_the_labs_folder(path, tmp_path):
    inside = tmp_path / "lab" / "runs"
    store = RunStore(inside)
    outside = tmp_path / "precious"
    outside.mkdir()
    (outside / "file").write_text("x")
    for run in (path, "../../../precious", str(outside), "..", ""):
        run = run.replace("\0", "")
        assert store.get(run) is None
        assert store.history(run) is None
        assert library.about(store, run) is None
    store.close()
    assert (outside / "file").read_text() == "x"


def test_an_engine_starts_beside_rubbish(tmp_path):
    kept(tmp_path)
    db = sqlite3.connect(tmp_path / "runs.db")
    with db:
        db.execute("UPDATE runs SET state='running', spec='{' WHERE 1")
        db.execute(
            "INSERT INTO races VALUES ('x', 'y', '[]', '[1]', 'tuning', ?)",
            (time.time(),),
        )
    db.close()
    running = Engine(RunStore(tmp_path), InlineExecutor())
    running.start()
    assert running.store.unfinished() == []
    running.close()
