r"""BatchNorm's part in a domain shift: which statistics are used.

A BatchNorm layer normalises by a mean and a variance that it gathered while
training. On another domain they no longer fit. Estimating them anew on
unlabelled samples of the domain at hand is AdaBN (Li et al. 2016,
arXiv:1603.04779); every method here that aligns domains is measured with the
statistics of the domain being measured, so AdaBN is their baseline.

While a network is adapted three things are decided, each by a switch of its
own that some backbones have as a knob: `affine`, whether scale and shift are
trained; `running`, whether the gathered statistics follow the batches;
`normalise_by`, which statistics a training batch is normalised by. Frozen
layers are in evaluation mode and stay as they are whatever the switches say.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tl_core.backbones.base import Network
from tl_core.card import Scalar

BATCH_NORM = (nn.BatchNorm1d, nn.BatchNorm2d)
SWITCHES = ("affine", "running", "normalise_by")
"""Knobs of a backbone that act while it is adapted, and only then."""


def batch_norm_layers(model: nn.Module) -> list[nn.Module]:
    """Every BatchNorm layer of `model`, shallow to deep."""
    return [m for m in model.modules() if isinstance(m, BATCH_NORM)]


def with_statistics_of(model: Network, x: Tensor) -> Network:
    """A copy of `model`, in eval mode, with BatchNorm statistics of x.

    x is (n, ...) inputs of one domain, without labels. Weights are shared
    values, not shared memory; the given model does not change.
    """
    return fitted_to(model, x)[0]


@torch.no_grad()
def fitted_to(model: Network, x: Tensor) -> tuple[Network, Tensor]:
    """`with_statistics_of`, and the features z (n, width) of x itself, which
    the same pass gives."""
    fitted = copy.deepcopy(model).eval()
    for layer in batch_norm_layers(fitted):
        layer.reset_running_stats()  # type: ignore[operator]
        layer.momentum = None  # type: ignore[assignment]
        layer.train()
    z = fitted.features(x)
    return fitted.eval(), z


def set_switches(model: Network, knobs: Mapping[str, Scalar]) -> None:
    """Set the three switches on every BatchNorm layer of the backbone, in
    place; `knobs` are the backbone's, one that is not there means the usual:
    trained, updated, by the batch."""
    freeze_affine(model, knobs)
    for layer in batch_norm_layers(model.backbone):
        if knobs.get("running") == "keep":
            # running <- (1 - momentum) running + momentum batch
            layer.momentum = 0.0  # type: ignore[assignment]
        if knobs.get("normalise_by") == "running":
            layer.register_forward_hook(by_running)


def freeze_affine(model: Network, knobs: Mapping[str, Scalar]) -> None:
    """Freeze scale and shift, in place, where `affine` says so; again after
    a strategy thawed something."""
    if knobs.get("affine") == "freeze":
        for layer in batch_norm_layers(model.backbone):
            for parameter in layer.parameters():
                parameter.requires_grad_(False)
                parameter.grad = None


def by_running(
    layer: nn.Module, inputs: tuple[Tensor], output: Tensor
) -> Tensor:
    """A BatchNorm layer's output with its running statistics in the place of
    the batch's, which, if they are updated, they have just taken in."""
    if not layer.training:
        return output
    assert isinstance(layer, BATCH_NORM)
    assert layer.running_mean is not None
    assert layer.running_var is not None
    # Copies: the next forward pass moves the buffers before the gradient of
    # this one is taken.
    mean, variance = layer.running_mean.clone(), layer.running_var.clone()
    scale, shift = layer.weight, layer.bias
    return F.batch_norm(inputs[0], mean, variance, scale, shift, eps=layer.eps)
