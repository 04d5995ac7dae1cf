"""What the stages of a source model know, shallow to deep."""

import numpy as np
import pytest

from tl_core import depths, inside
from tl_core.analysis.activations import strengths
from tl_core.analysis.separability import probe_accuracy
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


@pytest.mark.usefixtures("trained")
def test_both_domains_are_projected_together():
    found = depths.projected(SPEC, "dense")
    assert list(found) == ["source", "target"]
    for one in found.values():
        assert one["points"].shape == (depths.SHOWN, 2)
        assert len(one["labels"]) == depths.SHOWN


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
        np.testing.assert_allclose(
            kept["after"][domain], kept["before"][domain], atol=1e-3
        )
        assert moved["after"][domain].shape == (depths.SHOWN, 2)
        assert len(moved["labels"][domain]) == depths.SHOWN
