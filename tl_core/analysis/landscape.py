r"""The loss around the weights a network was at: planes and lines.

Through three weight vectors runs one plane (Garipov et al. 2018,
arXiv:1802.10026): with $u = w_2 - w_1$ and $v = (w_3 - w_1)$ less its part
along u, both made one long, every point is $w_1 + x\,u + y\,v$ and distances
on the picture are distances between weights.

On the straight line between two networks the loss may rise to a barrier: how
far it gets above the chord between its ends (Entezari et al. 2022,
arXiv:2110.06296; for ends of equal loss that of Frankle et al. 2020,
arXiv:1912.05671). None: both lie in one basin, and averages of them work too.

Running statistics of BatchNorm belong to the weights that gathered them. A
network with such layers is therefore read, at every point, with statistics
estimated anew from the same inputs.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tl_core.backbones.base import Network
from tl_core.batch_norm import batch_norm_layers, with_statistics_of
from tl_core.datasets.base import Samples

Height = Callable[[Tensor], Tensor]
"""Weights (p,) to one number or several (k,) at that point."""


@dataclass(frozen=True)
class Plane:
    """`origin` (p,) and two orthonormal directions `u`, `v` (p,)."""

    origin: Tensor
    u: Tensor
    v: Tensor

    @classmethod
    def through(cls, one: Tensor, two: Tensor, three: Tensor) -> Plane:
        """The plane through three weight vectors (p,); the first is (0, 0)
        and the second lies on the x axis.

        Raises:
            ValueError: they lie on one line.
        """
        u = two - one
        length = u.norm()
        u = u / length.clamp(min=1e-30)
        side = three - one
        v = side - (side @ u) * u
        if length == 0 or v.norm() <= 1e-5 * side.norm():
            raise ValueError(
                "These three networks lie on one line, which spans no plane; "
                "choose networks that moved in different directions."
            )
        return cls(one, u, v / v.norm())

    def at(self, x: float, y: float) -> Tensor:
        """The weights (p,) at a point of the plane."""
        return self.origin + x * self.u + y * self.v

    def place(self, weights: Tensor) -> tuple[float, float]:
        """Where on the plane the point nearest to weights (p,) lies."""
        moved = weights - self.origin
        return (moved @ self.u).item(), (moved @ self.v).item()

    def away(self, weights: Tensor) -> float:
        """How far weights (p,) are from the plane."""
        return (weights - self.at(*self.place(weights))).norm().item()


def surface(
    height: Height, plane: Plane, xs: Sequence[float], ys: Sequence[float]
) -> Tensor:
    """`height` over the plane, (len(ys), len(xs), ...): row y."""
    rows = [torch.stack([height(plane.at(x, y)) for x in xs]) for y in ys]
    return torch.stack(rows)


def line(
    height: Height, one: Tensor, two: Tensor, shares: Sequence[float]
) -> Tensor:
    """`height` at (1 - s) one + s two for each share s, (len(shares), ...)."""
    return torch.stack([height(torch.lerp(one, two, s)) for s in shares])


def barrier(losses: Tensor, shares: Sequence[float]) -> float:
    """The most by which a line's losses (n,) at shares (n,) of the way exceed
    the chord between its ends; 0 where they never do."""
    s = torch.tensor(shares).to(losses)
    return (losses - torch.lerp(losses[0], losses[-1], s)).max().item()


def kept(model: Network) -> list[nn.Parameter]:
    """The weights of backbone and head; auxiliary modules are left out."""
    return [*model.backbone.parameters(), *model.head.parameters()]


def weights(model: Network) -> Tensor:
    """Backbone and head as one vector (p,)."""
    return torch.cat([p.detach().flatten() for p in kept(model)])


def read_by(
    model: Network, samples: Samples, inputs: Tensor | None = None
) -> Height:
    """Weights (p,) of this network to mean cross-entropy (nats) and accuracy
    (share), (2,), on held-out samples.

    `inputs` (m, ...) are those from which BatchNorm's statistics are
    estimated anew at each point. The given model is not changed.

    Raises:
        ValueError: the network has BatchNorm and there are no `inputs`.
    """
    own = copy.deepcopy(model).eval()
    if batch_norm_layers(own) and inputs is None:
        raise ValueError(
            "This network has BatchNorm, whose statistics fit one point only; "
            "give inputs from which to estimate them at every point."
        )

    @torch.no_grad()
    def height(at: Tensor) -> Tensor:
        parts = at.split([p.numel() for p in kept(own)])
        for parameter, part in zip(kept(own), parts, strict=True):
            parameter.copy_(part.view_as(parameter))
        reader = own
        if inputs is not None and batch_norm_layers(own):
            reader = with_statistics_of(own, inputs)
        split = samples.x.split(own.backbone.at_once)
        logits = torch.cat([reader(x) for x in split])
        hits = (logits.argmax(1) == samples.y).float().mean()
        return torch.stack([F.cross_entropy(logits, samples.y), hits])

    return height


def spring(anchor: Tensor, fisher: Tensor, gamma: float) -> Height:
    """EWC's picture of the source loss, gamma/2 sum_i F_i (w_i - w*_i)^2, as
    a height over weights (p,); w* = anchor (p,), F = fisher (p,)."""
    return lambda at: gamma / 2 * (fisher * (at - anchor).square()).sum()


def second_order(at_anchor: Tensor, anchor: Tensor, fisher: Tensor) -> Height:
    """What the Fisher information F (p,) foretells of the source loss:
    its value at w* plus 1/2 sum_i F_i (w_i - w*_i)^2, near w*."""
    quadratic = spring(anchor, fisher, 1.0)
    return lambda at: at_anchor + quadratic(at)
