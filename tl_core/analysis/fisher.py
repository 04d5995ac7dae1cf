r"""Which weights does the source need? The diagonal of the Fisher information.

$$F_i = \mathbb{E}_x\, \mathbb{E}_{y \sim p_\theta(y|x)} \left[\left(
\partial \log p_\theta(y|x) / \partial \theta_i \right)^2\right]$$

To second order, moving the weights by d changes the predictions by
KL = 1/2 sum_i F_i d_i^2 (off-diagonal entries left out). The three estimates
differ in where y comes from; each squares the gradient of one sample at a
time, since the square of a batch's mean gradient is another thing and
vanishes as the batch grows (van de Ven 2025, arXiv:2502.11756).
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call, grad, vmap
from torch.nn.attention import SDPBackend, sdpa_kernel

from tl_core.backbones.base import Network
from tl_core.datasets.base import Samples
from tl_core.events import Array, ArraysTaken

Diagonal = dict[str, Tensor]
"""F_i by parameter name, each in its parameter's shape."""
NUMBERS = 2**23
"""Entries of per-sample gradients held at once."""
SHOWN = 2000
"""Weights in a scatter picture."""
CURVE = 101
"""Points of a Lorenz curve."""


def exact(model: nn.Module, source: Samples) -> Diagonal:
    """Every class, weighted by its probability.

    Raises:
        ValueError: the model is in training mode.
    """
    x = source.x
    p = _probabilities(model, x)  # (n, classes)
    n, classes = p.shape
    rows = torch.arange(n, device=x.device).repeat_interleave(classes)
    y = torch.arange(classes, device=x.device).repeat(n)
    return _mean_square(model, x, rows, y, p.flatten() / n)


def monte_carlo(model: nn.Module, source: Samples, draws: int = 1) -> Diagonal:
    """`draws` classes a sample from p(y|x), by torch's global generator:
    right on average, blind to rare classes.

    Raises:
        ValueError: the model is in training mode.
    """
    x = source.x
    p = _probabilities(model, x)
    y = torch.multinomial(p, draws, replacement=True).flatten()
    rows = torch.arange(len(x), device=x.device).repeat_interleave(draws)
    return _mean_square(model, x, rows, y, _evenly(y))


def empirical(model: nn.Module, source: Samples) -> Diagonal:
    """The labels instead of the model's own p(y|x): not a Fisher
    information, and it vanishes where the model fits.

    Raises:
        ValueError: the model is in training mode.
    """
    _probabilities(model, source.x[:1])
    rows = torch.arange(len(source), device=source.x.device)
    return _mean_square(model, source.x, rows, source.y, _evenly(source.y))


ESTIMATES = {
    "exact": exact,
    "monte_carlo": monte_carlo,
    "empirical": empirical,
}


def _evenly(y: Tensor) -> Tensor:
    return torch.full((len(y),), 1 / len(y), device=y.device)


@torch.no_grad()
def _probabilities(model: nn.Module, x: Tensor) -> Tensor:
    check_still(model)
    return torch.cat([model(part).softmax(1) for part in x.split(512)])


def check_still(model: nn.Module) -> None:
    """Refuse a network whose answers depend on the batch.

    Raises:
        ValueError: it is in training mode.
    """
    if model.training:
        raise ValueError(
            "The Fisher information of a network in training mode depends on "
            "the batch; call model.eval() first."
        )


def _mean_square(
    model: nn.Module, x: Tensor, rows: Tensor, y: Tensor, weights: Tensor
) -> Diagonal:
    """sum_k weights[k] (d log p(y[k] | x[rows[k]]) / d theta)^2."""
    theta = {name: p.detach() for name, p in model.named_parameters()}

    def surprise(theta: Diagonal, x: Tensor, y: Tensor) -> Tensor:
        logits = functional_call(model, theta, (x[None],))
        return F.cross_entropy(logits, y[None])

    gradients = vmap(grad(surprise), in_dims=(None, 0, 0))
    total = {name: torch.zeros_like(p) for name, p in theta.items()}
    chunk = max(1, NUMBERS // sum(p.numel() for p in theta.values()))
    for part in torch.arange(len(y), device=y.device).split(chunk):
        # Only the written-out attention can be taken for many samples at once.
        with sdpa_kernel(SDPBackend.MATH):
            found = gradients(theta, x[rows[part]], y[part])
        for name, g in found.items():
            total[name] += torch.tensordot(weights[part], g.square(), 1)
    return total


def largest_is_one(fisher: Diagonal) -> tuple[Diagonal, float]:
    """The diagonal divided by its largest entry, and that entry.

    So a penalty gamma/2 sum_i F_i d_i^2 has curvature gamma along the
    stiffest weight, and gradient descent on it is stable for rates < 2/gamma,
    whatever the network and the loss.
    """
    scale = max(f.max().item() for f in fisher.values()) or 1.0
    return {name: f / scale for name, f in fisher.items()}, scale


def overlap(one: Diagonal, two: Diagonal) -> float:
    """How far two tasks need the same weights, in [0, 1].

    1 - 1/2 |sqrt(F1) - sqrt(F2)|^2 with both traces 1 (Kirkpatrick et al.
    2017, arXiv:1612.00796, supplement).
    """
    a, b = (torch.cat([f[k].flatten() for k in one]) for f in (one, two))
    a, b = a.double() / a.double().sum(), b.double() / b.double().sum()
    return 1 - (a.sqrt() - b.sqrt()).square().sum().item() / 2


class Anchor(nn.Module):
    """theta* and F as vectors over the guarded weights, in their order."""

    fisher: Tensor
    theta_star: Tensor

    def __init__(
        self, model: Network, diagonal: Diagonal, scale: float
    ) -> None:
        super().__init__()
        self.shapes = {name: f.shape for name, f in diagonal.items()}
        self.scale = scale
        values = torch.cat([f.flatten() for f in diagonal.values()])
        self.register_buffer("fisher", values)
        self.register_buffer("theta_star", self.theta(model).detach())

    def theta(self, model: Network) -> Tensor:
        """The guarded weights as they are now, (weights,)."""
        now = dict(model.named_parameters())
        return torch.cat([now[name].flatten() for name in self.shapes])

    def named(self, values: Tensor) -> Diagonal:
        """A vector over the guarded weights, by parameter name."""
        parts = values.split([s.numel() for s in self.shapes.values()])
        return dict(zip(self.shapes, parts, strict=True))


def lorenz(values: Tensor) -> Tensor:
    """The share of the sum that the smallest 0, 1, ..., 100 % of `values`
    hold, (CURVE,); the diagonal where all are equal."""
    rising = values.flatten().double().cpu().sort().values.cumsum(0)
    share = torch.cat([rising.new_zeros(1), rising / rising[-1].clamp(1e-38)])
    at = torch.linspace(0, len(rising), CURVE, dtype=torch.float64)
    low = at.floor().long().clamp(max=len(rising) - 1)
    return torch.lerp(share[low], share[low + 1], at - low)


def by_stage(fisher: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The entries of each stage, and of the head, as one vector each."""
    parts: dict[str, list[Tensor]] = {}
    for name, f in fisher.items():
        steps = name.split(".")
        stage = steps[2] if steps[0] == "backbone" else steps[0]
        parts.setdefault(stage, []).append(f.flatten())
    return {stage: torch.cat(found) for stage, found in parts.items()}


def picture(anchor: Anchor, model: Network, step: int) -> ArraysTaken:
    """What the diagonal looks like and how far each weight went.

    Per stage, shallow to deep (and the head, where it is guarded): `sum`,
    `share` of the sum, `size` in weights; `lorenz` (1 + stages, CURVE), all
    weights first. Of at most SHOWN weights, evenly over the ranks of F_i:
    `fisher`, `moved` = |theta_i - theta*_i|, `stage` (its place). `scale` (1,)
    times an entry is the raw F_i.
    """
    stages = by_stage(anchor.named(anchor.fisher))
    distance = (anchor.theta(model) - anchor.theta_star).detach().abs()
    went = torch.cat(list(by_stage(anchor.named(distance)).values()))
    whole = torch.cat(list(stages.values()))
    sums = torch.stack([f.double().sum() for f in stages.values()])
    sizes = torch.tensor([len(f) for f in stages.values()])
    rank = torch.linspace(0, len(whole) - 1, min(SHOWN, len(whole)))
    seen = whole.argsort()[rank.round().long().to(whole.device)]
    place = torch.arange(len(sizes)).repeat_interleave(sizes)
    curves = torch.stack([lorenz(f) for f in (whole, *stages.values())])
    arrays = {
        "sum": sums.float(),
        "share": (sums / sums.sum().clamp(1e-38)).float(),
        "size": sizes,
        "lorenz": curves.float(),
        "fisher": whole[seen],
        "moved": went[seen],
        "stage": place.to(seen.device)[seen].to(torch.uint8),
        "scale": torch.tensor([anchor.scale], dtype=torch.float64),
    }
    found = {k: Array.of(v.cpu().numpy()) for k, v in arrays.items()}
    return ArraysTaken("fisher", step, found)
