"""The gradient reversal layer, and an adversary that is alive."""

import pytest
import torch
from torch.nn.functional import cross_entropy

from tests.conftest import toy
from tl_core.strategies.base import Batch
from tl_core.strategies.dann import Dann, GradientReversal, ramp
from tl_core.training import load_pair, new_network, visible_pair

CPU = torch.device("cpu")


def network_and_batch(progress: float = 1.0, **knobs):
    spec = toy("dann")
    pair = load_pair(spec, CPU)
    model, strategy = new_network(spec, pair), Dann(**knobs)
    strategy.setup(model, visible_pair(spec, pair))
    s, t = pair.source.train.first(16), pair.target.train.first(16)
    return model, strategy, Batch(s.x, s.y, t.x, None, progress)


def domain_gradients(progress: float = 1.0, **knobs):
    """Gradients of the domain term alone: of the backbone, and of the
    discriminator."""
    torch.manual_seed(0)
    model, strategy, batch = network_and_batch(progress, **knobs)
    strategy.loss(model, batch)["domain"].backward()
    features = [p.grad.clone() for p in model.backbone.parameters()]
    discriminator = [p.grad.clone() for p in model.auxiliary.parameters()]
    return features, discriminator


def plain_gradients():
    """The same, written out without a reversal layer."""
    torch.manual_seed(0)
    model, _, batch = network_and_batch()
    z = model.features(torch.cat([batch.xs, batch.xt]))
    domain = torch.arange(2).repeat_interleave(16)
    logits = model.auxiliary["discriminator"](z)
    cross_entropy(logits, domain).backward()
    features = [p.grad for p in model.backbone.parameters()]
    return features, [p.grad for p in model.auxiliary.parameters()]


def test_the_layer_is_the_identity_forwards():
    z = torch.randn(3, 2)
    assert torch.equal(GradientReversal.apply(z, 0.7), z)


@pytest.mark.parametrize("reversal", [0.0, 0.5, 2.0])
def test_features_get_minus_lambda_times_the_plain_gradient(reversal):
    plain, _ = plain_gradients()
    reversed_, _ = domain_gradients(reversal=reversal)
    for g, r in zip(plain, reversed_, strict=True):
        torch.testing.assert_close(r, -reversal * ramp(1.0) * g)


@pytest.mark.parametrize("reversal", [0.0, 0.5, 2.0])
def test_the_domain_classifier_gets_its_gradient_whole(reversal):
    _, plain = plain_gradients()
    _, whole = domain_gradients(reversal=reversal)
    for g, w in zip(plain, whole, strict=True):
        torch.testing.assert_close(w, g)
        assert w.abs().sum() > 0


@pytest.mark.parametrize(
    ("progress", "value"),
    [(0, 0), (0.1, 0.462), (0.25, 0.848), (0.5, 0.987), (0.75, 0.999)],
)
def test_the_ramp_is_the_papers(progress, value):
    assert ramp(progress) == pytest.approx(value, abs=5e-4)


def test_the_domain_classifier_can_tell_two_domains_apart():
    """The adversary is alive: without reversal its loss falls far below
    chance (log 2) and its answers differ between the domains."""
    model, strategy, batch = network_and_batch(reversal=0.0)
    batch = Batch(batch.xs, batch.ys, batch.xs + 3.0, None, 1.0)
    head = model.auxiliary["discriminator"]
    optimiser = torch.optim.Adam(head.parameters(), lr=0.01)
    for _ in range(100):
        loss = strategy.loss(model, batch)["domain"]
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss.item() < 0.1
    z = model.features(torch.cat([batch.xs, batch.xt]))
    assert head(z).argmax(1).float().mean() == pytest.approx(0.5, abs=0.05)


def with_batch_norm(statistics: str):
    spec = toy("dann", **{"backbone.norm": "batch"})
    pair = load_pair(spec, CPU)
    model, strategy = new_network(spec, pair), Dann(statistics=statistics)
    strategy.setup(model, visible_pair(spec, pair))
    s, t = pair.source.train.first(16), pair.target.train.first(16)
    return model.train(), strategy, Batch(s.x, s.y, t.x + 3, None, 1.0)


def test_apart_each_domain_is_centred_and_together_they_are_not():
    gaps = {}
    for statistics in ("domain", "running", "joint", "frozen"):
        model, strategy, batch = with_batch_norm(statistics)
        zs, zt = strategy.features(model, batch)
        gaps[statistics] = (zs.mean(0) - zt.mean(0)).norm().item()
    assert gaps["domain"] == gaps["running"] < 0.9 * gaps["joint"]
    assert gaps["frozen"] not in (gaps["joint"], gaps["domain"])


def test_frozen_statistics_stay_while_the_weights_learn():
    for statistics in ("frozen", "joint"):
        model, strategy, batch = with_batch_norm(statistics)
        before = {k: v.clone() for k, v in model.named_buffers()}
        sum(strategy.loss(model.train(), batch).values()).backward()
        after = dict(model.named_buffers())
        kept = all(torch.equal(before[k], after[k]) for k in before)
        assert kept == (statistics == "frozen")
        assert all(p.grad is not None for p in model.parameters())
