"""A spec from anywhere: a run that can be done, or one sentence."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import toy
from tests.hostile.strategies import HUGE, JSON, LINKS, NAMES, SCALARS
from tests.hostile.values import EVERY
from tl_core import __main__ as command_line
from tl_core import catalog, race_link
from tl_core.card import SpecError
from tl_core.export import spec_file
from tl_core.race_spec import RaceSpec
from tl_core.spec import RunSpec, spec_from_dict, spec_from_settings

FEW, MANY = 150, 5000


def told(make: Callable[[], RunSpec | RaceSpec]) -> RunSpec | RaceSpec | str:
    """What comes of it; fails where that is neither a spec nor one short
    sentence."""
    try:
        return make()
    except SpecError as error:
        said = str(error)
    assert said.isprintable()
    assert len(said) < 1500
    assert said.rstrip().endswith((".", "?")), said
    return said


def check_fields(fields: object) -> None:
    spec = told(lambda: spec_from_dict(fields))
    if isinstance(spec, RunSpec):
        assert spec_from_dict(json.loads(spec.to_json())).id == spec.id


def check_link(link: dict[str, str]) -> None:
    spec = told(lambda: spec_from_settings(link))
    if isinstance(spec, RunSpec):
        assert spec_from_settings(spec.changes()).id == spec.id
    race = told(lambda: race_link.race_from_link(link))
    if isinstance(race, RaceSpec):
        again = race_link.race_from_link(race_link.changes(race))
        assert len(race.specs()) == len(again.specs()) <= 60


def check_file(data: bytes) -> None:
    spec = told(lambda: spec_file.read(data))
    if isinstance(spec, RunSpec):
        assert spec_file.read(spec_file.written(spec).encode()) == spec


SOUND = spec_file.written(toy("lora")).encode()
VALUES = st.one_of(SCALARS, HUGE)
FIELDS = st.one_of(JSON, st.dictionaries(NAMES, VALUES, max_size=5))
CHANGED = st.tuples(
    st.integers(0, len(SOUND) - 1), st.binary(min_size=1, max_size=3)
).map(lambda at: SOUND[: at[0]] + at[1] + SOUND[at[0] + len(at[1]) :])
FILES = st.one_of(
    st.binary(max_size=60),
    JSON.map(lambda data: json.dumps(data).encode("utf-8", "replace")),
    CHANGED,
)


@settings(max_examples=FEW, deadline=None)
@given(FIELDS)
def test_fields_of_any_shape(fields):
    check_fields(fields)


@settings(max_examples=FEW, deadline=None)
@given(LINKS)
def test_links(link):
    check_link(link)


@settings(max_examples=FEW, deadline=None)
@given(FILES)
def test_files(data):
    check_file(data)


@pytest.mark.nightly
@settings(max_examples=MANY, deadline=None)
@given(FIELDS, LINKS, FILES)
def test_all_of_them_for_long(fields, link, data):
    check_fields(fields)
    check_link(link)
    check_file(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe{}",
        b"[" * 19_000,
        b'{"a":' * 3_000,
        b"9" * 19_000,
        b"{" + b" " * 30_000 + b"}",
        b'{"version": 1e400}',
        b'{"version": true}',
        b'{"seed": NaN}',
        b'{"steps": 1, "steps": -1}',
        b'{"dataset": "\\ud800"}',
        b'{"dataset_params": [["data", "x"]]}',
        b'{"__class__": "os"}',
        b"cos\nsystem\n(S'id'\ntR.",
    ],
)
def test_a_file_that_is_no_spec_is_one_sentence(data):
    assert isinstance(told(lambda: spec_file.read(data)), str)


@pytest.mark.parametrize("kind", catalog.KINDS)
@pytest.mark.parametrize("key", ["base", "__init__", "../base", "MMD", ""])
def test_a_file_that_is_no_entry_is_no_key(kind, key):
    with pytest.raises(SpecError, match=r"There is no .* Known: "):
        catalog.entry(kind, key)


def test_a_whole_number_has_one_spelling():
    """Of 2 and 2.0 as a version, the id is the same."""
    spelled = spec_from_dict({"version": 2.0, "steps": 300.0})
    assert spelled.id == RunSpec().id


@pytest.mark.parametrize("value", EVERY)
def test_settings_of_the_command_line(value, capfd):
    """Exit code 2 and one line; nothing is run."""
    run = ["train", "--dataset", "moons", "--backbone", "mlp"]
    run += ["--strategy", "full"]
    for given_value in (value, f"{value}=1", f"strategy.rate={value}"):
        code = command_line.main([*run, f"--set=steps={value}", given_value])
        said = capfd.readouterr()
        assert code == 2
        assert said.out == ""
        assert len(said.err.splitlines()) == 1, said.err


@pytest.mark.parametrize("value", EVERY)
def test_keys_and_files_of_the_command_line(value, capfd):
    for arguments in (
        ["train", f"--dataset={value}", "--backbone=mlp", "--strategy=full"],
        ["train", f"--spec={value}"],
        ["race", f"--strategies={value}", "--dataset=moons", "--backbone=mlp"],
        ["export", f"./{value}", "--csv=x.csv"],
    ):
        assert command_line.main(arguments) == 2
        assert len(capfd.readouterr().err.splitlines()) == 1
