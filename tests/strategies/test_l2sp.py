"""The pull to theta*: its gradient, its limits."""

import pytest
import torch

from tests.strategies.toys import CPU, adapted, equal, spec_for
from tl_core import training
from tl_core.feed import visible_pair
from tl_core.strategies.base import Batch
from tl_core.strategies.l2sp import L2SP
from tl_core.training import load_pair, new_network, pretrain

EFFECTS = {"alpha": 5.0, "beta": 1.0, "head": "new"}


def prepared(**knobs: object):
    spec = spec_for("l2sp")
    pair = load_pair(spec, CPU)
    model, strategy = new_network(spec, pair), L2SP(**knobs)
    list(pretrain(spec, model, pair))
    strategy.setup(model, visible_pair(spec, pair))
    t = pair.target.train.first(16)
    return model, strategy, Batch(t.x[:0], t.y[:0], t.x, t.y, 0.0)


@pytest.mark.parametrize("head", ["source", "new"])
def test_no_pull_is_full_fine_tuning(head):
    same = {"strategy.head": head}
    none = {"strategy.alpha": 0, "strategy.beta": 0}
    loose = adapted(spec_for("l2sp", **same, **none))
    kept = {k: v for k, v in loose.items() if "auxiliary" not in k}
    assert equal(kept, adapted(spec_for("full", **same)))


def test_the_gradient_is_alpha_times_the_distance_and_beta_times_the_head():
    model, strategy, batch = prepared(alpha=3.0, beta=0.5)
    start = {k: p.detach().clone() for k, p in model.named_parameters()}
    with torch.no_grad():
        for p in model.parameters():
            p += 0.1 * torch.randn_like(p)
    terms = strategy.loss(model, batch)
    (terms["start"] + terms["head"]).backward()
    for name, p in model.named_parameters():
        pull = 3.0 * (p.detach() - start[name])
        expected = 0.5 * p.detach() if "head" in name else pull
        torch.testing.assert_close(p.grad, expected)


def test_the_terms_are_the_formulas_numbers():
    model, strategy, batch = prepared(alpha=2.0, beta=4.0)
    with torch.no_grad():
        for p in model.backbone.parameters():
            p += 0.5
    terms = strategy.loss(model, batch)
    n = sum(p.numel() for p in model.backbone.parameters())
    assert terms["start"].item() == pytest.approx(n * 0.25, rel=1e-4)
    squares = sum(p.square().sum().item() for p in model.head.parameters())
    assert terms["head"].item() == pytest.approx(2 * squares, rel=1e-5)


def test_a_stronger_pull_keeps_the_backbone_nearer():
    def distance(alpha: float) -> float:
        spec = spec_for("l2sp", **{"strategy.alpha": alpha})
        pair = load_pair(spec, CPU)
        model = new_network(spec, pair)
        list(pretrain(spec, model, pair))
        list(training.adapt(spec, model, pair))
        theta = torch.nn.utils.parameters_to_vector(
            model.backbone.parameters()
        )
        return (theta - model.auxiliary["start"].theta_star).norm().item()

    distances = [distance(alpha) for alpha in (0, 0.1, 10)]
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] < distances[0] / 3
