"""MMD against loops, closed forms and another library's numbers."""

import math

import pytest
import torch

from tl_core.analysis.mmd import (
    WIDTHS,
    kernel,
    median_squared_distance,
    mmd2,
    mmd2_by_width,
    mmd2_unbiased,
    null_distribution,
    permutation_p_value,
)


def cloud(n: int, d: int = 5, shift: float = 0.0, seed: int = 0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=generator) + shift


def loop_kernel(a, b, h2):
    d2 = sum((float(i) - float(j)) ** 2 for i, j in zip(a, b, strict=True))
    return sum(math.exp(-d2 / (2 * w * h2)) for w in WIDTHS) / len(WIDTHS)


def loop_mmd2(x, y, h2, unbiased):
    def mean(a, b, same):
        values = [
            loop_kernel(a[i], b[j], h2)
            for i in range(len(a))
            for j in range(len(b))
            if not (same and unbiased and i == j)
        ]
        return sum(values) / len(values)

    return mean(x, x, True) + mean(y, y, True) - 2 * mean(x, y, False)


@pytest.mark.parametrize("sizes", [(7, 7), (9, 5)])
@pytest.mark.parametrize("unbiased", [False, True])
def test_mmd2_is_the_double_loop(sizes, unbiased):
    x, y = cloud(sizes[0]), cloud(sizes[1], shift=0.7, seed=1)
    h2 = float(median_squared_distance(x, y))
    estimate = mmd2_unbiased if unbiased else mmd2
    expected = loop_mmd2(x.tolist(), y.tolist(), h2, unbiased)
    assert float(estimate(x, y)) == pytest.approx(expected, rel=1e-5, abs=1e-6)


def test_the_median_is_over_pairs_of_different_samples():
    x, y = cloud(4), cloud(3, seed=1)
    pooled = torch.cat([x, y]).tolist()
    d2 = sorted(
        math.dist(pooled[i], pooled[j]) ** 2
        for i in range(7)
        for j in range(i)
    )
    assert float(median_squared_distance(x, y)) == pytest.approx(d2[10])


def test_two_point_masses_have_the_closed_form():
    distance, h2 = 1.7, torch.tensor(0.9)
    x, y = torch.zeros(4, 1), torch.full((4, 1), distance)
    expected = 2 - 2 * math.exp(-(distance**2) / (2 * 0.9))
    value = float(mmd2(x, y, bandwidth=h2, widths=(1.0,)))
    assert value == pytest.approx(expected, rel=1e-5)


def test_gaussians_have_the_closed_form():
    """E k for N(0, 1) against N(m, 1) and one Gaussian kernel, 1-D."""
    m, h2 = 1.0, 2.0
    scale = math.sqrt(h2 / (h2 + 2))
    expected = 2 * scale * (1 - math.exp(-(m**2) / (2 * (h2 + 2))))
    values = [
        float(
            mmd2_unbiased(
                cloud(1000, d=1, seed=2 * s),
                cloud(1000, d=1, shift=m, seed=2 * s + 1),
                torch.tensor(h2),
                widths=(1.0,),
            )
        )
        for s in range(30)
    ]
    mean = sum(values) / len(values)
    assert mean == pytest.approx(expected, abs=0.01)


def test_the_biased_estimate_is_zero_for_equal_samples_and_never_less():
    x, y = cloud(20), cloud(20, seed=1)
    assert float(mmd2(x, x)) == pytest.approx(0, abs=1e-6)
    assert float(mmd2(x, y)) > 0


def test_the_unbiased_estimate_is_zero_on_average_for_equal_laws():
    values = [
        float(mmd2_unbiased(cloud(32, seed=s), cloud(32, seed=s + 500)))
        for s in range(200)
    ]
    mean = sum(values) / len(values)
    assert abs(mean) < 0.002
    assert 0.3 < sum(v < 0 for v in values) / len(values) < 0.75


def test_mmd2_grows_with_the_shift():
    values = [
        float(mmd2(cloud(64), cloud(64, shift=s, seed=1)))
        for s in (0.0, 0.5, 1.0, 2.0)
    ]
    assert values == sorted(values)


def test_the_gradient_is_right_and_leaves_the_bandwidth_alone():
    x = cloud(4, d=2).double().requires_grad_()
    y = cloud(5, d=2, shift=1.0, seed=1).double()
    h2 = median_squared_distance(x, y)
    assert not h2.requires_grad

    def value(x):
        kxx, kyy, kxy = kernel(x, x, h2), kernel(y, y, h2), kernel(x, y, h2)
        return kxx.mean() + kyy.mean() - 2 * kxy.mean()

    assert torch.autograd.gradcheck(value, (x,))
    fixed = torch.autograd.grad(mmd2(x, y, bandwidth=h2), x)[0]
    free = torch.autograd.grad(mmd2(x, y), x)[0]
    torch.testing.assert_close(fixed, free)


def test_equal_samples_give_a_finite_gradient():
    x = torch.ones(3, 2, requires_grad=True)
    mmd2(x, torch.ones(3, 2)).backward()
    assert torch.isfinite(x.grad).all()


def test_p_values_are_uniform_when_the_laws_agree():
    from scipy.stats import kstest

    values = [
        permutation_p_value(
            cloud(20, seed=s), cloud(20, seed=900 + s), 60, seed=s
        )
        for s in range(60)
    ]
    assert kstest(values, "uniform").pvalue > 0.01


def test_a_shift_is_noticed():
    p = permutation_p_value(cloud(40), cloud(40, shift=1.0, seed=1))
    assert p < 0.01


@pytest.mark.parametrize("sizes", [(7, 7), (9, 5)])
def test_the_biased_estimate_is_what_pytorch_adapt_computes(sizes):
    """Its kernel is exp(scale d^2 / -bandwidth), so scale = 1 / (2 w); its
    weights are equal too, and its quadratic estimate leaves out i = j."""
    from pytorch_adapt.layers import MMDLoss

    x, y = cloud(sizes[0]), cloud(sizes[1], shift=0.7, seed=1)
    h2 = float(median_squared_distance(x, y))
    scales = torch.tensor([1 / (2 * w) for w in WIDTHS])
    theirs = MMDLoss(scales, mmd_type="quadratic", bandwidth=h2)(x, y)
    ours = mmd2_unbiased(x, y)
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-6)


def test_the_kernels_apart_have_the_mixtures_mean():
    x, y = cloud(20), cloud(15, shift=0.5, seed=1)
    apart, null = mmd2_by_width(x, y, 40)
    assert apart.shape == null.shape == (len(WIDTHS),)
    apart = apart.float()
    torch.testing.assert_close(apart.mean(), mmd2_unbiased(x, y))
    h2 = float(median_squared_distance(x, y))
    k = [
        kernel(a, b, torch.tensor(h2), (4.0,))
        for a, b in ((x, x), (y, y), (x, y))
    ]
    off = [(m.sum() - m.trace()) / (len(m) * (len(m) - 1)) for m in k[:2]]
    torch.testing.assert_close(apart[-1], off[0] + off[1] - 2 * k[2].mean())
    _, chance = null_distribution(x, y, 40, widths=(WIDTHS[1],))
    assert null[1] == chance.quantile(0.95)


def test_the_null_is_the_estimate_of_relabelled_samples():
    """The product form against one relabelling at a time."""
    x, y = cloud(12), cloud(8, shift=0.5, seed=1)
    value, null = null_distribution(x, y, permutations=5, seed=3)
    pooled, h2 = torch.cat([x, y]), median_squared_distance(x, y)
    generator = torch.Generator().manual_seed(3)
    for found in null:
        order = torch.randperm(20, generator=generator)
        again = mmd2_unbiased(pooled[order[:12]], pooled[order[12:]], h2)
        assert float(found) == pytest.approx(float(again), abs=1e-6)
    assert float(value) == pytest.approx(float(mmd2_unbiased(x, y)), abs=1e-6)
