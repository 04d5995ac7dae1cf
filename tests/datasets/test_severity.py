"""With its severity at zero a pair has one law; more of it costs accuracy."""

import pytest
import torch

from tl_core import catalog, training
from tl_core.analysis.mmd import permutation_p_value
from tl_core.backbones.base import Network
from tl_core.datasets.base import DomainPair
from tl_core.evaluation import logits_of, right
from tl_core.spec import RunSpec, spec_from_settings

CPU = torch.device("cpu")
CARDS = {
    k: catalog.entry("datasets", k).card for k in catalog.keys("datasets")
}
KEYS = [k for k, c in CARDS.items() if c.severity and not c.online]
STEADY = [k for k in KEYS if CARDS[k].moves == ("P(Y)",)]
"""A digit looks as before, so the source model reads it as well as before."""
FULL = {"mnist_shifted": {"inversion": 0, "rotation": 60}}
"""Where the knobs' defaults are no even way: half inverted is all grey."""


def spec_at(key: str, share: float) -> RunSpec:
    """A small source training on a pair at a share of its shift."""
    knobs = catalog.entry("datasets", key).knobs
    settings: dict[str, object] = {}
    for name in CARDS[key].severity:
        full = FULL.get(key, {}).get(name, knobs[name].default)
        settings[f"dataset.{name}"] = type(full)(share * full)
    backbone = {"backbone": "convnet", "backbone.width": 8}
    if CARDS[key].inputs == "points":
        backbone = {"backbone": "mlp"}
    strategy = {"strategy": "full", "pretrain_steps": 150}
    return spec_from_settings(
        {"dataset": key, **settings, **backbone, **strategy}
    )


def pair_at(key: str, share: float) -> DomainPair:
    return training.load_pair(spec_at(key, share), CPU)


def source_model(key: str) -> Network:
    spec, pair = spec_at(key, 0), pair_at(key, 0)
    model = training.new_network(spec, pair)
    list(training.pretrain(spec, model, pair))
    return model.eval()


def on_target(model: Network, pair: DomainPair) -> float:
    test = pair.target.test
    named = pair.head_classes, pair.classes
    found = right(logits_of(model, test.x), test.y, *named)
    return found.double().mean().item()


def accuracies(key: str) -> list[float]:
    """Of the source model on the target at no, half and full severity."""
    training.use_threads()
    model = source_model(key)
    return [on_target(model, pair_at(key, share)) for share in (0, 0.5, 1)]


@pytest.mark.parametrize("key", KEYS)
def test_without_severity_both_domains_follow_one_law(key):
    pair = pair_at(key, 0)
    a, b = (d.test.x[:200].flatten(1) for d in (pair.source, pair.target))
    assert permutation_p_value(a, b, 100) > 0.05


@pytest.mark.parametrize("key", KEYS)
def test_severity_leaves_the_source_as_it_is(key):
    none, all_of_it = pair_at(key, 0).source, pair_at(key, 1).source
    assert torch.equal(none.train.x, all_of_it.train.x)
    assert torch.equal(none.test.y, all_of_it.test.y)


@pytest.mark.parametrize("key", sorted(set(KEYS) - set(STEADY)))
def test_more_severity_costs_the_source_model_accuracy(key):
    none, half, full = accuracies(key)
    assert none > 0.7
    assert none > half > full


@pytest.mark.parametrize("key", STEADY)
def test_other_proportions_cost_the_source_model_nothing(key):
    none, half, full = accuracies(key)
    assert none > 0.9
    assert half == pytest.approx(none, abs=0.03)
    assert full == pytest.approx(none, abs=0.03)
