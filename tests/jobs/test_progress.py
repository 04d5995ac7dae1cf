"""Progress is kept, moved aside, brought back, written out and read in."""

import json

import pytest

from tl_core.jobs import progress
from tl_core.jobs.store import RunStore
from tl_core.progress import Answer, Code, Drill, Mock, Run
from tl_core.progress_file import BYTES, ProgressError, export, parse

ANN, BOB = "ann", "bob"


@pytest.fixture
def store(tmp_path):
    made = RunStore(tmp_path)
    yield made
    made.close()


def run(key: str, at: float = 1.0) -> Run:
    return Run(key=key, at=at)


def mock(text: str) -> Mock:
    answers = (Answer(question="q", text=text, ticks=(True, False)),)
    return Mock(key="m", at=2.0, role="Engineer", minutes=20, answers=answers)


def test_entries_are_each_persons_own_and_in_order(store):
    progress.keep(store, ANN, run("b", 2.0), run("a", 1.0))
    progress.keep(store, BOB, run("c"))
    assert [e.key for e in progress.of(store, ANN)] == ["a", "b"]
    assert [e.key for e in progress.of(store, BOB)] == ["c"]


def test_a_later_entry_takes_the_place_of_the_first(store):
    first = Code(key="c", at=1.0, item="i", chosen=1, right=False, sure=0.8)
    second = first.model_copy(update={"at": 2.0, "right": True})
    progress.keep(store, ANN, first)
    progress.keep(store, ANN, second)
    assert progress.of(store, ANN) == [second]


def test_progress_survives_a_restart(tmp_path):
    first = RunStore(tmp_path)
    progress.keep(first, ANN, mock("my answer"))
    first.close()
    second = RunStore(tmp_path)
    assert progress.of(second, ANN) == [mock("my answer")]
    second.close()


def test_a_reset_can_be_undone_and_done_again(store):
    progress.keep(store, ANN, run("a"), mock("text"))
    before = progress.of(store, ANN)
    progress.reset(store, ANN)
    assert progress.of(store, ANN) == []
    assert progress.set_aside(store, ANN) == 2
    progress.swap(store, ANN)
    assert progress.of(store, ANN) == before
    progress.swap(store, ANN)
    assert progress.of(store, ANN) == []


def test_merging_keeps_the_newer_of_two(store):
    progress.keep(store, ANN, run("old", 1.0), run("same", 5.0))
    told = progress.merge(
        store, ANN, [run("new", 3.0), run("same", 4.0), run("old", 2.0)]
    )
    assert told == 2
    found = {e.key: e.at for e in progress.of(store, ANN)}
    assert found == {"old": 2.0, "new": 3.0, "same": 5.0}
    progress.swap(store, ANN)
    assert {e.key for e in progress.of(store, ANN)} == {"old", "same"}


def test_replacing_can_be_undone(store):
    progress.keep(store, ANN, run("a"))
    progress.replace(store, ANN, [run("b")])
    assert [e.key for e in progress.of(store, ANN)] == ["b"]
    progress.swap(store, ANN)
    assert [e.key for e in progress.of(store, ANN)] == ["a"]


def test_the_oldest_make_room(store, monkeypatch):
    monkeypatch.setattr(progress, "MOST", 3)
    for n in range(5):
        progress.keep(store, ANN, run(f"r{n}", float(n)))
    assert [e.key for e in progress.of(store, ANN)] == ["r2", "r3", "r4"]


def test_a_row_that_cannot_be_read_is_left_out(store):
    progress.keep(store, ANN, run("a"))
    with store.transaction() as db:
        db.execute(
            "INSERT INTO progress VALUES ('ann', 'run', 'x', 0, '{\"a\": 1}')"
        )
    assert [e.key for e in progress.of(store, ANN)] == ["a"]


@pytest.mark.parametrize("name", ["", "a:aside", "a b", "x" * 65, "../x"])
def test_a_person_is_the_name_of_a_browser(store, name):
    with pytest.raises(ValueError, match="letters and digits"):
        progress.keep(store, name, run("a"))


def test_what_could_not_be_read_again_is_not_kept(store):
    long = mock("text").model_copy(update={"minutes": 10_000})
    with pytest.raises(ValueError, match="could not be read again"):
        progress.keep(store, ANN, long)
    assert progress.of(store, ANN) == []


def test_hostile_text_stays_text(store):
    text = "'); DROP TABLE progress; --<script>alert(1)</script>"
    progress.keep(store, ANN, mock(text))
    (kept,) = progress.of(store, ANN)
    assert kept.answers[0].text == text
    (read,) = parse(export([kept]))
    assert read == kept


def test_a_file_holds_everything_and_is_read_back():
    drill = Drill(key="d", at=3.0, drill="lora", seed=4, given=2.0, right=True)
    every = [run("a"), mock("text"), drill]
    read = parse(export(every))
    assert sorted(read, key=lambda e: e.at) == every


def test_a_file_is_never_too_large_to_be_read():
    long = [
        mock("x" * 6000).model_copy(update={"key": f"m{n}", "at": float(n)})
        for n in range(400)
    ]
    data = export(long)
    assert len(data) <= BYTES
    read = parse(data)
    assert 100 < len(read) < 400
    assert max(e.at for e in read) == 399


def changed(field: str, value: object) -> bytes:
    document = json.loads(export([mock("text")]))
    target = document
    *way, last = field.split(".")
    for part in way:
        target = target[int(part) if part.isdigit() else part]
    target[last] = value
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not JSON"),
        (b"\x80\x04\x95pickle", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "the whole cannot be"),
        (b'{"format": "other", "version": 1, "entries": []}', "format cannot"),
        (b" " * 1_000_001, "at most 1,000,000"),
        (changed("version", 2), "version cannot be 2"),
        (changed("entries.0.kind", "exec"), "cannot be"),
        (changed("entries.0.minutes", 100_000), "minutes cannot be 100000"),
        (changed("entries.0.minutes", "20"), "minutes cannot be '20'"),
        (changed("entries.0.minutes", True), "minutes cannot be True"),
        (changed("entries.0.at", float("nan")), "at cannot be nan"),
        (changed("entries.0.extra", 1), "extra cannot be 1"),
        (changed("entries.0.answers.0.score", 7), "score cannot be 7"),
        (changed("entries.0.answers.0.text", "x" * 9000), "text cannot be"),
    ],
)
def test_a_file_that_is_none_gets_one_clear_sentence(data, said):
    with pytest.raises(ProgressError, match=said) as told:
        parse(data)
    assert len(str(told.value)) < 400
