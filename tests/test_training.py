"""A run is a stream of events, the same every time."""

import itertools
from dataclasses import replace

import pytest
import torch

from tests.conftest import OFFLINE, toy
from tests.strategies.toys import TOKENS, spec_for
from tl_core import cadence, catalog, checkpoints, training
from tl_core.card import SpecError
from tl_core.datasets.base import Domain, labelled_subset
from tl_core.descent import DivergedError, batches, descend
from tl_core.events import (
    Evaluated,
    PhaseStarted,
    RunFinished,
    RunStarted,
    StepDone,
)
from tl_core.fit import (
    default_choice,
    fitting_backbones,
    fitting_strategies,
)
from tl_core.history import fold
from tl_core.spec import spec_from_settings
from tl_core.strategies.base import everything
from tl_core.training import load_pair, train

CPU = torch.device("cpu")


@pytest.mark.parametrize("key", catalog.keys("strategies"))
def test_the_same_spec_tells_the_same_story(key):
    spec = spec_for(key)
    assert list(train(spec)) == list(train(spec))


def test_a_fresh_source_training_tells_what_its_checkpoint_tells(tmp_path):
    spec = toy("mmd", seed=77)
    first = list(train(spec))
    key = checkpoints.key(spec, load_pair(spec, CPU).source)
    checkpoints._path(key).unlink()
    again = list(train(spec))
    from_checkpoint = list(train(spec))
    assert first == again == from_checkpoint


def test_a_broken_checkpoint_is_trained_again():
    spec = toy("mmd", seed=78)
    first = list(train(spec))
    key = checkpoints.key(spec, load_pair(spec, CPU).source)
    checkpoints._path(key).write_bytes(b"\x10\0\0\0")
    assert list(train(spec)) == first


def test_events_come_in_order_and_say_every_step():
    told = list(train(toy("mmd")))
    assert isinstance(told[0], RunStarted)
    assert isinstance(told[-1], RunFinished)
    phases = [e.phase for e in told if isinstance(e, PhaseStarted)]
    assert phases == ["pretrain", "adapt"]
    for phase in phases:
        steps = [
            e.step
            for e in told
            if isinstance(e, StepDone) and e.phase == phase
        ]
        assert steps == list(range(1, 41))


def test_loss_terms_are_the_cards():
    for key in catalog.keys("strategies"):
        spec = spec_for(key)
        history = fold(spec, train(spec))
        terms = catalog.entry("strategies", key).card.terms
        assert set(history.losses("adapt")) == set(terms)


def test_training_learns():
    history = fold(toy("oracle", steps=300), train(toy("oracle", steps=300)))
    assert history.finished.accuracy["target"] > 0.9
    assert history.finished.accuracy["target_before"] < 0.9


def test_another_seed_is_another_run():
    assert list(train(toy("full"))) != list(train(toy("full", seed=1)))


def test_an_exploding_loss_ends_the_run_with_advice():
    spec = toy("mmd", lr=1.0, **{"strategy.weight": 100})
    model = training.new_network(spec, load_pair(spec, CPU))

    def explode(step):
        return {"source": model.head.weight.sum() * float("inf")}

    groups = everything(model)
    with pytest.raises(DivergedError, match=r"'source' .* step 1; try a sm"):
        list(descend(model, groups, explode, 3, 0.1, "adapt"))


def test_more_labels_than_there_are_is_refused():
    with pytest.raises(SpecError, match="has 400 labelled"):
        list(train(toy("full", target_labels=401)))


def test_a_label_subset_is_part_of_any_larger_one():
    samples = load_pair(toy("full"), CPU).target.train
    small, large = (labelled_subset(samples, n, seed=3) for n in (6, 20))
    rows = {tuple(x) for x in large.x.tolist()}
    assert {tuple(x) for x in small.x.tolist()} <= rows


def test_an_epoch_shows_every_sample_once():
    order = batches(n=12, size=4, steps=6, seed=0)
    for epoch in (order[:3], order[3:]):
        assert sorted(epoch.flatten().tolist()) == list(range(12))


def test_more_samples_than_the_domain_has_are_drawn_again():
    assert batches(n=3, size=8, steps=2, seed=0).shape == (2, 8)


@pytest.mark.parametrize("steps", [1, 10, 300, 5000])
def test_measuring_stays_within_its_budget(steps):
    every = cadence.cadence(steps, 64, passes=1024)
    points = steps // every
    cost = points * 1024
    assert points <= 8 or cost <= 1.1 * cadence.BUDGET * 3 * 64 * steps


def test_a_stopped_generator_leaves_no_trace():
    spec = toy("mmd", seed=79)
    list(itertools.islice(train(spec), 10))
    key = checkpoints.key(spec, load_pair(spec, CPU).source)
    assert not checkpoints._path(key).exists()


SMALL = {
    "convnet": {"backbone.width": 4},
    "vit_tiny": {k: v for k, v in TOKENS.items() if "backbone." in k},
    "minilm": {"backbone.depth": 1, "backbone.patches": 2},
}
LARGE = {
    "efficientnet_lite0": "imagenet_to_signs",
    "resnet18": "mnist_to_mnistm",
    "mobilenet_v3_small": "mnist_shifted",
}
"""Networks that take their time, and the pair on which each is tried every
time; on the others `make slow` tries it."""
FITTING = [
    pytest.param(
        dataset,
        backbone,
        marks=[pytest.mark.slow] * (LARGE.get(backbone, dataset) != dataset),
    )
    for dataset in OFFLINE
    for backbone in fitting_backbones(dataset)
]


@pytest.fixture
def few_samples(monkeypatch):
    """Pairs of the first samples only, so that large networks are quick."""
    whole = training.load_pair

    def few(spec, where):
        pair = whole(spec, where)
        domains = {
            name: Domain(side.train.first(24), side.test.first(24))
            for name, side in (
                ("source", pair.source),
                ("target", pair.target),
            )
        }
        return replace(pair, **domains)

    monkeypatch.setattr(training, "load_pair", few)


@pytest.mark.usefixtures("few_samples")
@pytest.mark.parametrize(("dataset", "backbone"), FITTING)
def test_every_fitting_pair_and_backbone_runs(dataset, backbone):
    spec = spec_from_settings(
        {
            **default_choice(dataset),
            "backbone": backbone,
            **SMALL.get(backbone, {}),
            "pretrain_steps": 2,
            "steps": 2,
            "batch_size": 8,
        }
    )
    history = fold(spec, train(spec))
    assert history.finished is not None
    counts = history.arrays("confusion")["counts"]
    assert counts.sum() == history.finished.samples["target_test"]


FITTING_STRATEGIES = [
    (strategy, backbone)
    for backbone in ("convnet", "vit_tiny")
    for strategy in fitting_strategies("mnist_to_optdigits", backbone)
]


@pytest.mark.parametrize(("strategy", "backbone"), FITTING_STRATEGIES)
def test_every_fitting_strategy_runs_on_images(strategy, backbone):
    spec = spec_from_settings(
        {
            "strategy": strategy,
            "backbone": backbone,
            **SMALL[backbone],
            "pretrain_steps": 2,
            "steps": 4,
            "batch_size": 8,
        }
    )
    assert fold(spec, train(spec)).finished is not None


def test_evaluations_carry_every_stage():
    told = [e for e in train(toy("mmd")) if isinstance(e, Evaluated)]
    assert [tuple(e.mmd) for e in told if e.phase == "adapt"] == [
        ("hidden1", "hidden2")
    ] * len([e for e in told if e.phase == "adapt"])
