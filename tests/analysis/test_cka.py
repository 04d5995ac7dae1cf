"""CKA against Gram matrices written out, and at its ends."""

import itertools

import pytest
import torch

from tl_core.analysis.cka import (
    BATCH,
    between,
    biased,
    hsic,
    minibatch,
    unbiased,
)
from tl_core.backbones.base import build
from tl_core.backbones.convnet import ConvNet


def normal(n: int, d: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=generator, dtype=torch.float64)


def turned_and_scaled(x: torch.Tensor) -> torch.Tensor:
    q, _ = torch.linalg.qr(normal(x.shape[1], x.shape[1], seed=9))
    return 3.0 * x @ q + 5.0


def test_a_turned_and_scaled_copy_is_the_same():
    x = normal(40, 6)
    assert biased(x, turned_and_scaled(x)) == pytest.approx(1, abs=1e-9)
    assert unbiased(x, turned_and_scaled(x)) == pytest.approx(1, abs=1e-9)


def test_stretching_one_feature_is_noticed():
    x = normal(40, 6)
    y = x.clone()
    y[:, 0] *= 10
    assert biased(x, y) < 0.7


def test_independent_features_give_zero_only_without_bias():
    pairs = [
        (normal(50, 80, 2 * s), normal(50, 80, 2 * s + 1)) for s in range(30)
    ]
    plain = [biased(x, y) for x, y in pairs]
    found = [unbiased(x, y) for x, y in pairs]
    assert min(plain) > 0.5
    assert abs(sum(found) / len(found)) < 0.02
    assert min(found) < 0 < max(found)


def test_the_biased_one_is_centred_gram_matrices():
    x, y = normal(12, 3), normal(12, 5, seed=1)
    h = torch.eye(12, dtype=torch.float64) - 1 / 12
    k, l = h @ (x @ x.T) @ h, h @ (y @ y.T) @ h
    expected = (k @ l).trace() / ((k @ k).trace() * (l @ l).trace()).sqrt()
    assert biased(x, y) == pytest.approx(expected.item(), rel=1e-9)


def test_the_unbiased_hsic_is_the_mean_over_tuples_of_different_samples():
    """Song et al., the U-statistic: four samples, all of them different."""
    x, y = normal(6, 2), normal(6, 3, seed=1)
    k, l = x @ x.T, y @ y.T
    terms = [
        k[i, j] * (l[i, j] + l[q, r] - 2 * l[i, q])
        for i, j, q, r in itertools.permutations(range(6), 4)
    ]
    expected = torch.stack(terms).mean()
    torch.testing.assert_close(hsic(k, l), expected)


def test_minibatches_average_the_hsic_before_they_divide():
    x, y = normal(25, 4), normal(25, 4, seed=1) + normal(25, 4)
    grams = [
        (x[s] @ x[s].T, y[s] @ y[s].T) for s in (slice(0, 10), slice(10, 20))
    ]
    cross = sum(hsic(k, l) for k, l in grams)
    own = sum(hsic(k, k) for k, _ in grams)
    other = sum(hsic(l, l) for _, l in grams)
    found = minibatch({"x": x}, {"y": y}, batch=10)
    torch.testing.assert_close(found[0, 0], cross / (own * other).sqrt())


def test_minibatches_agree_with_all_samples_on_average():
    x = normal(800, 20)
    y = x @ normal(20, 20, seed=1) + normal(800, 20, seed=2)
    whole = unbiased(x, y)
    assert minibatch({"x": x}, {"y": y}, 40).item() == pytest.approx(
        whole, abs=0.03
    )


def test_a_network_agrees_with_itself_stage_by_stage():
    one = build(ConvNet(width=4), (1, 28, 28), 3, seed=0).eval()
    two = build(ConvNet(width=4), (1, 28, 28), 3, seed=1).eval()
    x = torch.rand(40, 1, 28, 28)
    same, other = between(one, one, x, 20), between(one, two, x, 20)
    assert same.shape == other.shape == (3, 3)
    torch.testing.assert_close(same.diagonal(), torch.ones(3).double())
    torch.testing.assert_close(same, same.T)
    assert (other.diagonal() < 0.999).all()
    stages = one.backbone.stage_features(x)
    again = minibatch(stages, stages, 20)
    torch.testing.assert_close(same, again.detach(), rtol=1e-4, atol=1e-5)


def test_too_few_samples_are_refused():
    assert BATCH >= 4
    with pytest.raises(ValueError, match="at least 4 samples, not 3"):
        unbiased(normal(3, 2), normal(3, 2))


def test_features_that_say_nothing_agree_with_nothing():
    assert unbiased(torch.ones(8, 2), normal(8, 2)) == 0
    assert biased(torch.ones(8, 2), normal(8, 2)) == 0
