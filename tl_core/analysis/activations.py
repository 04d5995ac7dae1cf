r"""What does a channel look for? Its maps, its best images, and a picture
made to please it.

The strength of channel k for an input x is its mean over places; the inputs
of a data set that excite it most show what it looks for among real things.
Climbing

$$\max_x\; s_k(x) - \lambda_2 \overline{x^2} - \lambda_{tv}
\overline{|\nabla x|}$$

by the gradient shows what it would rather see (Erhan et al. 2009, technical
report 1341, Universite de Montreal; Simonyan et al. 2014, arXiv:1312.6034).
Without the two penalties (Mahendran and Vedaldi 2015, arXiv:1412.0035) and
small random moves (Olah et al. 2017, doi:10.23915/distill.00007) the picture
fills with noise that only this network reads.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from tl_core.backbones.base import Network, pooled


@torch.no_grad()
def maps(model: Network, x: Tensor, stage: str) -> Tensor:
    """What a stage makes of inputs x (n, ...), for pictures.

    Maps (n, channels, h, w) of a convolutional stage as they are; of tokens
    their lengths (n, tokens); of a flat stage its features (n, width).

    Raises:
        ValueError: there is no such stage.
    """
    z = stage_output(model, x, stage)
    return z.norm(dim=2) if z.dim() == 3 else z


@torch.no_grad()
def strengths(model: Network, x: Tensor, stage: str) -> Tensor:
    """Each channel's mean over places for inputs x (n, ...), (n, channels).

    Raises:
        ValueError: there is no such stage.
    """
    parts = x.split(model.backbone.at_once)
    return torch.cat([pooled(stage_output(model, p, stage)) for p in parts])


def top_images(
    model: Network, x: Tensor, stage: str, k: int = 9
) -> tuple[Tensor, Tensor]:
    """The k inputs among x (n, ...) that excite each channel of a stage most:
    their places in x and their strengths, both (channels, k), best first.

    Raises:
        ValueError: there is no such stage.
    """
    best = strengths(model, x, stage).topk(min(k, len(x)), dim=0)
    return best.indices.T, best.values.T


@dataclass(frozen=True)
class Climb:
    """How activation maximisation climbs.

    `steps` of Adam at `rate` (pixel values per step, of a range of 1);
    `jitter`: pixels by which the picture moves at random at each step, at
    most; `l2` and `tv`: weights of brightness and of roughness, per unit of
    the channel's strength.
    """

    steps: int = 100
    rate: float = 0.05
    jitter: int = 2
    l2: float = 0.1
    tv: float = 0.1


def maximised(
    model: Network,
    start: Tensor,
    stage: str,
    channel: int,
    how: Climb | None = None,
    seed: int = 0,
) -> Tensor:
    """Pictures (n, c, h, w) in [0, 1] that excite a channel, climbed to from
    `start`. Where a channel is silent there is no slope: such a picture is
    only made darker and smoother; start it from one of `top_images`.

    Raises:
        ValueError: no such stage or channel, or training mode.
    """
    how = how or Climb()
    check(model, start, stage, channel)
    chance = torch.Generator().manual_seed(seed)
    x = start.detach().clone().requires_grad_()
    adam = torch.optim.Adam([x], lr=how.rate)
    for _ in range(how.steps):
        reach = 2 * how.jitter + 1
        move = torch.randint(reach, (2,), generator=chance) - how.jitter
        moved = x.roll(tuple(move.tolist()), dims=(2, 3))
        strength = pooled(stage_output(model, moved, stage))[:, channel]
        cost = how.l2 * x.square().mean() + how.tv * roughness(x)
        # Samples do not meet, so each climbs on its own.
        loss = len(x) * cost - strength.sum()
        (x.grad,) = torch.autograd.grad(loss, x)
        adam.step()
        x.data.clamp_(0, 1)
    return x.detach()


def roughness(x: Tensor) -> Tensor:
    """Total variation of pictures x (n, c, h, w): the mean difference of
    neighbours, down plus across; a scalar."""
    return x.diff(dim=2).abs().mean() + x.diff(dim=3).abs().mean()


def stage_output(model: Network, x: Tensor, stage: str) -> Tensor:
    """The output of a stage for x (n, ...); later stages are not run.

    Raises:
        ValueError: there is no such stage.
    """
    stages = model.backbone.stages
    if stage not in stages:
        raise ValueError(
            f"There is no stage {stage!r}; the stages are: "
            f"{', '.join(stages)}."
        )
    for name, part in stages.items():
        x = part(x)
        if name == stage:
            break
    return x


def check(model: Network, x: Tensor, stage: str, channel: int) -> None:
    """Refuse what cannot be climbed.

    Raises:
        ValueError: no such stage or channel, or training mode.
    """
    if model.training:
        raise ValueError(
            "In training mode one picture changes the others' activations; "
            "call model.eval() first."
        )
    count = strengths(model, x[:1], stage).shape[1]
    if not 0 <= channel < count:
        raise ValueError(
            f"Stage {stage!r} has no channel {channel}; its channels are 0 "
            f"to {count - 1}."
        )
