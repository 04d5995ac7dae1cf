"""Of what rank is the change that full fine-tuning makes?

LoRA supposes that it is low (Hu et al. 2022, arXiv:2106.09685, section 7.2).
A random matrix of the same shape is the control: a matrix with few rows has
few singular values whatever is in it.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tl_core import adapters, checkpoints, training
from tl_core.backbones.base import Network
from tl_core.card import SpecError
from tl_core.datasets.base import DomainPair
from tl_core.device import device, use_one_thread
from tl_core.domain_gap import source_model
from tl_core.evaluation import accuracy, logits_of
from tl_core.events import PhaseStarted, StepDone
from tl_core.neighbourhood import reached
from tl_core.spec import RunSpec

DRAWN = 50
"""Random matrices behind a control."""
MOMENTS = (0, 0.015, 0.03, 0.06, 0.1, 0.17, 0.25, 0.35, 0.5, 0.65, 0.8, 1)
"""Shares of an adaptation at which LoRA's factors are kept: more at first,
when they grow fastest."""
TIMES = (0, 0.25, 0.5, 0.75, 1, 1.5, 2)
"""What a learnt change is multiplied by at the end."""


def changes(spec: RunSpec) -> list[dict[str, Any]]:
    """What adaptation, run anew, did to each layer that LoRA can adapt:
    `layer`, `shape` (d, k) of its weight as a matrix, `size` |dW| / |W0|,
    and by rank 1, 2, ... the share of |dW|^2 that the best approximation of
    that rank `keeps`, and that of a random matrix, `chance`.

    Raises:
        SpecError: the strategy changes the network's form.
    """
    pair = training.load_pair(spec, device())
    start, end = source_model(spec, pair), reached(spec, pair)
    before, after = weights(start), weights(end)
    found = []
    for layer, w0 in before.items():
        delta = after[layer] - w0
        found.append(
            {
                "layer": layer.removeprefix("backbone.stages."),
                "shape": list(delta.shape),
                "size": (delta.norm() / w0.norm()).item(),
                "keeps": kept(delta).tolist(),
                "chance": chance(*delta.shape).tolist(),
            }
        )
    return found


def weights(model: nn.Module) -> dict[str, Tensor]:
    """Each adaptable layer's weight as a matrix (d, k), as LoRA sees it."""
    modules = dict(model.named_modules())
    found = {}
    for path in adapters.adaptable(model):
        weight = modules[path].weight
        assert isinstance(weight, Tensor)
        found[path] = weight.detach().flatten(1).double().cpu()
    return found


def kept(delta: Tensor) -> Tensor:
    """The share of |delta|^2 within the first 1, 2, ... singular directions
    of delta (d, k), (min(d, k),): Eckart and Young (1936)."""
    power = torch.linalg.svdvals(delta).square()
    return power.cumsum(0) / power.sum().clamp(min=1e-30)


def chance(d: int, k: int, seed: int = 0) -> Tensor:
    """`kept` of a matrix (d, k) of independent normal entries, the mean of
    DRAWN."""
    generator = torch.Generator().manual_seed(seed)
    drawn = [
        kept(torch.randn(d, k, generator=generator, dtype=torch.float64))
        for _ in range(DRAWN)
    ]
    return torch.stack(drawn).mean(0)


def grown(spec: RunSpec) -> dict[str, np.ndarray]:
    """LoRA's factors while a network adapts, run anew: at `steps` (t,) the
    matrices `a <layer>` (t, r, k) and `b <layer>` (t, d, r), the `size
    <layer>` (t,) of dW beside W0, |s B A| / |W0|, and the shares of all test
    samples that are read rightly, `source` and `target` (t,). At the end the
    change is scaled by `times` (n,): `source_by` and `target_by` (n,).
    `alpha` and `key`, the checkpoint of W0, are kept too.

    Raises:
        SpecError: the spec is not LoRA.
    """
    if spec.strategy != "lora":
        raise SpecError("Only LoRA has factors A and B to watch.")
    pair = training.load_pair(spec, device())
    model = copy.deepcopy(source_model(spec, pair))
    use_one_thread()
    steps = sorted({round(share * spec.steps) for share in MOMENTS})
    rows = []
    for event in training.adapt(spec, model, pair):
        if isinstance(event, PhaseStarted):
            rows.append(seen(model, pair))
        if isinstance(event, StepDone) and event.step in steps:
            rows.append(seen(model, pair))
    film = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
    return {
        "steps": np.array(steps),
        **film,
        **strengths(model, pair),
        "alpha": np.array(spec.strategy_params["alpha"]),
        "key": np.array(checkpoints.key(spec, pair.source)),
    }


def seen(model: Network, pair: DomainPair) -> dict[str, np.ndarray]:
    """One moment of `grown`."""
    found = {}
    for path, layer in adapters.layers(model):
        low, name = adapters.acting(layer), called(path)
        assert low is not None
        a, b, size = low.a, low.b, low.delta().norm()
        found[f"a {name}"] = a.detach().cpu().numpy().copy()
        found[f"b {name}"] = b.detach().cpu().numpy().copy()
        share = size / layer.base.weight.norm()
        found[f"size {name}"] = share.detach().cpu().numpy()
    return {**found, **shares(model, pair)}


def called(path: str) -> str:
    """The stage that a layer's path lies in, or the whole path where a stage
    has many layers."""
    name = path.removeprefix("backbone.stages.")
    stage, _, rest = name.partition(".")
    return stage if rest.count(".") == 0 else name


def shares(model: Network, pair: DomainPair) -> dict[str, np.ndarray]:
    """The share of each domain's test samples that is read rightly."""
    model.eval()
    start, model.backbone.start = model.backbone.start, 0
    tests = {"source": pair.source.test, "target": pair.target.test}
    found = {
        name: np.array(accuracy(logits_of(model, test.x), test.y))
        for name, test in tests.items()
    }
    model.backbone.start = start
    return found


def strengths(model: Network, pair: DomainPair) -> dict[str, np.ndarray]:
    """What the adapted network reads when its change is scaled by `times`."""
    lows = [adapters.acting(layer) for _, layer in adapters.layers(model)]
    given = [low.scale for low in lows if low is not None]
    rows = []
    for times in TIMES:
        for low, scale in zip(lows, given, strict=True):
            assert low is not None
            low.scale = scale * times
        rows.append(shares(model, pair))
    return {
        "times": np.array(TIMES),
        **{f"{k}_by": np.stack([row[k] for row in rows]) for k in rows[0]},
    }
