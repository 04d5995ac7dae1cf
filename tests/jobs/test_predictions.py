"""Guesses are kept: one a person and question."""

import math

import pytest

from tl_core.jobs import predictions
from tl_core.jobs.store import RunStore


@pytest.fixture
def store(tmp_path):
    made = RunStore(tmp_path)
    yield made
    made.close()


def test_a_later_guess_takes_the_place_of_the_first(store):
    predictions.keep(store, "q", "ann", 0.2)
    predictions.keep(store, "q", "bob", 0.4)
    predictions.keep(store, "q", "ann", 0.3)
    predictions.keep(store, "other", "ann", 0.9)
    assert predictions.guesses(store, "q") == {"ann": 0.3, "bob": 0.4}


def test_they_survive_a_restart(tmp_path):
    first = RunStore(tmp_path)
    predictions.keep(first, "q", "ann", 0.2)
    first.close()
    second = RunStore(tmp_path)
    assert predictions.guesses(second, "q") == {"ann": 0.2}
    second.close()


def test_nobody_has_guessed_yet(store):
    assert predictions.guesses(store, "q") == {}


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_guess_is_a_finite_number(store, value):
    with pytest.raises(ValueError, match="finite"):
        predictions.keep(store, "q", "ann", value)


def test_names_are_bounded(store):
    with pytest.raises(ValueError, match="too long"):
        predictions.keep(store, "q" * 1000, "ann", 0.5)


def test_hostile_names_stay_text(store):
    name = "'; DROP TABLE predictions; --"
    predictions.keep(store, name, name, 0.5)
    assert predictions.guesses(store, name) == {name: 0.5}
