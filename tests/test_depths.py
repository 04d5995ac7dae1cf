"""What the stages of a source model know, shallow to deep."""

import numpy as np
import pytest
import torch

from tl_core import depths, inside
from tl_core.analysis.activations import strengths
from tl_core.analysis.separability import probe_accuracy
from tl_core.datasets.base import Domain, DomainPair, Samples
from tl_core.spec import spec_from_settings

SETTINGS = {
    "dataset": "mnist_to_optdigits",
    "backbone": "convnet",
    "backbone.width": 4,
    "pretrain_steps": 60,
}
SPEC = spec_from_settings(SETTINGS)


@pytest.fixture(scope="module")
def trained():
    """The pair and the source model, trained once."""
    return inside.asked(SPEC)


def test_both_domains_are_projected_together(trained):
    pair, model = trained
    found = depths.projected(SPEC, "dense")
    assert list(found["before"]) == ["source", "target"]
    assert found["classes"] == list(pair.classes)
    for domain, view in found["before"].items():
        assert view["points"].shape == (depths.SHOWN, 2)
        test = inside.side(pair, domain).test.first(depths.SHOWN)
        assert found["labels"][domain].tolist() == test.y.tolist()
        assert view["said"].tolist() == model(test.x).argmax(1).tolist()
        images = found["images"][domain]
        assert images.dtype == np.uint8
        assert images.shape == (depths.SHOWN, 1, 28, 28)


def test_large_pictures_are_shrunk_to_their_means():
    x = torch.zeros(3, 1, 64, 64)
    x[:, :, :2] = 1
    samples = Samples(x, torch.zeros(3, dtype=torch.long))
    domain = Domain(samples, samples)
    images = depths.sampled(DomainPair(domain, domain, ("a",)))["images"]
    small = images["target"]
    assert small.shape == (3, 1, depths.SIDE, depths.SIDE)
    assert (small[:, :, 0] == 255).all()
    assert (small[:, :, 1:] == 0).all()


def test_classes_of_both_domains_have_one_place_each():
    x = torch.zeros(2, 1, 8, 8)
    source, target = (
        Domain(*[Samples(x, torch.tensor([0, 1]))] * 2) for _ in range(2)
    )
    pair = DomainPair(source, target, ("b", "c"), ("a", "b"))
    found = depths.sampled(pair)
    assert found["classes"] == ["a", "b", "c"]
    assert found["labels"]["source"].tolist() == [0, 1]
    assert found["labels"]["target"].tolist() == [1, 2]


@pytest.mark.usefixtures("trained")
def test_source_training_changed_the_deepest_stage_most():
    found = depths.learned(SPEC)
    same = np.diagonal(found["cka"])
    assert found["stages"] == ["conv1", "conv2", "dense"]
    assert same[0] > same[-1]


def test_a_trained_source_promises_more_than_an_untrained_one():
    blank = depths.promise(
        spec_from_settings({**SETTINGS, "pretrain_steps": 0})
    )
    trained = depths.promise(SPEC)
    assert list(trained) == ["logme", "leep", "h_score", "closeness"]
    for name in ("logme", "leep", "h_score"):
        assert trained[name] > blank[name], name
    assert 0 <= trained["closeness"] <= 2


def test_every_stage_is_probed(trained):
    pair, model = trained
    found = depths.by_depth(SPEC)
    assert list(found) == ["conv1", "conv2", "dense"]
    for row in found.values():
        assert 0.3 < row["target"] <= 1
        assert row["across"] < row["source"]
        assert 0 < row["a_distance"] <= 2
    train, test = (
        part.first(depths.SEEN)
        for part in (pair.target.train, pair.target.test)
    )
    z, z_test = (strengths(model, s.x, "conv2") for s in (train, test))
    expected = probe_accuracy((z, train.y), (z_test, test.y))
    assert found["conv2"]["target"] == pytest.approx(expected)


def test_what_is_frozen_keeps_its_features_and_what_learns_does_not():
    spec = {**SETTINGS, "steps": 20, "lr": 0.01}
    probe = {**spec, "strategy": "linear_probe"}
    kept = depths.changed(spec_from_settings(probe), "dense")
    moved = depths.changed(
        spec_from_settings({**spec, "strategy": "full"}), "dense"
    )
    assert kept["stages"] == ["conv1", "conv2", "dense"]
    for domain in ("source", "target"):
        same = np.diagonal(kept["cka"][domain])
        np.testing.assert_allclose(same, 1, atol=1e-4)
        assert np.diagonal(moved["cka"][domain])[-1] < 0.99
        before, after = (kept[k][domain] for k in ("before", "after"))
        np.testing.assert_allclose(
            after["points"], before["points"], atol=1e-3
        )
        assert moved["after"][domain]["points"].shape == (depths.SHOWN, 2)
        assert len(moved["after"][domain]["said"]) == depths.SHOWN


def test_points_are_turned_and_moved_but_not_scaled():
    chance = np.random.default_rng(0)
    one = chance.normal(size=(9, 2))
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    before = {"source": {"points": one[:4]}, "target": {"points": one[4:]}}
    after = {
        name: {"points": 3 * view["points"] @ turn + 7}
        for name, view in before.items()
    }
    laid = depths.laid_on(before, after)
    for name, view in before.items():
        np.testing.assert_allclose(
            laid[name]["points"] - one.mean(0),
            3 * (view["points"] - one.mean(0)),
        )
