"""Runs cut open, so that a part of one can be timed beside a bare loop."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch

from tl_core import catalog, events, training
from tl_core.backbones.base import Network
from tl_core.batch_norm import set_switches
from tl_core.datasets.base import DomainPair, VisiblePair
from tl_core.descent import batches, descend
from tl_core.feed import visible_pair
from tl_core.prefix import Prefix
from tl_core.spec import RunSpec, spec_from_settings
from tl_core.strategies.base import Batch, ParamGroup, Strategy

CPU = torch.device("cpu")
PAIR = {"dataset": "mnist_to_optdigits", "backbone": "convnet"}


@dataclass
class Start:
    """What a run has just before its first step of adaptation."""

    spec: RunSpec
    pair: DomainPair
    visible: VisiblePair
    model: Network
    strategy: Strategy
    groups: list[ParamGroup]


def spec_of(strategy: str, **more: object) -> RunSpec:
    """A run on the first pair, without source training, whose result the
    speed does not depend on."""
    plain = {**PAIR, "pretrain_steps": 0, "strategy": strategy}
    return spec_from_settings({**plain, **more})


def started(spec: RunSpec, where: torch.device = CPU) -> Start:
    """A run up to its first step, as `training.adapt` does it."""
    pair = training.load_pair(spec, where)
    model = training.new_network(spec, pair).to(where)
    strategy = catalog.create(
        "strategies", spec.strategy, spec.strategy_params
    )
    visible = visible_pair(spec, pair)
    groups = strategy.setup(model, visible)
    set_switches(model, spec.backbone_params)
    return Start(spec, pair, visible, model, strategy, groups)


def trained(spec: RunSpec, where: torch.device = CPU) -> Callable[[], Network]:
    """The trainer with all it tells, every event written as a line of JSON,
    but without what is measured on held-out samples."""
    start = started(spec, where)

    def work() -> Network:
        model, groups = again(start)
        prefix = Prefix(model, start.visible.target.x)
        prefix.follow()
        loss = training.objective(
            spec, start.strategy, model, start.visible, prefix
        )
        for event in descend(
            model, groups, loss, spec.steps, spec.lr, "adapt"
        ):
            events.to_json(event)
        prefix.end()
        return model

    return work


def again(start: Start) -> tuple[Network, list[ParamGroup]]:
    """A copy of the network, and the groups of its own parameters."""
    model = copy.deepcopy(start.model)
    twins = dict(
        zip(start.model.parameters(), model.parameters(), strict=True)
    )
    groups: list[ParamGroup] = [
        {"params": [twins[p] for p in g["params"]], "lr_scale": g["lr_scale"]}
        for g in start.groups
    ]
    return model, groups


def bare(spec: RunSpec, where: torch.device = CPU) -> Callable[[], Network]:
    """The loop one writes by hand: samples in memory, the same losses and
    optimiser, every stage run at every step, and nothing told."""
    start = started(spec, where)

    def work() -> Network:
        model, groups = again(start)
        optimiser = torch.optim.AdamW(
            [{"params": g["params"]} for g in groups], weight_decay=0.0
        )
        model.train()
        for step, batch in enumerate(in_memory(start)):
            cosine = (1 + math.cos(math.pi * step / spec.steps)) / 2
            for own, group in zip(optimiser.param_groups, groups, strict=True):
                own["lr"] = spec.lr * group["lr_scale"] * cosine
            optimiser.zero_grad()
            sum(start.strategy.loss(model, batch).values()).backward()
            optimiser.step()
        return model

    return work


def in_memory(start: Start) -> Iterator[Batch]:
    """The batches of the run, by indexing."""
    spec, s, t = start.spec, start.visible.source, start.visible.target
    size, steps = spec.batch_size, spec.steps
    order_s = batches(len(s), size, steps, spec.seed + 2)
    order_t = batches(len(t), size, steps, spec.seed + 3)
    labels = getattr(t, "y", None)
    for step in range(steps):
        i, j = order_s[step], order_t[step]
        if labels is None:
            yield Batch(s.x[i], s.y[i], t.x[j], None, step / steps)
        else:
            few = s.x[:0], s.y[:0]
            yield Batch(*few, t.x[j], labels[j], step / steps)
