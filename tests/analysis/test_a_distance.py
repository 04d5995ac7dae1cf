"""The proxy A-distance at its ends and in between."""

import math

import pytest
import torch

from tl_core.analysis.a_distance import proxy_a_distance


def clouds(gap: float, n: int = 2000, d: int = 3, seed: int = 0):
    generator = torch.Generator().manual_seed(seed)
    zs = torch.randn(n, d, generator=generator)
    zt = torch.randn(n, d, generator=generator)
    zt[:, 0] += gap
    return zs, zt


def test_separable_domains_are_at_two():
    assert proxy_a_distance(*clouds(20.0)) == 2.0


def test_equal_laws_are_near_zero():
    assert proxy_a_distance(*clouds(0.0)) < 0.1


@pytest.mark.parametrize("gap", [0.5, 1.0, 2.0])
def test_two_normal_clouds_have_the_bayes_error(gap):
    bayes = 0.5 * math.erfc(gap / 2 / math.sqrt(2))
    found = proxy_a_distance(*clouds(gap, n=20_000))
    assert found == pytest.approx(2 * (1 - 2 * bayes), abs=0.04)


def test_it_is_measured_on_samples_that_were_not_fitted():
    """With more directions than samples every fit is perfect."""
    zs, zt = clouds(0.0, n=60, d=500)
    assert proxy_a_distance(zs, zt) < 0.7


def test_unequal_sizes_do_not_count_as_knowledge():
    zs, zt = clouds(0.0)
    assert proxy_a_distance(zs, zt[:100]) < 0.35


def test_the_same_samples_give_the_same_number():
    assert proxy_a_distance(*clouds(1.0)) == proxy_a_distance(*clouds(1.0))
