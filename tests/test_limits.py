"""What one run may ask of the lab, whoever submits it."""

from dataclasses import replace

import pytest

from tests.conftest import toy
from tests.jobs.test_groups import Waiting
from tl_core import limits
from tl_core.card import SpecError
from tl_core.jobs import groups
from tl_core.jobs.engine import Engine
from tl_core.jobs.owners import Person
from tl_core.jobs.store import RunStore
from tl_core.race_spec import RaceSpec
from tl_core.races import RACES
from tl_core.spec import RunSpec, spec_from_dict

LARGE = {"dataset": "signs_day_to_night", "backbone": "convnet"}


@pytest.fixture
def lab(tmp_path):
    engine = Engine(RunStore(tmp_path / "runs"), Waiting())
    engine.start()
    yield engine
    engine.close()


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (
            toy("mmd", steps=20_000, batch_size=1024),
            "steps cannot be 20000 with batch_size=1024; use at most 9765.",
        ),
        (
            RunSpec(**LARGE, dataset_params={"side": "96"}, batch_size=456),
            "batch_size cannot be 456 with side=96; use at most 455.",
        ),
        (
            RunSpec(
                "imagenet_to_signs",
                "efficientnet_lite0",
                "full",
                batch_size=300,
            ),
            "batch_size cannot be 300 with side=128; use at most 256.",
        ),
        (
            replace(toy("mmd"), version=1),
            "version cannot be 1; this lab runs 2.",
        ),
    ],
)
def test_the_refusal_names_the_field_the_value_and_what_is_allowed(
    lab, spec, words
):
    with pytest.raises(SpecError) as refused:
        lab.submit(spec, Person("ann"))
    assert str(refused.value) == words
    assert lab.store.get(spec.id) is None
    assert lab.executor.queue == []


@pytest.mark.parametrize(
    "change",
    [{"steps": 10**9}, {"batch_size": 10**6}, {"lr": float("nan")}],
)
def test_no_spec_out_of_a_fields_range_can_be_made(change):
    with pytest.raises(SpecError):
        spec_from_dict({**toy("mmd").to_dict(), **change})


def test_a_race_with_one_run_too_large_is_not_begun(lab):
    race = RaceSpec(
        ("full",),
        ("moons",),
        ("mlp",),
        (0,),
        {"steps": 20_000},
        "batch_size",
        (64, 1024),
    )
    with pytest.raises(SpecError, match="steps cannot be 20000"):
        groups.start(lab, race, "too large")
    assert groups.get(lab.store, race.id) is None


def test_what_this_lab_recorded_is_within_the_limits():
    specs = [spec for race in RACES for spec in race.specs()]
    assert specs
    for spec in specs:
        limits.check(spec)


def test_pictures_of_ones_own_are_known_before_they_are_queued(lab):
    spec = RunSpec(
        "folder", "convnet", "mmd", dataset_params={"data": "0" * 16}
    )
    with pytest.raises(SpecError, match="not kept here"):
        lab.submit(spec)
