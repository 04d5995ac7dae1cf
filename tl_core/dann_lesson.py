"""DANN on two moons, small enough to watch: features are points of a plane,
so every gradient that reaches them can be drawn as an arrow.

    x (n, 2) -> extractor -> z (n, 2) -> label classifier
                                 | x -lambda backwards
                                 +-----> domain classifier

The reversal layer and its ramp are those of `strategies/dann.py`. Ganin et
al. (2016), JMLR 17(59), figure 1, arXiv:1505.07818.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tl_core import training
from tl_core.card import SpecError
from tl_core.datasets.base import DomainPair, Samples
from tl_core.device import use_one_thread
from tl_core.spec import RunSpec
from tl_core.strategies.base import cross_entropy
from tl_core.strategies.dann import GradientReversal, ramp
from tl_core.texts import say

DIRECTIONS = {"reversed": 1.0, "watching": 0.0, "not reversed": -1.0}
"""What reaches the extractor of the domain classifier's gradient, as a
multiple of -lambda: 0 lets the classifier watch, -1 helps it."""
STEPS, EVERY = 600, 30
BATCH = 200
"""Training points of each domain, all of them in every step."""
SHOWN, ARROWS = 100, 30
"""Points of each domain that are shown, and that show their gradients."""
LR, FASTER = 5e-3, 3.0
"""Adam's rate, and how much faster the domain classifier learns."""
GRID, REACH, WIDE = 31, 2.0, 3.5
NEIGHBOURS = 9


class Parts(nn.Module):
    """The three networks; features have mean 0 and variance 1 over both
    domains, so that they cannot run away from the domain classifier."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.extractor = nn.Sequential(
                nn.Linear(2, 32),
                nn.ReLU(),
                nn.Linear(32, 32),
                nn.ReLU(),
                nn.Linear(32, 2),
                nn.BatchNorm1d(2, momentum=1.0, affine=False),
            )
            self.label = nn.Linear(2, 2)
            self.domain = nn.Sequential(
                nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 2)
            )


def played(spec: RunSpec, direction: str = "reversed") -> dict[str, Any]:
    """Train on the spec's moons with its lambda (`strategy.reversal`), and
    return what happened as arrays, one row for each EVERY steps.

    Raises:
        SpecError: the direction is not one of DIRECTIONS, or the spec is
            not DANN on points of the plane.
    """
    if direction not in DIRECTIONS:
        raise SpecError(
            say(
                "The direction is one of {directions}.",
                directions=", ".join(DIRECTIONS),
            )
        )
    if spec.strategy != "dann" or spec.dataset != "moons":
        raise SpecError(say("This lesson plays DANN on the two moons."))
    use_one_thread()
    pair = training.load_pair(spec, torch.device("cpu"))
    strength = DIRECTIONS[direction] * float(spec.strategy_params["reversal"])
    rows = list(train(Parts(spec.seed), pair, strength))
    film = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
    shown = {k: v.first(SHOWN) for k, v in trained_on(pair).items()}
    seen = {f"{k}_x": v.x.numpy() for k, v in shown.items()}
    labels = {f"{k}_y": v.y.numpy() for k, v in shown.items()}
    steps = np.arange(0, STEPS + 1, EVERY)
    axes = {"axis": axis(REACH).numpy(), "z_axis": axis(WIDE).numpy()}
    return {"steps": steps, **film, **seen, **labels, **axes}


def trained_on(pair: DomainPair) -> dict[str, Samples]:
    """The training points by domain."""
    return {
        "source": pair.source.train.first(BATCH),
        "target": pair.target.train.first(BATCH),
    }


def train(parts: Parts, pair: DomainPair, strength: float) -> Any:
    """Descend with the gradient times -strength times the ramp behind the
    features; yields what each EVERY-th step finds before it is taken."""
    source, target = trained_on(pair).values()
    x = torch.cat([source.x, target.x])
    domain = torch.arange(2).repeat_interleave(BATCH)
    network = [*parts.extractor.parameters(), *parts.label.parameters()]
    groups = [
        {"params": network, "lr": LR},
        {"params": list(parts.domain.parameters()), "lr": FASTER * LR},
    ]
    optimiser = torch.optim.Adam(groups)
    for step in range(STEPS + 1):
        now = strength * ramp(step / STEPS)
        if step % EVERY == 0:
            found = gradients(parts, x, source.y, domain, now)
            parts.eval()
            yield {**found, **drawn(parts), **scores(parts, pair)}
            parts.train()
        z = parts.extractor(x)
        sent_back = GradientReversal.apply(z, now)
        loss = cross_entropy(parts.label(z[:BATCH]), source.y)
        loss = loss + cross_entropy(parts.domain(sent_back), domain)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


def gradients(
    parts: Parts, x: Tensor, y: Tensor, domain: Tensor, now: float
) -> dict[str, np.ndarray]:
    """Features z (2 SHOWN, 2), and at the first ARROWS of each domain the
    ways down (2 ARROWS, 2) of one sample's loss: `label` (0 on the target),
    `sent` by the domain classifier, and `received` behind the reversal."""
    z = parts.extractor(x).detach().requires_grad_()
    label = cross_entropy(parts.label(z[:BATCH]), y)
    sent = cross_entropy(parts.domain(z), domain)
    through = cross_entropy(
        parts.domain(GradientReversal.apply(z, now)), domain
    )
    losses = {"label": label, "sent": sent, "received": through}
    counts = {"label": BATCH, "sent": 2 * BATCH, "received": 2 * BATCH}
    found = {"z": z.detach()[firsts(SHOWN)].numpy()}
    for name, loss in losses.items():
        (gradient,) = torch.autograd.grad(loss, z)
        found[name] = (-counts[name] * gradient)[firsts(ARROWS)].numpy()
    return found


def firsts(n: int) -> Tensor:
    """Places of the first n points of each domain in a batch of both."""
    return torch.cat([torch.arange(n), BATCH + torch.arange(n)])


@torch.no_grad()
def drawn(parts: Parts) -> dict[str, np.ndarray]:
    """`p_label` (GRID, GRID), p(lower moon) over the plane of inputs, and
    `p_domain`, p(target) over the plane of features; rows are y."""
    inputs, features = plane(REACH), plane(WIDE)
    p_label = parts.label(parts.extractor(inputs)).softmax(1)[:, 1]
    p_domain = parts.domain(features).softmax(1)[:, 1]
    return {
        "p_label": p_label.view(GRID, GRID).numpy(),
        "p_domain": p_domain.view(GRID, GRID).numpy(),
    }


@torch.no_grad()
def scores(parts: Parts, pair: DomainPair) -> dict[str, np.ndarray]:
    """Shares of test points: whose `source` and `target` labels are read
    rightly, whose domain the domain classifier (`classifier`) and fresh
    nearest neighbours (`fresh`) tell."""
    tests = {"source": pair.source.test, "target": pair.target.test}
    z = torch.cat([parts.extractor(test.x) for test in tests.values()])
    y = torch.cat([test.y for test in tests.values()])
    domain = torch.arange(2).repeat_interleave(len(pair.source.test))
    right = (parts.label(z).argmax(1) == y).float()
    told = (parts.domain(z).argmax(1) == domain).float()
    found: Mapping[str, Tensor] = {
        "source": right[domain == 0].mean(),
        "target": right[domain == 1].mean(),
        "classifier": told.mean(),
        "fresh": by_neighbours(z, domain),
    }
    return {name: value.numpy() for name, value in found.items()}


def by_neighbours(z: Tensor, domain: Tensor) -> Tensor:
    """Share of points z (n, 2) whose domain (n,) most of their NEIGHBOURS
    nearest other points have: a classifier that nobody tried to fool."""
    apart = torch.cdist(z, z)
    apart.fill_diagonal_(torch.inf)
    near = apart.topk(NEIGHBOURS, largest=False).indices
    vote = domain[near].float().mean(1).round()
    return (vote == domain).float().mean()


def axis(reach: float) -> Tensor:
    """GRID places from -reach to reach."""
    return torch.linspace(-reach, reach, GRID)


def plane(reach: float) -> Tensor:
    """All points of a square grid, (GRID^2, 2), rows of y."""
    up, across = torch.meshgrid(axis(reach), axis(reach), indexing="ij")
    return torch.stack([across.flatten(), up.flatten()], 1)
