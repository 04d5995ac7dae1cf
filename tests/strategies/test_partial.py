"""Between a linear probe and full fine-tuning, with both ends exact."""

import pytest
import torch

from tests.strategies.toys import CPU, adapted, equal, spec_for
from tl_core import training
from tl_core.training import load_pair, new_network, train

EFFECTS = {"trained": 2, "head": "new"}
CONVNET = {
    "dataset": "mnist_shifted",
    "backbone": "convnet",
    "backbone.width": 4,
    "pretrain_steps": 4,
    "steps": 4,
    "batch_size": 16,
}


def story(key: str, **settings: object) -> list:
    """Everything a run tells but its own name."""
    return list(train(spec_for(key, **settings)))[1:]


@pytest.mark.parametrize("head", ["source", "new"])
@pytest.mark.parametrize("settings", [{}, CONVNET])
def test_no_stage_trained_is_the_linear_probe(head, settings):
    same = {**settings, "strategy.head": head}
    none = story("partial", **same, **{"strategy.trained": 0})
    assert none == story("linear_probe", **same)


@pytest.mark.parametrize("head", ["source", "new"])
@pytest.mark.parametrize("settings", [{}, CONVNET])
def test_every_stage_trained_is_full_fine_tuning(head, settings):
    same = {**settings, "strategy.head": head}
    every = story("partial", **same, **{"strategy.trained": 16})
    assert every == story("full", **same)


@pytest.mark.parametrize("trained", [0, 1, 2])
def test_frozen_stages_stay_bit_for_bit_with_their_statistics(trained):
    spec = spec_for("partial", **CONVNET, **{"strategy.trained": trained})
    pair = load_pair(spec, CPU)
    model = new_network(spec, pair)
    list(training.pretrain(spec, model, pair))
    before = {k: v.clone() for k, v in model.state_dict().items()}
    list(training.adapt(spec, model, pair))
    stages = list(model.backbone.stages)
    for depth, name in enumerate(stages):
        prefix = f"backbone.stages.{name}."
        mine = [k for k in before if k.startswith(prefix)]
        kept = all(torch.equal(before[k], model.state_dict()[k]) for k in mine)
        assert kept == (depth < len(stages) - trained)
        frozen = [model.get_parameter(k) for k in mine if "weight" in k]
        assert all((p.grad is None) == kept for p in frozen)


def test_more_stages_are_more_trained_weights():
    counts = []
    for trained in range(4):
        told = story("partial", **CONVNET, **{"strategy.trained": trained})
        counts.append(told[-1] and told)
    numbers = [
        next(e for e in told if getattr(e, "phase", "") == "adapt")
        for told in counts
    ]
    sizes = [phase.parameters["trained"] for phase in numbers]
    assert sizes == sorted(set(sizes))
    assert sizes[0] == 100 * 10 + 10


def test_the_depth_changes_the_weights():
    one = adapted(spec_for("partial", **{"strategy.trained": 0}))
    assert not equal(one, adapted(spec_for("partial")))
