r"""Low-rank adapters around layers that stay as they are (LoRA).

A layer $y = W_0 x$ becomes $y = W_0 x + \frac{\alpha}{r} B A x$ with
$A$ of shape (r, inputs) and $B$ of shape (outputs, r). $A$ starts Gaussian
with variance 1 / inputs, $B$ at zero: so nothing changes at first, the first
gradient of $A$ is zero and that of $B$ is not. A convolution is the matrix
(outputs, channels k k) that it multiplies patches with; then $A$ is a k x k
convolution to r channels and $B$ a 1 x 1 one. With groups, all groups share
$A$, so the rank of the change stays at most r.

E. Hu et al. (2022), LoRA: Low-Rank Adaptation of Large Language Models,
ICLR, arXiv:2106.09685.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import cast

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tl_core.events import Array, ArraysTaken


class LowRank(nn.Module):
    """One adapter of one layer: dW = scale * b a, scale = alpha / r.

    a (r, inputs), b (outputs, r); inputs counts the entries of a filter.
    """

    def __init__(self, weight: Tensor, rank: int, alpha: float) -> None:
        super().__init__()
        inputs = weight[0].numel()
        start = torch.randn(rank, inputs) / inputs**0.5
        self.a = nn.Parameter(start.to(weight))
        self.b = nn.Parameter(torch.zeros(len(weight), rank).to(weight))
        self.scale = alpha / rank

    def delta(self) -> Tensor:
        """dW (outputs, inputs)."""
        return self.b @ self.a * self.scale


class LoRALinear(nn.Module):
    """W0 x + (alpha / r) B A x by the active one of some named adapters.

    `active` is a name, or "" for W0 alone. `pristine` is W0 while dW is
    merged into `base`, so that unmerging is exact.
    """

    pristine: Tensor | None

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base
        self.adapters = nn.ModuleDict()
        self.active = ""
        self.register_buffer("pristine", None, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """x (..., inputs) to (..., outputs)."""
        y, low = self.base(x), acting(self)
        if low is None:
            return y
        return y + F.linear(F.linear(x, low.a), low.b) * low.scale


class LoRAConv2d(nn.Module):
    """The same for a convolution, with its own stride, padding, padding
    mode, dilation and groups."""

    pristine: Tensor | None

    def __init__(self, base: nn.Conv2d) -> None:
        super().__init__()
        self.base = base
        self.adapters = nn.ModuleDict()
        self.active = ""
        self.register_buffer("pristine", None, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """x (batch, channels, h, w) to the shape that `base` gives."""
        y, low, groups = self.base(x), acting(self), self.base.groups
        if low is None:
            return y
        a = low.a.view(-1, *self.base.weight.shape[1:])  # (r, c, k, k)
        b = low.b[:, :, None, None]  # (outputs, r, 1, 1)
        # The base's own way of padding; every group reads its channels with A.
        z = self.base._conv_forward(x, a.repeat(groups, 1, 1, 1), None)
        return y + F.conv2d(z, b, groups=groups) * low.scale


LoRA = LoRALinear | LoRAConv2d
WRAPPERS: dict[type, Callable[..., nn.Module]] = {
    nn.Linear: LoRALinear,
    nn.Conv2d: LoRAConv2d,
}


def factors(layer: LoRA, name: str) -> LowRank:
    """The layer's adapter of that name."""
    return cast(LowRank, layer.adapters[name])


def acting(layer: LoRA) -> LowRank | None:
    """The adapter to add to `base`; None when off, or merged already."""
    if layer.active == "" or layer.pristine is not None:
        return None
    return factors(layer, layer.active)


def adaptable(model: nn.Module) -> list[str]:
    """The paths of the layers that can carry an adapter, in order.

    Their exact types alone: a layer whose own `forward` is never called,
    such as the output layer inside torch's MultiheadAttention, would carry
    an adapter without effect.
    """
    return [n for n, m in model.named_modules() if type(m) in WRAPPERS]


def wrap(model: nn.Module, paths: Collection[str]) -> None:
    """Put the layers at `paths` inside LoRA layers, in place."""
    for path in paths:
        parent, _, name = path.rpartition(".")
        base = model.get_submodule(path)
        layer = WRAPPERS[type(base)](base)
        setattr(model.get_submodule(parent), name, layer)


def layers(model: nn.Module) -> Iterator[tuple[str, LoRA]]:
    """Each LoRA layer with its path."""
    for path, module in model.named_modules():
        if isinstance(module, LoRA):
            yield path, module


def add(model: nn.Module, name: str, rank: int, alpha: float) -> None:
    """Give every LoRA layer a new adapter, and use it."""
    for _, layer in layers(model):
        layer.adapters[name] = LowRank(layer.base.weight, rank, alpha)
    use(model, name)


@torch.no_grad()
def use(model: nn.Module, name: str) -> None:
    """Switch to the adapter `name`, or with "" to the network without.

    Raises:
        KeyError: a layer has no adapter of that name.
    """
    unmerge(model)
    for path, layer in layers(model):
        if name and name not in layer.adapters:
            known = ", ".join(layer.adapters) or "none"
            raise KeyError(
                f"{path} has no adapter {name!r}; its adapters: {known}."
            )
        layer.active = name


@torch.no_grad()
def merge(model: nn.Module) -> None:
    """Write W0 + dW into the layers: the same answers, at no extra cost.

    Raises:
        ValueError: a dW is not finite.
    """
    for path, layer in layers(model):
        low = acting(layer)
        if low is None:
            continue
        delta = low.delta()
        if not delta.isfinite().all():
            raise ValueError(
                f"The adapter {layer.active!r} of {path} holds numbers that "
                "are not finite; train again with a smaller learning rate."
            )
        weight = layer.base.weight
        layer.pristine = weight.detach().clone()
        weight += delta.view(weight.shape)


@torch.no_grad()
def unmerge(model: nn.Module) -> None:
    """Put W0 back, bit for bit."""
    for _, layer in layers(model):
        if layer.pristine is not None:
            layer.base.weight.copy_(layer.pristine)
            layer.pristine = None


@torch.no_grad()
def picture(model: nn.Module, step: int) -> ArraysTaken:
    """What the active adapters did: `layers`, their paths as UTF-8 text, a
    line each; `scale` (1,) = alpha / r; `update` (layers,) = |dW| / |W0|;
    `singular` (layers, r), the singular values of dW."""
    text, update, singular = [], [], []
    for path, layer in layers(model):
        low = factors(layer, layer.active)
        delta, rank = low.delta().float(), len(low.a)
        values = torch.linalg.svdvals(delta)[:rank]
        text.append(path)
        update.append(delta.norm() / layer.base.weight.norm())
        singular.append(F.pad(values, (0, rank - len(values))))
    arrays = {
        "layers": np.frombuffer("\n".join(text).encode(), np.uint8),
        "scale": np.array([low.scale]),
        "update": torch.stack(update).cpu().numpy(),
        "singular": torch.stack(singular).cpu().numpy(),
    }
    return ArraysTaken(
        "lora", step, {k: Array.of(v) for k, v in arrays.items()}
    )
