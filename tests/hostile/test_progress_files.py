"""Files of progress that somebody changed: refused in a sentence, or sound
enough that every page which reads progress opens."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pages.ui import person
from tests.hostile.strategies import JSON, TEXTS
from tests.hostile.values import EVERY, SCRIPT
from tests.test_pages import lab, opened, text  # noqa: F401
from tl_core.jobs import progress as kept
from tl_core.progress_file import FORMAT, ProgressError, export, parse

pytestmark = pytest.mark.filterwarnings("default")
MEMORY = {
    "card_id": 1,
    "state": 2,
    "step": None,
    "stability": 1e6,
    "difficulty": 10.0,
    "due": "2299-12-31T00:00:00Z",
    "last_review": "2000-01-01T00:00:00Z",
}


def entries(name: str) -> list[dict[str, object]]:
    """One entry of each kind; all are sound by their fields, and name what
    is not there."""
    own = {"key": name, "at": 1e10}
    answer = {"question": name, "text": name, "ticks": [True] * 20}
    return [
        {"kind": "card", **own, "memory": MEMORY, "rating": 4, "reviews": 1},
        {"kind": "review", **own, "card": name, "rating": 1, "sure": 0.5},
        {
            "kind": "mock",
            **own,
            "role": name,
            "minutes": 240,
            "answers": [answer],
            "place": 0,
            "since": 1e10,
        },
        {"kind": "code", **own, "item": name, "chosen": 999_999}
        | {"right": True},
        {"kind": "drill", **own, "drill": name, "seed": 1_000_000}
        | {"given": -1.7e308, "right": False},
        {"kind": "board", **own, "said": 1_000_000, "lines": 0},
        {"kind": "guess", **own, "value": -100.0},
        {"kind": "choice", **own, "right": True},
        {"kind": "run", **own},
    ]


def document(listed: object) -> bytes:
    whole = {"format": FORMAT, "version": 1, "entries": listed}
    return json.dumps(whole).encode("utf-8", "replace")


def read(data: bytes) -> None:
    """A list that is written and read back as it was, or one sentence."""
    try:
        found = parse(data)
    except ProgressError as error:
        said = str(error)
    else:
        said = ""
        assert sorted(map(repr, parse(export(found)))) == sorted(
            map(repr, found)
        )
    assert len(said) < 2000


MOCK = entries("x")[2]


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=80),
        JSON.map(lambda data: json.dumps(str(data)).encode()),
        st.lists(
            st.tuples(st.sampled_from(entries("x")), TEXTS, JSON), max_size=3
        ).map(
            lambda drawn: document(
                [
                    {**entry, name[:50]: str(value)}
                    for entry, name, value in drawn
                ]
            )
        ),
    )
)
def test_files_of_any_shape(data):
    read(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[" * 100_000,
        b"\xff" * 100,
        b"9" * 999_999,
        b" " * 1_000_001,
        b'{"format": "transfer-learning-lab progress", "entries": {}}',
        document([{"kind": "guess", "key": "x", "at": 1, "value": "1"}]),
        document([{"kind": "guess", "key": "", "at": 1.0, "value": 1.0}]),
        document([{"kind": "run", "key": "x", "at": -1.0}]),
        document([{**MOCK, "place": 1}]),
        document([{"kind": "shell", "key": "x", "at": 1.0}]),
        document([{"kind": "run", "key": "x", "at": 1.0}] * 5001),
    ],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(data):
    with pytest.raises(ProgressError):
        parse(data)


NAMES = (SCRIPT, "run:../../etc/passwd\0")


@pytest.mark.parametrize("name", NAMES)
def test_progress_that_names_what_is_not_there(
    lab,  # noqa: F811
    name,
    monkeypatch,
):
    monkeypatch.setattr(person, "name", lambda: "a" * 8)
    found = parse(document(entries(name)))
    kept.replace(lab.store, "a" * 8, found)
    for page, view in (
        ("mastery", ""),
        ("interview", ""),
        ("interview", "Mock interview"),
        ("interview", "Flash cards"),
        ("interview", "Drills"),
        ("start", ""),
        ("run", ""),
    ):
        app = opened(page, view=view)
        assert not app.exception, (page, view)
        assert SCRIPT not in text(app)


@pytest.mark.parametrize("name", EVERY)
def test_the_name_of_a_person_is_checked(lab, name):  # noqa: F811
    if name.isalnum() and len(name) <= kept.LONGEST:
        return
    with pytest.raises(ValueError, match="letters and digits"):
        kept.of(lab.store, name)
