"""CORAL against loops, a closed form and another library."""

import pytest
import torch

from tests.strategies.toys import adapted, equal, spec_for
from tl_core.strategies.coral import coral_distance, covariance

EFFECTS = {"weight": 5.0, "stages": 1}


def cloud(n: int, d: int = 4, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=generator)


def loop_covariance(z: list[list[float]]) -> list[list[float]]:
    n, d = len(z), len(z[0])
    means = [sum(row[i] for row in z) / n for i in range(d)]
    return [
        [
            sum((r[i] - means[i]) * (r[j] - means[j]) for r in z) / (n - 1)
            for j in range(d)
        ]
        for i in range(d)
    ]


@pytest.mark.parametrize("sizes", [(6, 6), (9, 5)])
def test_it_is_the_double_loop(sizes):
    zs, zt = cloud(sizes[0]), 2 * cloud(sizes[1], seed=1) + 1
    cs, ct = loop_covariance(zs.tolist()), loop_covariance(zt.tolist())
    gap = sum((cs[i][j] - ct[i][j]) ** 2 for i in range(4) for j in range(4))
    value = float(coral_distance(zs, zt))
    assert value == pytest.approx(gap / (4 * 4**2), rel=1e-5)


def test_a_scaled_cloud_has_the_closed_form():
    """C_t = a^2 C_s, so the distance is (1 - a^2)^2 |C_s|^2 / 4 d^2."""
    z = cloud(50)
    expected = (1 - 9) ** 2 * covariance(z).square().sum() / (4 * 16)
    torch.testing.assert_close(coral_distance(z, 3 * z + 7), expected)


def test_it_is_what_pytorch_adapt_computes():
    from pytorch_adapt.layers import CORALLoss

    zs, zt = cloud(20), 2 * cloud(13, seed=1)
    torch.testing.assert_close(coral_distance(zs, zt), CORALLoss()(zs, zt))


def test_equal_covariances_are_at_zero_wherever_the_means_are():
    z = cloud(30)
    assert float(coral_distance(z, z)) == 0
    assert float(coral_distance(z, z + 5)) == pytest.approx(0, abs=1e-9)


def test_the_gradient_is_right():
    zs = cloud(5, d=3).double().requires_grad_()
    zt = cloud(6, d=3, seed=1).double()

    def distance(z):
        gap = covariance(z) - covariance(zt)
        return gap.square().sum() / (4 * 3**2)

    assert torch.autograd.gradcheck(distance, (zs,))


def test_no_weight_is_source_only():
    plain = {"backbone.norm": "none"}
    none = adapted(spec_for("coral", **plain, **{"strategy.weight": 0}))
    assert equal(none, adapted(spec_for("source_only", **plain)))
