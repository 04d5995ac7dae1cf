"""What each stage of a network is made of, and what training keeps of it.

The backward pass needs some of what the forward pass computed: autograd is
asked, tensor by tensor, for every number of frozen stages. A frozen stage
keeps nothing, unless a stage before it is trained (T. Chen et al. 2016,
arXiv:1604.06174, on what is kept and what could be computed again).
"""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor

from tl_core import training
from tl_core.backbones.base import Network
from tl_core.device import device, use_one_thread
from tl_core.memory_lesson import where
from tl_core.spec import RunSpec
from tl_core.strategies.base import cross_entropy

FEW, MORE = 2, 4
"""Samples of two batches: by their difference it is known what a sample
costs, apart from what is kept once, such as BatchNorm's statistics."""
HEAD = "head"


def anatomy(spec: RunSpec) -> dict[str, Any]:
    """The network of a spec, stage by stage; see `dissected`."""
    pair = training.load_pair(spec, device())
    use_one_thread()
    model = training.new_network(spec, pair).to(device())
    return dissected(model, pair.target.train.x[:MORE].clone())


def dissected(model: Network, x: Tensor) -> dict[str, Any]:
    """A network that reads x (MORE, ...), as plain data.

    `stages`: of each, and last of the head, its name, how many `parameters`
    it has and the `shape` of its output for one sample. `trained` and `kept`:
    a row for every number of frozen stages, 0 to all; in it, for each stage,
    the parameters that are trained and the bytes that are kept for the
    backward pass of one sample.
    """
    frozen = [
        frozen_to(model, k) for k in range(len(model.backbone.stages) + 1)
    ]
    return {
        "stages": described(model, x),
        "trained": [[_trained(part) for part in parts(m)] for m in frozen],
        "kept": [of_one_sample(m, x) for m in frozen],
    }


def parts(model: Network) -> list[torch.nn.Module]:
    """The stages, shallow to deep, and the head."""
    return [*model.backbone.stages.values(), model.head]


def frozen_to(model: Network, stages: int) -> Network:
    """A copy whose first stages are frozen, as partial fine-tuning does."""
    twin = copy.deepcopy(model)
    for stage in list(twin.backbone.stages.values())[:stages]:
        twin.freeze(stage)
    return twin


def _trained(part: torch.nn.Module) -> int:
    return sum(p.numel() for p in part.parameters() if p.requires_grad)


@torch.no_grad()
def described(model: Network, x: Tensor) -> list[dict[str, Any]]:
    """Name, parameters and output shape of every part."""
    outs = copy.deepcopy(model).eval().backbone.stage_features(x[:1])
    shapes = {name: list(z.shape[1:]) for name, z in outs.items()}
    shapes[HEAD] = [model.head.out_features]
    return [
        {
            "name": name,
            "parameters": sum(p.numel() for p in part.parameters()),
            "shape": shapes[name],
        }
        for name, part in zip(shapes, parts(model), strict=True)
    ]


def of_one_sample(model: Network, x: Tensor) -> list[int]:
    """Bytes kept of one sample, stage by stage; the loss is the head's."""
    few, more = (kept(model, x[:n].clone()) for n in (FEW, MORE))
    return [(b - a) // (MORE - FEW) for a, b in zip(few, more, strict=True)]


def kept(model: Network, x: Tensor) -> list[int]:
    """Bytes that autograd keeps of a batch x (b, ...) in each stage, and
    last in the head and the loss, beside the weights; what two stages keep
    together counts once, in the first."""
    model = copy.deepcopy(model).train()
    seen = {where(t) for t in [*model.parameters(), *model.buffers()]}
    found = [0]

    def note(tensor: Tensor) -> Tensor:
        if where(tensor) not in seen:
            seen.add(where(tensor))
            found[-1] += tensor.untyped_storage().nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda saved: saved):
        z = x
        for stage in model.backbone.stages.values():
            z = stage(z)
            found.append(0)
        labels = torch.zeros(len(x), dtype=torch.int64, device=x.device)
        # The graph has to live until all is counted: what it lets go of
        # would make room for other tensors at the same place.
        loss = cross_entropy(model.head(model.dropout(z)), labels)
    assert loss.requires_grad
    return found
