r"""Where did the network look? Grad-CAM at one of its stages.

With A the outputs of a stage, channel by channel over the places of a map,
and y_c the logit of a class,

$$\alpha_k = \frac{1}{P} \sum_{p} \frac{\partial y_c}{\partial A_{kp}},
\qquad M_p = \mathrm{ReLU}\Big( \sum_k \alpha_k A_{kp} \Big)$$

M is high at places whose features speak for the class (Selvaraju et al.
2017, arXiv:1610.02391). In a transformer the places are its tokens.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from tl_core.backbones.base import Network


def grad_cam(model: Network, x: Tensor, stage: str, classes: Tensor) -> Tensor:
    """M, at least 0, for inputs x (n, ...) and the class of each, (n,).

    (n, h, w) where the stage gives maps, (n, tokens) where it gives tokens;
    in units of the logit. The network has to be in eval mode, so that no
    sample's map depends on another's.

    Raises:
        ValueError: no such stage, one without places, or training mode.
    """
    a, logits = split_pass(model, x, stage)
    chosen = logits.gather(1, classes[:, None]).sum()
    (slope,) = torch.autograd.grad(chosen, a)
    # Channels first: (n, channels, places...).
    a, slope = (by_channel(z) for z in (a.detach(), slope))
    alpha = slope.flatten(2).mean(2)  # (n, channels)
    return torch.einsum("nk,nk...->n...", alpha, a).relu()


def split_pass(model: Network, x: Tensor, stage: str) -> tuple[Tensor, Tensor]:
    """A stage's output for x (n, ...), and the logits (n, classes) as a
    function of it.

    Raises:
        ValueError: no such stage, one without places, or training mode.
    """
    if model.training:
        raise ValueError(
            "In training mode one sample's map depends on the others; call "
            "model.eval() first."
        )
    a, z = torch.empty(0), x
    with torch.no_grad():
        shapes = {k: v.dim() for k, v in model.stage_features(x[:1]).items()}
    known = [name for name, dims in shapes.items() if dims > 2]
    if stage not in known:
        raise ValueError(
            f"There is no map at a stage {stage!r}; stages with places are: "
            f"{', '.join(known) or 'none'}."
        )
    for name, part in model.backbone.stages.items():
        z = part(z)
        if name == stage:
            a = z = z.detach().requires_grad_()
    return a, model.head(z)


def by_channel(z: Tensor) -> Tensor:
    """Maps (n, c, h, w) as they are, tokens (n, t, d) as (n, d, t)."""
    return z.mT if z.dim() == 3 else z


def enlarged(maps: Tensor, height: int, width: int) -> Tensor:
    """Maps (n, h, w) at the size of the input, (n, height, width), bilinear;
    each divided by its largest value, so in [0, 1]."""
    size = (height, width)
    large = F.interpolate(
        maps[:, None], size=size, mode="bilinear", align_corners=False
    )[:, 0]
    top = large.flatten(1).amax(1).clamp(min=1e-12)
    return large / top[:, None, None]


def token_grid(maps: Tensor) -> Tensor:
    """Values of tokens (n, tokens) on the square of their patches,
    (n, side, side); a class token in front is left out.

    Raises:
        ValueError: neither all tokens nor all but the first fill a square.
    """
    for start in (0, 1):
        patches = maps[:, start:]
        side = round(patches.shape[1] ** 0.5)
        if side * side == patches.shape[1]:
            return patches.unflatten(1, (side, side))
    raise ValueError(
        f"{maps.shape[1]} tokens, with or without the first, are no square "
        "of patches; give one value for each patch."
    )
