"""What must hold between strategies, exactly, whatever the data."""

from dataclasses import fields, replace

import pytest
import torch

from tests.conftest import toy
from tests.strategies.toys import (
    ALL,
    CPU,
    SUPERVISED,
    UNSUPERVISED,
    adapted,
    equal,
    said_by,
    spec_for,
)
from tl_core import catalog, training
from tl_core.datasets.base import (
    Domain,
    DomainPair,
    Samples,
    Unlabelled,
)
from tl_core.events import RunFinished
from tl_core.feed import target_batches, visible_pair
from tl_core.prefix import Prefix
from tl_core.training import load_pair, new_network, train

EFFECTS: dict[str, dict[str, object]] = {
    "mmd": {"weight": 0.5, "stages": 1},
    "dann": {"reversal": 1.0, "units": 20, "lr_scale": 1.0},
    "full": {"head": "new"},
    "linear_probe": {"head": "source"},
    **{key: said_by(key, "EFFECTS") for key in ALL if said_by(key, "EFFECTS")},
}
"""Another value for every knob of every strategy."""
READING = ("statistics",)
"""Knobs that change how a network is read, not its weights."""


def shuffle_target_labels(pair: DomainPair) -> DomainPair:
    order = torch.randperm(len(pair.target.train))
    y = pair.target.train.y[order]
    train = Samples(pair.target.train.x, y)
    return replace(pair, target=Domain(train, pair.target.test))


def move_source(pair: DomainPair) -> DomainPair:
    train = Samples(pair.source.train.x + 1, pair.source.train.y)
    return replace(pair, source=Domain(train, pair.source.test))


@pytest.mark.parametrize("key", UNSUPERVISED)
def test_shuffled_target_labels_change_no_bit(key):
    spec = spec_for(key)
    assert equal(adapted(spec), adapted(spec, shuffle_target_labels))


@pytest.mark.parametrize("key", SUPERVISED)
def test_a_supervised_strategy_does_read_target_labels(key):
    spec = spec_for(key)
    assert not equal(adapted(spec), adapted(spec, shuffle_target_labels))


@pytest.mark.parametrize("key", UNSUPERVISED)
def test_an_unsupervised_strategy_is_handed_no_label(key):
    spec = spec_for(key)
    visible = visible_pair(spec, load_pair(spec, CPU))
    assert isinstance(visible.target, Unlabelled)
    assert [f.name for f in fields(visible.target)] == ["x"]
    model = new_network(spec, load_pair(spec, CPU))
    prefix = Prefix(model, visible.target.x)
    batch = target_batches(spec, visible, prefix)(0)
    assert batch.yt is None
    with pytest.raises(PermissionError):
        _ = batch.labels_t


def test_the_label_budget_is_dealt_evenly_over_the_classes():
    spec = toy("full", target_labels=10)
    target = visible_pair(spec, load_pair(spec, CPU)).target
    assert isinstance(target, Samples)
    assert target.y.bincount().tolist() == [5, 5]


def test_the_oracle_takes_every_label_and_is_then_full_fine_tuning():
    few = adapted(spec_for("oracle", target_labels=10))
    assert equal(few, adapted(spec_for("full")))
    assert not equal(few, adapted(spec_for("full", target_labels=10)))


def test_from_scratch_does_not_know_the_source():
    spec = spec_for("scratch")
    assert equal(adapted(spec), adapted(spec, move_source))
    full = spec_for("full")
    assert not equal(adapted(full), adapted(full, move_source))


def test_a_linear_probe_leaves_the_backbone_bit_for_bit():
    spec = spec_for("linear_probe")
    pair = load_pair(spec, CPU)
    model = new_network(spec, pair)
    list(training.pretrain(spec, model, pair))
    before = {k: v.clone() for k, v in model.backbone.state_dict().items()}
    head = model.head.weight.clone()
    list(training.adapt(spec, model, pair))
    assert equal(before, dict(model.backbone.state_dict()))
    assert not torch.equal(head, model.head.weight)
    assert model.parameter_counts()["trained"] == 64 * 2 + 2


def test_a_linear_probe_forgets_nothing_under_its_old_head():
    told = list(train(spec_for("linear_probe")))
    share = told[-1].accuracy
    assert share["source_old_head"] == share["source_before"]


def test_alignment_of_weight_zero_is_source_only():
    source_only = adapted(spec_for("source_only", **{"backbone.norm": "none"}))
    mmd = adapted(
        spec_for("mmd", **{"backbone.norm": "none", "strategy.weight": 0})
    )
    assert equal(source_only, mmd)


def test_a_watching_domain_classifier_leaves_the_network_alone():
    source_only = adapted(spec_for("source_only", **{"backbone.norm": "none"}))
    watched = adapted(
        spec_for("dann", **{"backbone.norm": "none", "strategy.reversal": 0})
    )
    kept = {k: v for k, v in watched.items() if "auxiliary" not in k}
    assert equal(source_only, kept)


def test_adabn_is_source_only_with_other_statistics():
    assert equal(adapted(spec_for("source_only")), adapted(spec_for("adabn")))
    source_only = list(train(spec_for("source_only")))[-1]
    adabn = list(train(spec_for("adabn")))[-1]
    assert source_only.mmd != adabn.mmd


@pytest.mark.parametrize(
    ("key", "knob", "other"),
    [(k, n, v) for k, knobs in EFFECTS.items() for n, v in knobs.items()],
)
def test_every_knob_changes_the_weights(key, knob, other):
    default = adapted(spec_for(key))
    turned = adapted(spec_for(key, **{f"strategy.{knob}": other}))
    assert not equal(default, turned)


READ = [
    key
    for key in ALL
    if "statistics" in catalog.entry("strategies", key).knobs
]


@pytest.mark.parametrize("key", READ)
def test_the_choice_of_statistics_changes_the_reading(key):
    def mmd_at_the_end(statistics: str):
        spec = spec_for(key, **{"strategy.statistics": statistics})
        last = list(train(spec))[-1]
        assert isinstance(last, RunFinished)
        return last.mmd

    assert mmd_at_the_end("domain") != mmd_at_the_end("running")


@pytest.mark.parametrize("key", ALL)
def test_no_knob_is_without_an_effect_test(key):
    knobs = set(catalog.entry("strategies", key).knobs)
    assert knobs <= {*EFFECTS.get(key, {}), *READING}
