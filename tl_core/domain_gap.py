"""How far two domains lie apart, and what a source model makes of it.

This is what the shift designer shows while a slider moves; it trains nothing
but, once, the source model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor

from tl_core import catalog, checkpoints, evaluation, training
from tl_core.analysis.a_distance import proxy_a_distance
from tl_core.analysis.mmd import null_distribution
from tl_core.backbones.base import Network
from tl_core.datasets.base import Domain, DomainPair
from tl_core.device import device, use_one_thread
from tl_core.prefix import Prefix
from tl_core.spec import RunSpec

SAMPLES = 256
"""Test samples of each domain that are compared."""
PERMUTATIONS = 200
BINS = 30


@dataclass(frozen=True)
class Reading:
    """Test samples x (n, ...) of a domain, what each stage makes of them,
    (n, features), and the share that is read rightly."""

    x: Tensor
    stages: Mapping[str, Tensor]
    accuracy: float


_READERS: dict[str, Network] = {}
"""Source models by checkpoint: shifts of one source share theirs."""
_AT_HOME: WeakKeyDictionary[Network, Reading] = WeakKeyDictionary()
"""How source models read the source, which no shift changes."""
KEPT = 8


def measure(spec: RunSpec) -> dict[str, Any]:
    """Compare the domains of `spec.dataset` in the eyes of its source model.

    Returns plain data: `mmd` {stage: {value, null, p}}, where null is the
    95 % quantile of the unbiased MMD^2 among random relabellings,
    `a_distance` in [0, 2], `accuracy` {domain: share}, and histograms
    `pixels` and `features` {edges, source, target}.
    """
    use_one_thread()
    pair = look(spec)
    model = source_model(spec, pair)
    if model not in _AT_HOME:
        _AT_HOME[model] = read(model, pair.source)
    source, target = _AT_HOME[model], read(model, pair.target)
    zs, zt = source.stages, target.stages
    last = list(zs)[-1]
    return {
        "mmd": {stage: distance(zs[stage], zt[stage]) for stage in zs},
        "a_distance": proxy_a_distance(zs[last], zt[last]),
        "accuracy": {"source": source.accuracy, "target": target.accuracy},
        "pixels": histogram(source.x.flatten(), target.x.flatten()),
        "features": histogram(*on_one_axis(zs[last], zt[last])),
    }


def read(model: Network, domain: Domain) -> Reading:
    """How `model` reads the first test samples of a domain."""
    test = domain.test.first(SAMPLES)
    logits, stages = evaluation.read(model, Prefix(model, test.x), test.x)
    return Reading(test.x, stages, evaluation.accuracy(logits, test.y))


def look(spec: RunSpec) -> DomainPair:
    """The spec's pair; of a dataset that can, only as many target samples as
    are compared, so that a slider is answered at once."""
    dataset = catalog.create("datasets", spec.dataset, spec.dataset_params)
    if hasattr(dataset, "preview"):
        pair: DomainPair = dataset.preview(SAMPLES)
        return pair.to(device())
    return training.load_pair(spec, device())


def source_model(spec: RunSpec, pair: DomainPair) -> Network:
    """The network of `spec` after source training, for reading only."""
    key = checkpoints.key(spec, pair.source)
    if key not in _READERS:
        model = training.new_network(spec, pair).to(device())
        for _ in training.pretrain(spec, model, pair):
            pass
        if len(_READERS) >= KEPT:
            _READERS.pop(next(iter(_READERS)))
        _READERS[key] = model.eval()
    return _READERS[key]


def distance(zs: Tensor, zt: Tensor) -> dict[str, float]:
    """Unbiased MMD^2 of zs (n, d) and zt (m, d), its null quantile and the
    p-value of "same law"."""
    value, null = null_distribution(zs, zt, PERMUTATIONS)
    exceed = int((null >= value).sum())
    return {
        "value": value.item(),
        "null": null.quantile(0.95).item(),
        "p": (1 + exceed) / (1 + PERMUTATIONS),
    }


def on_one_axis(zs: Tensor, zt: Tensor) -> tuple[Tensor, Tensor]:
    """Both clouds (n, d) on the axis that separates them best (Fisher's
    linear discriminant), each (n,), centred between the two means."""
    pooled = torch.cat([zs - zs.mean(0), zt - zt.mean(0)]).double()
    cov = pooled.T @ pooled / len(pooled)
    cov += 0.1 * cov.diagonal().mean() * torch.eye(len(cov)).to(cov)
    gap = (zt.mean(0) - zs.mean(0)).double()
    axis = torch.linalg.solve(cov, gap)
    axis = axis / axis.norm().clamp(min=1e-12)
    middle = (zs.mean(0) + zt.mean(0)).double() / 2
    return (zs.double() - middle) @ axis, (zt.double() - middle) @ axis


def histogram(a: Tensor, b: Tensor) -> dict[str, np.ndarray]:
    """Shares of the values a and b (n,) in common bins."""
    low = min(a.min().item(), b.min().item())
    high = max(a.max().item(), b.max().item(), low + 1e-6)
    edges = np.linspace(low, high, BINS + 1)
    counts = [np.histogram(v.cpu().numpy(), edges)[0] for v in (a, b)]
    source, target = (c / c.sum() for c in counts)
    return {"edges": edges, "source": source, "target": target}
