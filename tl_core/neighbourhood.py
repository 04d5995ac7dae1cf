"""The loss between networks of one start: the source model and what
strategies made of it.

The runs are trained anew, since a run keeps its numbers and not its weights;
equal specs give equal weights. Test labels are only read.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from tl_core import catalog, checkpoints, training
from tl_core.analysis import fisher, landscape
from tl_core.backbones.base import Network
from tl_core.card import SpecError
from tl_core.datasets.base import DomainPair
from tl_core.device import device, use_one_thread
from tl_core.domain_gap import source_model
from tl_core.events import StepDone
from tl_core.spec import RunSpec

LOOK = 256
"""Test samples of each domain at one point, and training samples of it from
which BatchNorm's statistics are estimated there."""
MARGIN = 0.3
"""How far a plane goes beyond its corners, as a share of their extent."""
LEAP = 5
"""Steps of an adaptation between two points of its way."""
MEASURED = 200
"""Source samples on which the Fisher diagonal is measured."""


def plane(one: RunSpec, two: RunSpec, grid: int = 15) -> dict[str, Any]:
    """The plane through the source model and two adapted ones: `xs`, `ys`
    (grid,), by domain `losses` and `accuracy` (grid, grid), row y, the source
    loss as EWC imagines it, `foretold` (grid, grid), `corners` {name: (x, y)}
    and under the same names the `ways` there, projected.

    Raises:
        SpecError: the two do not start from one model, or change its form.
    """
    pair = training.load_pair(one, device())
    if start_of(one, pair) != start_of(two, pair):
        raise SpecError(
            f"{one.strategy} and {two.strategy} do not start from one source "
            "model; choose runs that differ in the strategy alone."
        )
    start = source_model(one, pair)
    first = landscape.weights(start)
    ways = [way(spec, pair) for spec in (one, two)]
    flat = landscape.Plane.through(first, *(steps[-1] for steps in ways))
    corners = [flat.place(steps[-1]) for steps in ([first], *ways)]
    xs, ys = (extent([c[axis] for c in corners], grid) for axis in (0, 1))
    found = {
        name: landscape.surface(height, flat, xs.tolist(), ys.tolist()).cpu()
        for name, height in heights(start, pair).items()
    }
    names = ("source model", f"1: {one.strategy}", f"2: {two.strategy}")
    guess = imagined(start, pair)
    quadratic = landscape.surface(guess, flat, xs.tolist(), ys.tolist())
    paths = [[flat.place(step) for step in steps] for steps in ways]
    return {
        "foretold": quadratic.cpu().numpy(),
        "ways": dict(zip(names[1:], paths, strict=True)),
        "xs": xs,
        "ys": ys,
        "corners": dict(zip(names, corners, strict=True)),
        "losses": {k: v[..., 0].numpy() for k, v in found.items()},
        "accuracy": {k: v[..., 1].numpy() for k, v in found.items()},
    }


def line(spec: RunSpec, points: int = 21) -> dict[str, Any]:
    """The straight way from the source model to an adapted one: `shares`
    (points,), by domain `losses` and `accuracy` (points,) and the `barrier`,
    and `foretold` (points,): the source loss as EWC imagines it, its value at
    the start plus 1/2 sum_i F_i d_i^2.

    Raises:
        SpecError: the strategy changes the network's form.
    """
    pair = training.load_pair(spec, device())
    start, end = source_model(spec, pair), reached(spec, pair)
    one, two = landscape.weights(start), landscape.weights(end)
    shares = np.linspace(0, 1, points)
    found = {
        name: landscape.line(height, one, two, shares.tolist()).cpu()
        for name, height in heights(start, pair).items()
    }
    guess = imagined(start, pair)
    foretold = landscape.line(guess, one, two, shares.tolist())
    return {
        "shares": shares,
        "losses": {k: v[:, 0].numpy() for k, v in found.items()},
        "accuracy": {k: v[:, 1].numpy() for k, v in found.items()},
        "barrier": {
            k: landscape.barrier(v[:, 0], shares.tolist())
            for k, v in found.items()
        },
        "foretold": foretold.cpu().numpy(),
    }


def imagined(start: Network, pair: DomainPair) -> landscape.Height:
    """The source loss near the source model as EWC imagines it: its value
    there and a parabola along each weight, as steep as its Fisher entry."""
    diagonal = fisher.exact(start, pair.source.train.first(MEASURED))
    steep = torch.cat([f.flatten() for f in diagonal.values()])
    at = landscape.weights(start)
    own = heights(start, pair)["source"](at)[0].to(steep)
    return landscape.second_order(own, at, steep)


def way(spec: RunSpec, pair: DomainPair) -> list[torch.Tensor]:
    """The weights (p,) at every LEAP-th step of an adaptation, its start and
    its end included.

    Raises:
        SpecError: the strategy changes the network's form.
    """
    reached(spec, pair)
    use_one_thread()
    model = copy.deepcopy(source_model(spec, pair))
    steps = [landscape.weights(model)]
    for event in training.adapt(spec, model, pair):
        if isinstance(event, StepDone) and event.step % LEAP == 0:
            steps.append(landscape.weights(model))
    return [*steps, landscape.weights(model)]


def adapted(spec: RunSpec, pair: DomainPair) -> Network:
    """The source model after the spec's adaptation, in eval mode."""
    use_one_thread()
    model = copy.deepcopy(source_model(spec, pair))
    for _ in training.adapt(spec, model, pair):
        pass
    return model.eval()


def reached(spec: RunSpec, pair: DomainPair) -> Network:
    """`adapted`, of the same form as the source model.

    Raises:
        SpecError: the strategy changes the network's form.
    """
    start, end = source_model(spec, pair), adapted(spec, pair)
    shapes = [[p.shape for p in landscape.kept(m)] for m in (start, end)]
    if shapes[0] != shapes[1]:
        raise SpecError(
            f"{spec.strategy} on {spec.dataset} changes the network's form, "
            "so it and the source model lie in different spaces; choose a "
            "strategy that trains the weights themselves, and a pair whose "
            "domains have the same classes."
        )
    return end


def heights(
    model: Network, pair: DomainPair
) -> Mapping[str, landscape.Height]:
    """By domain, loss and accuracy as a function of the weights."""
    domains = {"source": pair.source, "target": pair.target}
    return {
        name: landscape.read_by(
            model, domain.test.first(LOOK), domain.train.x[:LOOK]
        )
        for name, domain in domains.items()
    }


def start_of(spec: RunSpec, pair: DomainPair) -> str:
    """What the start of a run's adaptation is known by."""
    card = catalog.entry("strategies", spec.strategy).card
    trained = "trained" if card.pretrained else "new"
    return f"{spec.dataset} {trained} {checkpoints.key(spec, pair.source)}"


def extent(places: list[float], grid: int) -> np.ndarray:
    """`grid` even places from below the lowest to above the highest."""
    low, high = min(places), max(places)
    beyond = MARGIN * (high - low)
    return np.linspace(low - beyond, high + beyond, grid)
