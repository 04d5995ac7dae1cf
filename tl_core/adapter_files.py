"""Adapters on disk, as PEFT writes and reads them: a few kilobytes.

A folder holds `adapter_model.safetensors`, the factors, the head and stages
that nobody had trained before, and `adapter_config.json`. PEFT loads it onto
the same base network when all adapted layers are linear or plain
convolutions.
"""

from __future__ import annotations

import json
from pathlib import Path

from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from tl_core import adapters
from tl_core.adapters import LowRank
from tl_core.backbones.base import Network

ROOT = "base_model.model."
STAGES = "backbone.stages."
WEIGHTS, CONFIG = "adapter_model.safetensors", "adapter_config.json"


def save(model: Network, folder: Path, name: str) -> None:
    """Write the adapter `name`, the head and the backbone's new stages into
    `folder`; no base weight."""
    whole = ["head", *(f"{STAGES}{n}" for n in model.backbone.new_stages)]
    tensors = {
        f"{ROOT}{path}.{key}": value.detach().cpu().clone()
        for path in whole
        for key, value in model.get_submodule(path).state_dict().items()
    }
    config: dict[str, object] = {}
    paths = []
    for path, layer in adapters.layers(model):
        low = adapters.factors(layer, name)
        a, b = _as_peft(low, layer.base)
        tensors[f"{ROOT}{path}.lora_A.weight"] = a
        tensors[f"{ROOT}{path}.lora_B.weight"] = b
        rank = len(low.a)
        config |= {"r": rank, "lora_alpha": low.scale * rank}
        paths.append(path)
    config |= {
        "peft_type": "LORA",
        "target_modules": paths,
        "modules_to_save": whole,
        "bias": "none",
    }
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / WEIGHTS)
    (folder / CONFIG).write_text(json.dumps(config, indent=1), "utf-8")


def load(model: Network, folder: Path, name: str) -> None:
    """Put the adapter in `folder` into `model` under `name`, in place, use
    it, and take its head and its new stages.

    Raises:
        AttributeError: the network has no layer of a name in the file.
    """
    config = json.loads((folder / CONFIG).read_text("utf-8"))
    tensors = load_file(folder / WEIGHTS)
    plain = set(adapters.adaptable(model))
    adapted = {path for path, _ in adapters.layers(model)}
    missing = [p for p in config["target_modules"] if p not in adapted]
    for path in missing:
        if path not in plain:
            raise AttributeError(
                f"The network has no layer {path!r} for this adapter; load "
                "it onto the backbone that it was trained on."
            )
    adapters.wrap(model, missing)
    adapters.add(model, name, config["r"], config["lora_alpha"])
    for path, layer in adapters.layers(model):
        low = adapters.factors(layer, name)
        for part, key in ((low.a, "lora_A"), (low.b, "lora_B")):
            stored = tensors[f"{ROOT}{path}.{key}.weight"]
            part.data.copy_(stored.view(part.shape))
    weight = tensors[f"{ROOT}head.weight"].to(model.head.weight)
    model.head = nn.Linear(weight.shape[1], weight.shape[0]).to(weight)
    model.head.weight.data.copy_(weight)
    model.head.bias.data.copy_(tensors[f"{ROOT}head.bias"])
    for path in set(config["modules_to_save"]) - {"head"}:
        for key, value in model.get_submodule(path).state_dict().items():
            value.copy_(tensors[f"{ROOT}{path}.{key}"])


def _as_peft(low: LowRank, base: nn.Module) -> tuple[Tensor, Tensor]:
    """A and B in PEFT's shapes: those of the layers that hold them there."""
    a, b = low.a.detach(), low.b.detach()
    if isinstance(base, nn.Conv2d):
        a = a.view(-1, *base.weight.shape[1:])
        b = b[:, :, None, None]
    return a.cpu().contiguous(), b.cpu().contiguous()
