r"""The exact Fisher diagonal in one pass, for readers who wait for it.

With $H = \mathrm{diag}(p) - p p^\top$, the Fisher information in the logits,
the diagonal of $J^\top H J$ is asked for, $J$ the Jacobian of the logits in
the weights. A root $H = S S^\top$ with one column fewer than classes makes it
a sum of squares of $J^\top s_c$. Each of these is, in a linear layer, the
product of what flowed back to its output and of what came in, so that all
columns go back through the network together and no gradient is kept (Dangel,
Kunstner and Hennig 2020, arXiv:1912.10985).

The same numbers as `fisher.exact` up to rounding; runs are measured with that
one, so that recorded runs can be repeated bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call, grad, vmap
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.hooks import RemovableHandle

from tl_core.analysis.fisher import Diagonal, check_still
from tl_core.datasets.base import Samples

AT_ONCE = 32
"""Samples that go through the network together."""


class Call(NamedTuple):
    """A module with weights of its own, its input (n, ...), its output."""

    path: str
    module: nn.Module
    x: Tensor
    out: Tensor


def exact(model: nn.Module, source: Samples) -> Diagonal:
    """Every class, weighted by its probability.

    Raises:
        ValueError: the model is in training mode, or a module in it with
            weights is used twice, or not at all.
    """
    check_still(model)
    total = {k: torch.zeros_like(p) for k, p in model.named_parameters()}
    for x in source.x.split(AT_ONCE):
        found = _squares(model, x)
        if found.keys() != total.keys():
            unused = ", ".join(total.keys() - found.keys())
            raise ValueError(f"The layers of {unused} are not used.")
        for name, f in found.items():
            total[name] += f / len(source)
    return total


def root(p: Tensor) -> Tensor:
    """S with S S' = diag(p) - p p', of probabilities p (n, classes); its
    columns first, (classes - 1, n, classes).

    diag(q) (I - q q') diag(q) with q = sqrt(p) of length 1; the reflection
    that takes q to the first axis takes the other axes to a basis of what is
    orthogonal to q.
    """
    q = p.sqrt()
    axes = torch.eye(p.shape[1], dtype=p.dtype, device=p.device)
    v = q + axes[0]
    back = v[:, None, 1:] / (1 + q[:, :1, None])
    basis = axes[:, 1:] - v[:, :, None] * back  # (n, classes, classes - 1)
    return (q[:, :, None] * basis).permute(2, 0, 1)


@torch.enable_grad()
def _squares(model: nn.Module, x: Tensor) -> Diagonal:
    """The sums over the samples x (n, ...), by parameter name."""
    # Only the written-out attention lets many columns back at once.
    with sdpa_kernel(SDPBackend.MATH), _heard(model) as calls:
        logits = model(x)
        columns = root(logits.detach().softmax(1))
        outs = [call.out for call in calls]
        flowed = torch.autograd.grad(
            logits, outs, columns, is_grads_batched=True
        )
    found: Diagonal = {}
    for call, g in zip(calls, flowed, strict=True):
        for name, f in _of(call, g).items():
            path = f"{call.path}.{name}" if call.path else name
            if path in found:
                raise ValueError(f"The layer {call.path} is used twice.")
            found[path] = f.detach()
    return found


@contextmanager
def _heard(model: nn.Module) -> Iterator[list[Call]]:
    """Note each call of a module that has weights of its own."""
    calls: list[Call] = []

    def listen(path: str, module: nn.Module) -> RemovableHandle:
        def hear(_: nn.Module, given: tuple[Tensor], out: Tensor) -> Tensor:
            if not out.requires_grad:  # behind frozen weights alone
                out.requires_grad_()
            calls.append(Call(path, module, given[0].detach(), out))
            return out.clone()  # what follows may change it in place

        return module.register_forward_hook(hear)

    handles = [
        listen(path, module)
        for path, module in model.named_modules()
        if next(module.parameters(recurse=False), None) is not None
    ]
    try:
        yield calls
    finally:
        for handle in handles:
            handle.remove()


def _of(call: Call, g: Tensor) -> Diagonal:
    """The sums of squares of a module's own weights, by name; g (columns, n,
    ...) is what flowed back to its output."""
    layer, x = call.module, call.x
    if type(layer) is nn.Linear:
        if x.dim() > 2:
            tokens = x.flatten(1, -2).mT, g.flatten(2, -2).mT
            return _products(*tokens, layer.bias)
        squares = g.square().sum(0)  # (n, outputs)
        weight = squares.T @ x.square()
        return _named(weight, squares.sum(0), layer.bias)
    if type(layer) is nn.Conv2d and _plain(layer):
        how: Any = layer.dilation, layer.padding, layer.stride
        patches = F.unfold(x, layer.kernel_size, *how)  # (n, entries, places)
        found = _products(patches, g.flatten(3), layer.bias)
        found["weight"] = found["weight"].view_as(layer.weight)
        return found
    return _one_by_one(layer, x, g)


def _plain(layer: nn.Conv2d) -> bool:
    """Whether it multiplies one matrix with every patch of its input."""
    zeros = layer.padding_mode == "zeros"
    return layer.groups == 1 and zeros and not isinstance(layer.padding, str)


def _products(x: Tensor, g: Tensor, bias: Tensor | None) -> Diagonal:
    """A linear map used at many places: x (n, inputs, places) came in, g
    (columns, n, outputs, places) flowed back. Sample by sample, for the
    products of one fit the processor's cache."""
    weight = x.new_zeros(g.shape[2], x.shape[1])
    for k, given in enumerate(x):
        products = g[:, k].flatten(0, 1) @ given.T
        weight += products.square_().unflatten(0, (len(g), -1)).sum(0)
    return _named(weight, g.sum(3).square().sum((0, 1)), bias)


def _named(weight: Tensor, shift: Tensor, bias: Tensor | None) -> Diagonal:
    return {"weight": weight} | ({} if bias is None else {"bias": shift})


def _one_by_one(module: nn.Module, x: Tensor, g: Tensor) -> Diagonal:
    """Any other module that takes one tensor and treats samples alike, such
    as a norm: its weights' gradients, one for each sample and column."""
    own = {k: p.detach() for k, p in module.named_parameters(recurse=False)}

    def along(own: Diagonal, x: Tensor, g: Tensor) -> Tensor:
        return (functional_call(module, own, (x[None],))[0] * g).sum()

    again = x.expand(len(g), *x.shape).flatten(0, 1)
    each = vmap(grad(along), in_dims=(None, 0, 0))(own, again, g.flatten(0, 1))
    return {name: e.square().sum(0) for name, e in each.items()}
