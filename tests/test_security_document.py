"""SECURITY.md names tests that exist, and everything that can be set."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
SAID = (TESTS.parent / "SECURITY.md").read_text("utf-8")
NAMED = re.findall(r"`([\w/]+\.py)(?:::(test_\w+))?`", SAID)


@pytest.mark.parametrize(
    ("file", "test"), [n for n in NAMED if "test_" in n[0]]
)
def test_what_is_said_to_be_tried_is_tried(file, test):
    source = (TESTS / file).read_text("utf-8")
    assert f"def {test or 'test_'}" in source


def test_every_attack_that_something_stops_is_tried():
    table = SAID.partition("| attack |")[2].partition("\n\n")[0]
    rows = [row.split(" | ") for row in table.splitlines()[2:]]
    stopped = [row for row in rows if row[1].strip(" |")]
    assert len(stopped) >= 20
    for attack, _, tried in stopped:
        assert ".py" in tried or "the same" in tried, attack
