"""Biases move, weights and statistics do not."""

import torch

from tests.strategies.test_partial import CONVNET
from tests.strategies.toys import CPU, spec_for
from tl_core import training
from tl_core.feed import visible_pair
from tl_core.strategies.bitfit import BitFit
from tl_core.training import load_pair, new_network, pretrain

EFFECTS = {"head": "new"}
TOY = CONVNET


def test_biases_and_the_head_change_and_nothing_else():
    spec = spec_for("bitfit")
    pair = load_pair(spec, CPU)
    model = new_network(spec, pair)
    list(pretrain(spec, model, pair))
    before = {k: v.clone() for k, v in model.state_dict().items()}
    list(training.adapt(spec, model, pair))
    changed = {
        name
        for name, value in model.state_dict().items()
        if not torch.equal(before[name], value)
    }
    biases = {
        name
        for name, _ in model.backbone.named_parameters(prefix="backbone")
        if name.endswith("bias")
    }
    assert changed == biases | {"head.weight", "head.bias"}
    assert len(biases) == 6


def test_frozen_weights_get_no_gradient():
    spec = spec_for("bitfit")
    pair = load_pair(spec, CPU)
    model = new_network(spec, pair)
    list(pretrain(spec, model, pair))
    list(training.adapt(spec, model, pair))
    for name, parameter in model.backbone.named_parameters():
        assert (parameter.grad is None) != name.endswith("bias")


def test_the_count_is_that_of_the_biases():
    spec = spec_for("bitfit")
    pair = load_pair(spec, CPU)
    model = new_network(spec, pair)
    BitFit().setup(model, visible_pair(spec, pair))
    biases = 2 * (4 + 6 + 100)
    counts = model.parameter_counts()
    assert counts["trained"] == biases + 100 * 10 + 10


def test_a_bias_in_front_of_a_batch_norm_does_count():
    """Normalised by the batch it would cancel; by the source's statistics
    it does not."""
    spec = spec_for("bitfit")
    pair = load_pair(spec, CPU)
    model = new_network(spec, pair)
    BitFit().setup(model, visible_pair(spec, pair))
    model.train()
    t = pair.target.train.first(16)
    training.cross_entropy(model(t.x), t.y).backward()
    assert model.backbone.stages["conv1"][0].bias.grad.abs().max() > 1e-6
