r"""The filters a network learns first, seen as pictures and as waves.

An edge detector of orientation $\theta$ has its power on two spots of the
frequency plane, a blob around frequency zero, noise everywhere. How far
adaptation turned a filter is the cosine between its weights before and
after: first layers are the most general ones (Yosinski et al. 2014,
arXiv:1411.1792) and should turn least.
"""

from __future__ import annotations

import numpy as np
from torch import nn


def first_filters(model: nn.Module, side: int = 2) -> tuple[str, np.ndarray]:
    """The name of a network's first convolution whose filters are at least
    `side` pixels wide, and its weights (n, channels, k, k).

    Raises:
        ValueError: there is no such convolution.
    """
    for name, module in model.named_modules():
        if isinstance(module, nn.Conv2d) and module.kernel_size[0] >= side:
            weights = module.weight.detach().cpu().double().numpy()
            return name, np.asarray(weights)
    raise ValueError(
        f"This network has no convolution of at least {side} x {side} pixels "
        "to look at; choose another backbone."
    )


def log_spectrum(filters: np.ndarray, size: int = 32) -> np.ndarray:
    """log10 of the power of filters (n, c, k, k), summed over c and padded
    with zeros, (n, size, size); frequency 0 in the middle of
    `np.fft.fftshift(np.fft.fftfreq(size))` cycles per pixel."""
    power = np.abs(np.fft.fft2(filters, s=(size, size))) ** 2
    shifted = np.fft.fftshift(power.sum(1), axes=(1, 2))
    return np.asarray(np.log10(shifted + 1e-12))


def main_pattern(filters: np.ndarray) -> np.ndarray:
    """The one pattern that is nearest to all channels of filters
    (n, c, k, k), each times a number of its own, (n, k, k): the leading
    singular vector, as large as the channels' common part."""
    n, c, k, _ = filters.shape
    left, size, right = np.linalg.svd(
        filters.reshape(n, c, k * k), full_matrices=False
    )
    sign = np.where(left[:, :, 0].sum(1) < 0, -1.0, 1.0)
    return np.asarray((sign * size[:, 0])[:, None] * right[:, 0]).reshape(
        n, k, k
    )


def turned(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Cosine between each filter (n, c, k, k) before and after, (n,): 1 where
    it kept its direction, about 0 for unrelated ones."""
    a, b = (f.reshape(len(f), -1) for f in (before, after))
    size = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return np.asarray((a * b).sum(1) / np.maximum(size, 1e-12))
