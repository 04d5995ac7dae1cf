"""What recorded runs have in common is read and kept once."""

from tl_core import recording
from tl_core.races import RACES


def test_runs_on_one_pair_share_the_pictures_of_its_samples():
    first, second = recording.recorded_race(RACES[0])[:2]
    assert first.spec != second.spec
    assert first.pictures["samples"].arrays
    assert first.pictures["samples"] is second.pictures["samples"]


def test_a_race_makes_a_spec_once():
    race = RACES[0]
    spec = race.spec("mmd", 1)
    assert race.spec("mmd", 1) is spec
    assert (spec.strategy, spec.seed) == ("mmd", 1)
    assert race.spec("mmd", 2).id != race.spec("dann", 2).id != spec.id


def test_a_history_counts_the_events_that_it_was_told():
    history = recording.recorded_race(RACES[0])[0]
    told = len(history.phases) + len(history.steps)
    told += len(history.evaluations) + len(history.pictures)
    assert history.told == told + 2  # its start and its end
