"""Derivations of the interview questions, each checked with numbers."""

import math
import re

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy import stats
from torch import nn

from tl_core import interview, lora_count
from tl_core.analysis import cka, fisher, mmd
from tl_core.datasets.base import Samples
from tl_core.strategies.coral import covariance
from tl_core.strategies.dann import GradientReversal, ramp

RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def written(key: str) -> str:
    """All that a question says, formulas included."""
    asked = interview.question(key)
    return " ".join([*asked.texts, *(line.line for line in asked.derivation)])


def test_told_apart_best_accuracy_is_half_of_one_plus_tv():
    p, q = RNG.dirichlet(np.ones(6), 2)
    best = 0.5 * np.maximum(p, q).sum()
    assert best == pytest.approx(0.5 * (1 + 0.5 * np.abs(p - q).sum()))


def test_importance_weighting_costs_e_to_the_mu_squared():
    for mu in (0.5, 1.0, 1.5):
        x = np.linspace(-15, 20, 200_001)
        p, q = stats.norm.pdf(x), stats.norm.pdf(x, mu)
        second = np.trapezoid(q**2 / p, x)
        assert second == pytest.approx(math.exp(mu**2), rel=1e-6)
    assert math.exp(9) == pytest.approx(8000, rel=0.02)


def test_weighted_front_solution_and_slope():
    a, b = RNG.normal(size=(2, 3))
    h_t, h_s = (m @ m.T + np.eye(3) for m in RNG.normal(size=(2, 3, 3)))
    found = {}
    for lam in (0.7, 0.7001):
        theta = np.linalg.solve(h_t + lam * h_s, h_t @ a + lam * h_s @ b)
        g_t, g_s = h_t @ (theta - a), h_s @ (theta - b)
        np.testing.assert_allclose(g_t, -lam * g_s, atol=1e-10)
        found[lam] = [
            0.5 * (theta - c) @ h @ (theta - c)
            for c, h in ((a, h_t), (b, h_s))
        ]
    (t1, s1), (t2, s2) = found.values()
    assert (t2 - t1) / (s2 - s1) == pytest.approx(-0.7, rel=1e-3)


def test_gabor_noise_is_explained_by_flexibility():
    n, k, values = 25, 8, []
    for _ in range(2000):
        design = np.column_stack([np.ones(n), RNG.normal(size=(n, k - 1))])
        w = RNG.normal(size=n)
        rest = w - design @ np.linalg.lstsq(design, w, rcond=None)[0]
        values.append(1 - rest.var() * n / ((w - w.mean()) ** 2).sum())
    assert np.mean(values) == pytest.approx((k - 1) / (n - 1), abs=0.01)


def test_cka_in_eigenvectors_and_its_invariances():
    x, y = torch.randn(30, 5), torch.randn(30, 7)
    x, y = x - x.mean(0), y - y.mean(0)
    value = cka.biased(x, y)
    by_hand = (y.T @ x).norm() ** 2 / (x.T @ x).norm() / (y.T @ y).norm()
    assert value == pytest.approx(by_hand.item(), rel=1e-4)
    (lam, u), (mu, v) = (torch.linalg.eigh(m @ m.T) for m in (x, y))
    top = (lam[:, None] * mu * (u.T @ v).square()).sum()
    assert (top / lam.norm() / mu.norm()).item() == pytest.approx(
        value, rel=1e-4
    )
    turn = torch.linalg.qr(torch.randn(5, 5)).Q
    assert cka.biased(3 * x @ turn, y) == pytest.approx(value, rel=1e-4)
    stretched = x * torch.tensor([9.0, 1, 1, 1, 1])
    assert abs(cka.biased(stretched, y) - value) > 1e-3


def test_frozen_statistics_are_gone_after_22_batches():
    assert math.log(0.1) / math.log(0.9) == pytest.approx(21.85, abs=0.01)
    layer = nn.BatchNorm1d(1)
    for _ in range(22):
        layer(torch.full((4, 1), 5.0) + torch.randn(4, 1) * 1e-3)
    assert layer.running_mean.item() == pytest.approx(4.5, abs=0.02)


def test_fine_tuning_leaves_features_off_the_data_alone():
    x, y = torch.randn(3, 6), torch.randn(3)
    b = torch.randn(4, 6, requires_grad=True)
    v = torch.randn(4, requires_grad=True)
    off = torch.linalg.svd(x).Vh[-1]  # orthogonal to every row of x
    start = (b @ off).detach().clone()
    for _ in range(50):
        r = x @ b.T @ v - y
        slopes = torch.autograd.grad(0.5 * r.square().sum(), (b, v))
        by_hand = torch.outer(v, r @ x), b @ x.T @ r
        for slope, hand in zip(slopes, by_hand, strict=True):
            torch.testing.assert_close(slope, hand, rtol=1e-4, atol=1e-4)
        length = v.norm() * (x.T @ r).norm()
        torch.testing.assert_close(slopes[0].norm(), length)
        with torch.no_grad():
            b -= 0.01 * slopes[0]
            v -= 0.01 * slopes[1]
    torch.testing.assert_close(b @ off, start, rtol=1e-4, atol=1e-5)
    fitted = torch.linalg.lstsq(x @ b.detach().T, y[:, None]).solution[:, 0]
    r = x @ b.T @ fitted - y
    slope = torch.autograd.grad(0.5 * r.square().sum(), b)[0]
    assert slope.abs().max() < 1e-3  # probed first, features stay


def test_stopping_is_a_pull_to_the_start():
    eta, t, h, start, best = 0.01, 40, 0.3, 2.0, 5.0
    theta = start
    for _ in range(t):
        theta -= eta * h * (theta - best)
    assert theta - best == pytest.approx((1 - eta * h) ** t * (start - best))
    alpha = 1 / (eta * t)
    pulled = (h * best + alpha * start) / (h + alpha)
    assert pulled - best == pytest.approx(alpha / (h + alpha) * (start - best))
    assert theta == pytest.approx(pulled, abs=0.03)


def test_lora_first_step_is_the_projected_gradient():
    k, d, r, alpha, eta = 400, 6, 8, 16.0, 0.1
    w0, x, y = torch.randn(d, k), torch.randn(32, k), torch.randn(32, d)
    a = (torch.randn(r, k) / k**0.5).requires_grad_()
    b = torch.zeros(d, r, requires_grad=True)
    s = alpha / r
    w = (w0 + s * b @ a).requires_grad_()
    w.retain_grad()
    (0.5 * (x @ w.T - y).square().sum()).backward()
    assert a.grad.abs().max() == 0
    torch.testing.assert_close(b.grad, s * w.grad @ a.T)
    step = s * (-eta * b.grad) @ a
    torch.testing.assert_close(step, -eta * s**2 * w.grad @ a.T @ a)
    means = torch.stack(
        [m.T @ m for m in torch.randn(500, r, 20) / 20**0.5]
    ).mean(0)
    torch.testing.assert_close(
        means, r / 20 * torch.eye(20), atol=0.05, rtol=0
    )
    assert s**2 * r == pytest.approx(alpha**2 / r)


def test_lora_counts_are_what_is_written():
    base = lora_count.LARGE["roberta_base"]
    count = lora_count.trained(base, 8, lora_count.WHERE["q and v"])
    assert count == 294_912
    assert "294,912" in written("lora_count")
    assert count / base.parameters == pytest.approx(0.0024, abs=5e-5)
    gpt3 = lora_count.trained(
        lora_count.LARGE["gpt3"], 4, lora_count.WHERE["q and v"]
    )
    assert gpt3 == 18_874_368
    conv = 4 * (3 * 9 + 16), 4 * 9 * (3 + 16)
    assert conv == (172, 684)
    llama = lora_count.LARGE["llama2_7b"]
    few = lora_count.trained(llama, 8, lora_count.WHERE["q and v"])
    assert few == 4_194_304
    assert lora_count.memory(llama, few) / 1e9 == pytest.approx(27, abs=1)
    assert lora_count.memory_in_full(llama) == 16 * llama.parameters
    prompts = 12 * 10 * 768 / 86e6
    assert prompts == pytest.approx(0.0011, abs=5e-5)


def test_a_prefix_is_a_gated_mixture():
    q, keys, values = torch.randn(1, 8), torch.randn(10, 8), torch.randn(10, 8)
    p_k, p_v = torch.randn(5, 8), torch.randn(5, 8)

    def attend(keys, values):
        return (q @ keys.T).softmax(1) @ values

    def share(p_k):
        mass = (q @ p_k.T).exp().sum()
        return mass / (mass + (q @ keys.T).exp().sum())

    lam = share(p_k)
    whole = attend(torch.cat([p_k, keys]), torch.cat([p_v, values]))
    mixed = (1 - lam) * attend(keys, values) + lam * attend(p_k, p_v)
    torch.testing.assert_close(whole, mixed)
    zero = torch.zeros(5, 8)
    shrunk = attend(torch.cat([zero, keys]), torch.cat([zero, values]))
    lam = 5 / (5 + (q @ keys.T).exp().sum())
    torch.testing.assert_close(shrunk, (1 - lam) * attend(keys, values))


def test_a_change_of_rank_one_can_delete_a_direction():
    w = torch.randn(6, 5)
    u, sigma, vt = torch.linalg.svd(w)
    delta = -sigma[0] * torch.outer(u[:, 0], vt[0])
    assert torch.linalg.matrix_rank(delta) == 1
    assert ((w + delta) @ vt[0]).abs().max() < 1e-5


def test_squared_batch_means_shrink_by_the_batch():
    g = RNG.normal(size=(20_000, 16)) * 2
    assert (g.mean(1) ** 2).mean() == pytest.approx(4 / 16, rel=0.05)


def test_fisher_of_softmax_regression_and_its_kl():
    model = nn.Linear(3, 4, bias=False).double()
    x = torch.randn(50, 3).double()
    p = model(x).softmax(1)
    closed = (p * (1 - p)).T @ x.square() / len(x)
    found = fisher.exact(
        model.eval(), Samples(x, torch.zeros(50, dtype=torch.long))
    )["weight"]
    torch.testing.assert_close(found, closed.detach().to(found))
    step = 1e-3
    moved = model.weight.detach().clone()
    moved[1, 2] += step
    kl = F.kl_div((x @ moved.T).log_softmax(1), p, reduction="batchmean")
    assert kl.item() == pytest.approx(
        0.5 * closed[1, 2].item() * step**2, rel=1e-2
    )


def test_top_share_of_squared_gaussians_is_a_quarter():
    z = np.sort(RNG.normal(size=400_000) ** 2)
    top = z[-20_000:].sum() / z.sum()
    t = stats.norm.ppf(0.975)
    assert top == pytest.approx(0.05 + 2 * t * stats.norm.pdf(t), abs=0.005)
    assert "0.28" in written("few_weights_matter")


def test_springs_settle_and_diverge_where_it_says():
    gamma, h, best, anchor = 30.0, 2.0, 1.0, 0.0
    theta = 0.7
    for _ in range(2000):
        theta -= 0.01 * (h * (theta - best) + gamma * (theta - anchor))
    assert theta == pytest.approx((h * best + gamma * anchor) / (h + gamma))
    for rate, stable in ((1.9 / gamma, True), (2.1 / gamma, False)):
        theta = 1.0
        for _ in range(300):
            theta -= rate * gamma * theta
        assert (abs(theta) < 1) == stable


def test_bias_of_mmd_is_two_over_n_times_what_the_diagonal_adds():
    n, h2, values, inner = 20, torch.tensor(1.0), [], []
    for _ in range(3000):
        x, y = torch.randn(n, 2), torch.randn(n, 2)
        values.append(mmd.mmd2(x, y, h2, (1.0,)).item())
        inner.append(mmd.kernel(x[:10], x[10:], h2, (1.0,)).mean().item())
    bias = 2 / n * (1 - np.mean(inner))
    assert np.mean(values) == pytest.approx(bias, rel=0.05)


def test_wide_kernels_compare_means_and_narrow_ones_nothing():
    x, y = torch.randn(60, 3).double(), torch.randn(60, 3).double() * 2 + 1
    wide = mmd.mmd2(x, y, torch.tensor(1e3), (1.0,)).item()
    gap = (x.mean(0) - y.mean(0)).square().sum().item()
    assert wide * 1e3 == pytest.approx(gap, rel=0.02)
    moved = x.clone().float().requires_grad_()
    mmd.mmd2(moved, y.float(), torch.tensor(1e-5), (1.0,)).backward()
    assert moved.grad.abs().max() == 0


def test_reversal_gives_both_players_their_step():
    f, d = nn.Linear(5, 3), nn.Linear(3, 1)
    x, label = torch.randn(8, 5), torch.arange(8.0)[:, None] % 2
    slopes = {}
    for lam in (None, 0.3, 1.0):
        z = f(x)
        z = z if lam is None else GradientReversal.apply(z, lam)
        loss = F.binary_cross_entropy_with_logits(d(z), label)
        slopes[lam] = torch.autograd.grad(loss, [f.weight, d.weight])
    for lam in (0.3, 1.0):
        torch.testing.assert_close(
            slopes[lam][0], -lam * slopes[None][0], rtol=1e-5, atol=1e-7
        )
        assert torch.equal(slopes[lam][1], slopes[None][1])


def test_simultaneous_steps_spiral_out_on_a_bilinear_game():
    for mu, lam in ((0.1, 1.0), (0.5, 0.3)):
        step = np.array([[1, mu * lam], [-mu, 1]])
        sizes = np.abs(np.linalg.eigvals(step))
        np.testing.assert_allclose(sizes, math.sqrt(1 + mu**2 * lam))


def test_best_domain_classifier_measures_jensen_shannon():
    p, q = RNG.dirichlet(np.ones(5), 2)
    best = q / (p + q)
    loss = -0.5 * (p @ np.log(1 - best) + q @ np.log(best))
    middle = (p + q) / 2
    jsd = 0.5 * (p @ np.log(p / middle) + q @ np.log(q / middle))
    assert loss == pytest.approx(math.log(2) - jsd)


def test_the_ramp_is_what_is_written():
    assert [round(ramp(p), 2) for p in (0, 0.1, 0.5)] == [0, 0.46, 0.99]
    said = written("gradient_reversal")
    assert re.search(r"0\.46 at a tenth, 0\.99 at a half", said)


def test_aligned_predictions_pay_for_label_shift():
    for _ in range(200):
        n = RNG.integers(2, 6)
        y_s, y_t, said = RNG.dirichlet(np.ones(n), 3)
        # The best a predictor with law `said` can do against labels y.
        errors = sum(1 - np.minimum(said, y).sum() for y in (y_s, y_t))
        assert errors >= 0.5 * np.abs(y_s - y_t).sum() - 1e-12


def test_coral_is_mmd_of_a_squared_kernel():
    x, y = torch.randn(40, 3), torch.randn(40, 3) @ torch.randn(3, 3)
    x, y = x - x.mean(0), y - y.mean(0)
    k = [(a @ b.T).square().mean() for a, b in ((x, x), (y, y), (x, y))]
    gap = (covariance(x) - covariance(y)).square().sum() * (39 / 40) ** 2
    torch.testing.assert_close(k[0] + k[1] - 2 * k[2], gap, rtol=1e-3, atol=0)


def test_choosing_the_best_of_a_hundred_adds_up_to_six_points():
    best = (2 * RNG.normal(size=(2000, 100))).max(1).mean()
    bound = 2 * math.sqrt(2 * math.log(100))
    assert 0.75 * bound < best < bound == pytest.approx(6.07, abs=0.01)


def test_quantiles_of_t_are_what_is_written():
    found = [round(stats.t.ppf(0.975, n), 2) for n in (2, 4, 7)]
    assert found == [4.30, 2.78, 2.36]
    assert "4.30" in written("fair_comparison")


def test_five_samples_cannot_validate():
    assert math.sqrt(0.7 * 0.3 / 5) == pytest.approx(0.2, abs=0.01)
