"""What only a worker can export: a run keeps its numbers, not its weights,
so these are made again. Equal specs and threads give equal weights.

Each answer is plain data; a file is bytes.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from tl_core import (
    adapter_files,
    adapters,
    catalog,
    checkpoints,
    evaluation,
    training,
)
from tl_core.backbones.base import Network
from tl_core.batch_norm import with_statistics_of
from tl_core.card import SpecError
from tl_core.datasets.base import DomainPair
from tl_core.device import describe, device, use_threads
from tl_core.export import peft, recipe
from tl_core.spec import RunSpec


@dataclass(frozen=True)
class Remade:
    """The pair, the head that source training gave, and the network as it
    reads the target: with the target's own BatchNorm statistics where the
    strategy is measured so; in eval mode."""

    pair: DomainPair
    old_head: nn.Linear
    network: Network

    @property
    def accuracy(self) -> float:
        """Share of the target's test samples that it reads rightly."""
        test = self.pair.target.test
        logits = evaluation.logits_of(self.network, test.x)
        return evaluation.accuracy(logits, test.y)


def source_checkpoint(
    spec: RunSpec, losses: Mapping[str, float] | None = None
) -> dict[str, Any] | None:
    """The source network that a run of `spec` starts from here: `key`,
    `data`, b"" where it is larger than a script carries, and the `device`
    that trained it. None where there is none, or where its training did not
    end with `losses`, those of the run."""
    if not recipe.starts_trained(spec):
        return None
    try:
        pair = training.load_pair(spec, device())
    except SpecError:  # its files are not on this machine
        return None
    if not pair.has_source:
        return None
    key = checkpoints.key(spec, pair.source)
    for path in checkpoints.places(key):
        if path.is_file() and _ends_with(path, losses):
            small = path.stat().st_size <= recipe.LARGEST
            data = path.read_bytes() if small else b""
            return {"key": key, "data": data, "device": _device_of(path)}
    return None


def _ends_with(path: Path, losses: Mapping[str, float] | None) -> bool:
    try:
        _, told = checkpoints.about(path)
    except (SafetensorError, OSError, ValueError, KeyError):
        return False  # broken, or of another version: training skips it too
    steps = [e for e in told if hasattr(e, "losses")]
    return not losses or bool(steps) and dict(steps[-1].losses) == losses


def _device_of(path: Path) -> str:
    with safe_open(path, framework="pt") as stored:
        return str((stored.metadata() or {}).get("device", ""))


def weights(spec: RunSpec, threads: int = 0) -> dict[str, Any]:
    """The adapted network as a safetensors `file`, the target `accuracy`
    that it reaches, and the `device` it was made on."""
    made = remade(spec, threads)
    said = {
        "spec": spec.to_json(),
        "classes": json.dumps(list(made.pair.classes)),
        "target_accuracy": repr(made.accuracy),
        "device": describe(device()),
    }
    file = save(kept(made.network), said)
    return {"files": {"weights.safetensors": file}, **told(made)}


def adapter(spec: RunSpec, threads: int = 0) -> dict[str, Any]:
    """The `files` of a PEFT adapter by name, and of the network that it
    belongs on unless that comes with a package; `accuracy` and `device` as
    of `weights`.

    Raises:
        SpecError: the run trained no adapter, or one that PEFT cannot hold.
    """
    reason = peft.refused(spec)
    if reason:
        raise SpecError(reason)
    made = remade(spec, threads)
    check_layers(made.network)
    with TemporaryDirectory() as name:
        folder = Path(name)
        adapter_files.save(made.network, folder, "target")
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
    files[peft.SPEC] = json.dumps(spec.to_dict(), indent=1).encode()
    if not made.network.backbone.arrives_trained:
        files[peft.BASE] = save(base_of(made))
    return {"files": files, **told(made)}


def told(made: Remade) -> dict[str, Any]:
    """What is said beside a file."""
    return {"accuracy": made.accuracy, "device": describe(device())}


def remade(spec: RunSpec, threads: int) -> Remade:
    """Do a run again and keep the network; `threads` are those of the run,
    0 for as many as this machine uses."""
    use_threads()
    if threads:
        torch.set_num_threads(threads)
    for _ in training.fetch(spec):
        pass
    pair = training.load_pair(spec, device())
    model = training.new_network(spec, pair).to(device())
    entry = catalog.entry("strategies", spec.strategy)
    if entry.card.pretrained:
        for _ in training.pretrain(spec, model, pair):
            pass
    head = copy.deepcopy(model.head)
    for _ in training.adapt(spec, model, pair):
        pass
    strategy = catalog.create(
        "strategies", spec.strategy, spec.strategy_params
    )
    model.eval()
    if getattr(strategy, "statistics", "running") == "domain":
        own = pair.target.train.x[: evaluation.STATISTICS]
        model = with_statistics_of(model, own)
    return Remade(pair, head, model)


def kept(network: Network) -> dict[str, Tensor]:
    """Every tensor but those that only helped to train."""
    return {
        name: value.detach().cpu().contiguous().clone()
        for name, value in network.state_dict().items()
        if not name.startswith("auxiliary.")
    }


def base_of(made: Remade) -> dict[str, Tensor]:
    """The network without its adapter, under plain names; with the head of
    source training, so that switching off gives the source network back, if
    the target has the same classes."""
    plain = {
        name.replace(".base.", "."): value
        for name, value in kept(made.network).items()
        if ".adapters." not in name
    }
    old = made.old_head.state_dict()
    if all(plain[f"head.{key}"].shape == old[key].shape for key in old):
        plain |= {f"head.{key}": old[key].cpu().clone() for key in old}
    return plain


def check_layers(network: Network) -> None:
    """Whether PEFT can hold the adapter of every layer.

    Raises:
        SpecError: one shares its A among groups of channels.
    """
    for path, layer in adapters.layers(network):
        if isinstance(layer.base, nn.Conv2d) and layer.base.groups > 1:
            raise SpecError(
                f"The layer {path} is a convolution in groups that share "
                "one A, and PEFT has no such adapter; take the weights of "
                "the whole network instead."
            )
