"""EWC's springs: their gradient, their limits, and two tasks in one line."""

import numpy as np
import pytest
import torch
from torch import nn

from tests.strategies.toys import CPU, adapted, equal, spec_for
from tl_core.analysis.fisher import Anchor, exact
from tl_core.events import ArraysTaken
from tl_core.feed import visible_pair
from tl_core.history import fold
from tl_core.strategies.base import Batch
from tl_core.strategies.ewc import Ewc
from tl_core.training import load_pair, new_network, pretrain, train

EFFECTS = {
    "gamma": 10.0,
    "fisher": "empirical",
    "samples": 20,
    "head": "new",
}


def prepared(**knobs: object):
    """A pretrained toy network with its springs, and a target batch."""
    spec = spec_for("ewc")
    pair = load_pair(spec, CPU)
    model, strategy = new_network(spec, pair), Ewc(**knobs)
    list(pretrain(spec, model, pair))
    strategy.setup(model, visible_pair(spec, pair))
    xt, yt = pair.target.train.x[:16], pair.target.train.y[:16]
    return model, strategy, Batch(xt[:0], yt[:0], xt, yt, 0.0)


def without_springs(weights: dict) -> dict:
    return {k: v for k, v in weights.items() if "auxiliary" not in k}


def test_springs_of_no_stiffness_are_full_fine_tuning():
    loose = adapted(spec_for("ewc", **{"strategy.gamma": 0}))
    assert equal(without_springs(loose), adapted(spec_for("full")))


def test_stiff_springs_keep_what_the_source_needs():
    def strain(gamma: float) -> float:
        found = adapted(spec_for("ewc", **{"strategy.gamma": gamma}))
        names = [k for k in found if k in fisher_of]
        theta = torch.cat([found[k].flatten() for k in names])
        moved = theta - found["auxiliary.anchor.theta_star"]
        return (found["auxiliary.anchor.fisher"] * moved**2).sum().item()

    fisher_of = dict(prepared()[0].named_parameters())
    strains = [strain(gamma) for gamma in (0, 1, 1e2, 1e4)]
    assert strains == sorted(strains, reverse=True)
    assert strains[-1] < 1e-3 * strains[0]


def test_the_springs_pull_with_gamma_f_times_the_distance():
    model, strategy, batch = prepared(gamma=7.0)
    start = {k: p.detach().clone() for k, p in model.named_parameters()}
    with torch.no_grad():
        for p in model.parameters():
            p += 0.1 * torch.randn_like(p)
    strategy.loss(model, batch)["spring"].backward()
    anchor = model.auxiliary["anchor"]
    springs = anchor.named(anchor.fisher)
    for name, p in model.named_parameters():
        f = springs[name].view_as(p)
        pull = 7.0 * f * (p.detach() - start[name])
        torch.testing.assert_close(p.grad, pull)


def test_the_springs_are_the_fisher_of_the_source_network():
    model, _, _ = prepared(samples=30)
    spec = spec_for("ewc")
    pair = load_pair(spec, CPU)
    source = new_network(spec, pair)
    list(pretrain(spec, source, pair))
    raw = exact(source.eval(), pair.source.train.first(30))
    anchor = model.auxiliary["anchor"]
    for name, f in anchor.named(anchor.fisher).items():
        back = f.view_as(raw[name]) * anchor.scale
        torch.testing.assert_close(back, raw[name])
    assert anchor.fisher.max() == 1


def test_no_spring_holds_a_new_head():
    model, _, _ = prepared(head="new")
    held = model.auxiliary["anchor"].shapes
    assert not [name for name in held if "head" in name]
    names = [k for k, _ in model.named_parameters() if "backbone" in k]
    assert list(held) == names


class Line(nn.Module):
    """y = theta . x: what two linear regressions share."""

    def __init__(self, theta: torch.Tensor) -> None:
        super().__init__()
        self.theta = nn.Parameter(theta.clone())


def test_two_linear_regressions_meet_at_their_analytic_optimum():
    """With unit noise F is mean(x^2). Axis-aligned inputs make the Hessian
    diagonal, so EWC with gamma = 1 finds the optimum of both tasks."""
    a, b = torch.tensor([[3.0, 0], [0, 1]]), torch.tensor([[1.0, 0], [0, 2]])
    old, new = torch.tensor([1.0, -1.0]), torch.tensor([2.0, 3.0])
    fisher, curvature = a.square().mean(0), b.square().mean(0)
    best = (fisher * old + curvature * new) / (fisher + curvature)
    line = Line(old)
    anchor = Anchor(line, {"theta": fisher}, scale=1.0)
    line.theta.data.zero_()
    descent = torch.optim.SGD(line.parameters(), lr=0.1)
    for _ in range(300):
        risk = ((b @ (anchor.theta(line) - new)) ** 2).mean() / 2
        energy = anchor.fisher * (anchor.theta(line) - anchor.theta_star) ** 2
        descent.zero_grad()
        (risk + energy.sum() / 2).backward()
        descent.step()
    torch.testing.assert_close(line.theta.detach(), best)
    both = torch.linalg.lstsq(
        torch.cat([a, b]), torch.cat([a @ old, b @ new])[:, None]
    )
    torch.testing.assert_close(best, both.solution[:, 0])


def test_a_run_shows_its_springs():
    spec = spec_for("ewc")
    history = fold(spec, train(spec))
    shown = history.arrays("fisher")
    assert shown["sum"].shape == shown["share"].shape == (3,)
    assert shown["share"].sum() == pytest.approx(1)
    assert shown["size"].tolist() == [3 * 64 + 2 * 64, 64 * 67, 130]
    assert shown["lorenz"].shape == (4, 101)
    assert np.all(np.diff(shown["lorenz"], axis=1) >= -1e-6)
    assert shown["fisher"].max() == 1
    assert len(shown["fisher"]) == len(shown["moved"]) == 2000
    assert shown["moved"].max() > 0
    assert set(shown["stage"].tolist()) == {0, 1, 2}
    assert shown["scale"][0] > 0


def test_the_picture_pairs_each_weight_with_its_own_stiffness():
    model, strategy, _ = prepared()
    anchor = model.auxiliary["anchor"]
    with torch.no_grad():
        for p in model.head.parameters():
            p += 1.0
    (taken,) = strategy.pictures(model, 5)
    assert isinstance(taken, ArraysTaken)
    assert taken.step == 5
    shown = {k: a.numpy() for k, a in taken.arrays.items()}
    in_head = shown["stage"] == 2
    assert in_head.any()
    np.testing.assert_allclose(shown["moved"][in_head], 1, rtol=1e-6)
    assert (shown["moved"][~in_head] == 0).all()
    named = anchor.named(anchor.fisher)
    head = torch.cat([f.flatten() for k, f in named.items() if "head" in k])
    assert set(shown["fisher"][in_head]) <= set(head.numpy())
