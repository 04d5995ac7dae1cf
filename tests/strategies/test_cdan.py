"""What the conditional adversary sees, and what it sends back."""

import pytest
import torch

from tests.strategies.toys import CPU, adapted, equal, spec_for
from tl_core.feed import visible_pair
from tl_core.strategies.base import Batch
from tl_core.strategies.cdan import Cdan, certainty, outer
from tl_core.strategies.dann import ramp
from tl_core.training import load_pair, new_network

EFFECTS = {
    "reversal": 1.0,
    "entropy": False,
    "units": 20,
    "lr_scale": 1.0,
}


def prepared(**knobs: object):
    torch.manual_seed(0)
    spec = spec_for("cdan")
    pair = load_pair(spec, CPU)
    model, strategy = new_network(spec, pair), Cdan(**knobs)
    strategy.setup(model, visible_pair(spec, pair))
    s, t = pair.source.train.first(16), pair.target.train.first(16)
    return model, strategy, Batch(s.x, s.y, t.x, None, 1.0)


def written_out(model, batch, weighted: bool) -> torch.Tensor:
    """The domain loss sample by sample, without reversal."""
    total, weights = torch.zeros(()), torch.zeros(())
    zs, zt = model.features(batch.xs), model.features(batch.xt)
    for domain, features in enumerate((zs, zt)):
        for z in features:
            g = model.head(z).softmax(0).detach()
            pairs = torch.cat([share * z for share in g])
            said = model.auxiliary["discriminator"](pairs).log_softmax(0)
            entropy = -(g * g.log()).sum()
            w = 1 + torch.exp(-entropy) if weighted else torch.ones(())
            total, weights = total - w * said[domain], weights + w
    return total / weights


def gradients(model) -> tuple[list, list, list]:
    parts = (model.backbone, model.auxiliary, model.head)
    return tuple([p.grad for p in part.parameters()] for part in parts)


def test_the_outer_product_is_every_pair():
    z, g = torch.randn(3, 4), torch.rand(3, 2)
    found = outer(z, g)
    for sample in range(3):
        pairs = [g[sample, c] * z[sample, d] for c in (0, 1) for d in range(4)]
        torch.testing.assert_close(found[sample], torch.stack(pairs))


def test_sure_predictions_count_twice_as_much_as_clueless_ones_of_many():
    g = torch.tensor([[1.0, 0.0], [0.5, 0.5]])
    weight = certainty(g)
    assert weight.mean().item() == pytest.approx(1)
    assert (weight[0] / weight[1]).item() == pytest.approx(2 / 1.5, rel=1e-4)


@pytest.mark.parametrize("entropy", [True, False])
@pytest.mark.parametrize("reversal", [0.0, 0.5, 2.0])
def test_features_get_minus_lambda_times_the_plain_gradient(entropy, reversal):
    model, strategy, batch = prepared(entropy=entropy, reversal=reversal)
    loss = strategy.loss(model, batch)["domain"]
    loss.backward()
    back, beside, head = gradients(model)
    model.zero_grad(set_to_none=True)
    plain = written_out(model, batch, entropy)
    plain.backward()
    plain_back, plain_beside, _ = gradients(model)
    torch.testing.assert_close(loss, plain, rtol=1e-4, atol=1e-6)
    for found, g in zip(back, plain_back, strict=True):
        expected = -reversal * ramp(1.0) * g
        torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-6)
    for found, g in zip(beside, plain_beside, strict=True):
        torch.testing.assert_close(found, g, rtol=1e-3, atol=1e-6)
        assert found.abs().sum() > 0
    assert head == [None, None]


def test_the_domain_classifier_can_tell_two_domains_apart():
    model, strategy, batch = prepared(reversal=0.0)
    batch = Batch(batch.xs, batch.ys, batch.xs + 3.0, None, 1.0)
    model.eval()  # by itself, each batch would be centred
    beside = model.auxiliary["discriminator"]
    optimiser = torch.optim.Adam(beside.parameters(), lr=0.01)
    for _ in range(150):
        loss = strategy.loss(model, batch)["domain"]
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss.item() < 0.1


def test_it_sees_a_class_swap_that_an_unconditional_classifier_cannot():
    """Equal features, other predictions: only the product differs."""
    z = torch.randn(8, 3)
    one, other = torch.eye(2)[[0] * 8], torch.eye(2)[[1] * 8]
    assert not torch.equal(outer(z, one), outer(z, other))


def test_a_watching_classifier_leaves_the_network_alone():
    plain = {"backbone.norm": "none"}
    watched = adapted(spec_for("cdan", **plain, **{"strategy.reversal": 0}))
    kept = {k: v for k, v in watched.items() if "auxiliary" not in k}
    assert equal(kept, adapted(spec_for("source_only", **plain)))
