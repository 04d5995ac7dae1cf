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
    assert list(trained) == ["logme", "leep", "h_score"]
    for name, value in trained.items():
        assert value > blank[name], name


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
