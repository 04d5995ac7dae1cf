"""What recorded runs have in common is read and kept once."""

import pytest

from tl_core import recording
from tl_core.analysis.intervals import interval
from tl_core.claim import EXPERIMENTS
from tl_core.figures.race import target_accuracy
from tl_core.races import RACES
from tl_core.training import train

SAMPLE = [
    ("moons", "mmd"),
    ("moons", "dann"),
    ("tiny_digits_split_Full fine-tuning", "full"),
    ("matrix_taught_100", "lora"),
]
"""Short runs of several kinds."""


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


@pytest.mark.parametrize(("key", "strategy"), SAMPLE)
def test_a_recorded_run_comes_out_again(key, strategy):
    """Within the interval over its seeds: another number of threads or
    another release of torch sums in another order."""
    race = EXPERIMENTS[key]
    kept = [
        recording.read(race.spec(strategy, seed).id) for seed in race.seeds
    ]
    spread = interval([target_accuracy(run) for run in kept]).half
    *_, ended = train(kept[0].spec)
    gap = ended.accuracy["target"] - target_accuracy(kept[0])
    assert abs(gap) <= max(spread, 0.01)


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("strategy", RACES[0].strategies)
def test_the_first_race_opens_its_cells(strategy, seed):
    kept = recording.read(RACES[0].spec(strategy, seed).id)
    confusion = kept.arrays("confusion")
    hits = kept.arrays("confusion")["counts"].trace()
    total = len(confusion["predicted"])
    assert hits / total == kept.finished.accuracy["target"]
    guesses = confusion["counts"].sum(0)
    assert [
        int((confusion["predicted"] == k).sum()) for k in range(10)
    ] == guesses.tolist()
