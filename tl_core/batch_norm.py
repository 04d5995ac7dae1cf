r"""BatchNorm's part in a domain shift: which statistics are used.

A BatchNorm layer normalises by a mean and a variance that it gathered while
training. On another domain they no longer fit. Estimating them anew on
unlabelled samples of the domain at hand is AdaBN (Li et al. 2016,
arXiv:1603.04779); every method here that aligns domains is measured with the
statistics of the domain being measured, so AdaBN is their baseline.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from tl_core.backbones.base import Network

BATCH_NORM = (nn.BatchNorm1d, nn.BatchNorm2d)


def batch_norm_layers(model: nn.Module) -> list[nn.Module]:
    """Every BatchNorm layer of `model`, shallow to deep."""
    return [m for m in model.modules() if isinstance(m, BATCH_NORM)]


@torch.no_grad()
def with_statistics_of(model: Network, x: Tensor) -> Network:
    """A copy of `model`, in eval mode, with BatchNorm statistics of x.

    x is (n, ...) inputs of one domain, without labels. Weights are shared
    values, not shared memory; the given model does not change.
    """
    fitted = copy.deepcopy(model).eval()
    layers = batch_norm_layers(fitted)
    if not layers:
        return fitted
    for layer in layers:
        layer.reset_running_stats()  # type: ignore[operator]
        layer.momentum = None  # type: ignore[assignment]
        layer.train()
    fitted.features(x)
    return fitted.eval()
