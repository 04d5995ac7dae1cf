"""What one step of training holds in memory, tensor by tensor."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor

from tl_core import catalog, training
from tl_core.backbones.base import Network
from tl_core.datasets.base import Samples
from tl_core.device import device, use_one_thread
from tl_core.domain_gap import source_model
from tl_core.feed import visible_pair
from tl_core.spec import RunSpec
from tl_core.strategies.base import Batch, ParamGroup, Strategy


def held(spec: RunSpec) -> dict[str, int]:
    """Bytes of the tensors that exist after one step of a strategy: of
    `weights` (buffers too), `gradients`, the `optimiser` (Adam), and of the
    `activations`, all that was kept for the backward pass; and the counts
    `total` and `trained` of numbers."""
    pair = training.load_pair(spec, device())
    use_one_thread()
    model = copy.deepcopy(source_model(spec, pair))
    strategy: Strategy = catalog.create(
        "strategies", spec.strategy, spec.strategy_params
    )
    visible = visible_pair(spec, pair)
    groups = strategy.setup(model, visible)
    assert isinstance(visible.target, Samples)
    few = visible.target.first(spec.batch_size)
    batch = Batch(few.x[:0], few.y[:0], few.x.clone(), few.y.clone(), 0.0)
    return {
        **one_step(model.train(), strategy, groups, batch),
        **counts(model),
    }


def counts(model: Network) -> dict[str, int]:
    """Numbers in all, and numbers that are trained."""
    found = model.parameter_counts()
    return {name: found[name] for name in ("total", "trained")}


def one_step(
    model: Network,
    strategy: Strategy,
    groups: list[ParamGroup],
    batch: Batch,
) -> dict[str, int]:
    """Take it, and count."""
    loss, kept = kept_by(model, strategy, batch)
    loss.backward()
    optimiser = torch.optim.AdamW([{"params": g["params"]} for g in groups])
    optimiser.step()
    state = [
        value
        for values in optimiser.state.values()
        for value in values.values()
        if isinstance(value, Tensor)
    ]
    grads = [p.grad for p in model.parameters() if p.grad is not None]
    return {
        "weights": size([*model.parameters(), *model.buffers()]),
        "gradients": size(grads),
        "optimiser": size(state),
        "activations": kept,
    }


def kept_by(
    model: Network, strategy: Strategy, batch: Batch
) -> tuple[Tensor, int]:
    """The loss of a batch, and the bytes that autograd keeps for it beside
    the weights; what two layers keep together counts once."""
    own = {where(t) for t in [*model.parameters(), *model.buffers()]}
    kept: dict[int, int] = {}

    def note(tensor: Tensor) -> Tensor:
        if where(tensor) not in own:
            kept[where(tensor)] = tensor.untyped_storage().nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda kept: kept):
        terms = strategy.loss(model, batch)
        loss = torch.stack(list(terms.values())).sum()
    return loss, sum(kept.values())


def where(tensor: Tensor) -> int:
    """The place of a tensor's storage, the same for all its views."""
    return tensor.untyped_storage().data_ptr()


def size(tensors: list[Any]) -> int:
    """Bytes."""
    return sum(t.numel() * t.element_size() for t in tensors)
