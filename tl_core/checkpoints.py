"""Source checkpoints: the weights after source training, and its events.

A checkpoint is found by a hash of everything that determines it, so that
strategies, shifts and seeds of adaptation share it and nothing else does.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from tl_core import events
from tl_core.backbones.base import Network
from tl_core.batch_norm import SWITCHES
from tl_core.datasets.base import Domain
from tl_core.device import describe
from tl_core.events import Event
from tl_core.home import ASSETS, folder
from tl_core.spec import RunSpec

SHIPPED = ASSETS / "checkpoints"


def key(spec: RunSpec, source: Domain) -> str:
    """The hash of the source samples, the network and its training."""
    # Switches act during adaptation only; with and without, it is one start.
    network = {
        name: value
        for name, value in spec.backbone_params.items()
        if name not in SWITCHES
    }
    settings = {
        "backbone": spec.backbone,
        "backbone_params": network,
        "pretrain_steps": spec.pretrain_steps,
        "seed": spec.seed,
        "version": spec.version,
    }
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for samples in (source.train, source.test):
        for tensor in (samples.x, samples.y):
            digest.update(str(tuple(tensor.shape)).encode())
            digest.update(tensor.cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]


def load(key: str, model: Network) -> list[Event] | None:
    """Fill `model` from the checkpoint and return the events of its
    training; None when there is no readable checkpoint."""
    for path in places(key):
        try:
            if path.is_file():
                return _read(path, model)
        except (SafetensorError, OSError, RuntimeError):
            continue  # broken, or of another version: train again
    return None


def save(
    key: str, model: Network, told: Iterable[Event], spec: RunSpec
) -> None:
    """Keep the weights, the events, the spec and the device they come from;
    a half-written file is never seen."""
    path = _path(key)
    partial = path.with_name(f"{key}.{os.getpid()}.partial")
    weights = {k: v.contiguous() for k, v in model.state_dict().items()}
    lines = [events.to_json(event) for event in told]
    about = {"events": json.dumps(lines), "spec": spec.to_json()}
    about["device"] = describe(model.head.weight.device)
    save_file(weights, partial, metadata=about)
    partial.replace(path)


def ship(key: str) -> Path:
    """Copy a kept checkpoint to those that come with the lab."""
    SHIPPED.mkdir(parents=True, exist_ok=True)
    shipped = SHIPPED / _path(key).name
    if not shipped.is_file():
        shutil.copy(_path(key), shipped)
    return shipped


def about(path: Path) -> tuple[dict[str, object], list[Event]]:
    """The spec of a checkpoint and the events of its training."""
    with safe_open(path, framework="pt") as stored:
        said = stored.metadata()
    told = [events.from_json(line) for line in json.loads(said["events"])]
    return json.loads(said["spec"]), told


def _read(path: Path, model: Network) -> list[Event]:
    with safe_open(path, framework="pt") as stored:
        weights = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
        lines = json.loads(stored.metadata()["events"])
    with torch.no_grad():
        model.load_state_dict(weights)
    return [events.from_json(line) for line in lines]


def places(key: str) -> tuple[Path, Path]:
    """Where a checkpoint may lie, in the order in which it is looked for."""
    return _path(key), SHIPPED / f"{key}.safetensors"


def _path(key: str) -> Path:
    return folder("checkpoints") / f"{key}.safetensors"
