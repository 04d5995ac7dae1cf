"""Small runs of any strategy, and their weights.

A strategy's own test file `test_KEY.py` may define `EFFECTS`, another value
for each of its knobs, and `TOY`, settings of a run that it can serve (tokens,
for example); the tests of every strategy then cover it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from tests.conftest import toy
from tl_core import catalog, training
from tl_core.card import Sees
from tl_core.datasets.base import DomainPair
from tl_core.spec import RunSpec
from tl_core.training import load_pair, new_network

CPU = torch.device("cpu")
TOKENS = {
    "dataset": "mnist_to_optdigits",
    "backbone": "vit_tiny",
    "backbone.patches": 2,
    "backbone.width": 8,
    "backbone.depth": 2,
    "backbone.heads": 2,
    "pretrain_steps": 8,
    "steps": 8,
    "batch_size": 16,
}
"""A run for strategies that work on the tokens of a transformer."""
ALL = catalog.keys("strategies")


def sees(key: str) -> Sees:
    return catalog.entry("strategies", key).card.sees


UNSUPERVISED = [k for k in ALL if sees(k) is Sees.UNLABELLED_TARGET]
SUPERVISED = [k for k in ALL if sees(k) is not Sees.UNLABELLED_TARGET]


def said_by(key: str, name: str) -> dict[str, Any]:
    """`name` of the strategy's own test file, {} when there is none."""
    if not (Path(__file__).parent / f"test_{key}.py").is_file():
        return {}
    return getattr(import_module(f"tests.strategies.test_{key}"), name, {})


def spec_for(key: str, **settings: object) -> RunSpec:
    """A run of a fraction of a second that the strategy can serve."""
    own = said_by(key, "TOY") or {"backbone.norm": "batch"}
    return toy(key, **{**own, **settings})


def adapted(
    spec: RunSpec, change: Callable[[DomainPair], DomainPair] = lambda p: p
) -> dict[str, torch.Tensor]:
    """The weights and buffers after a run, on a changed pair."""
    pair = change(load_pair(spec, CPU))
    model = new_network(spec, pair)
    training.use_threads()
    if catalog.entry("strategies", spec.strategy).card.pretrained:
        list(training.pretrain(spec, model, pair))
    list(training.adapt(spec, model, pair))
    return {k: v.clone() for k, v in model.state_dict().items()}


def equal(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[k], b[k]) for k in a)
