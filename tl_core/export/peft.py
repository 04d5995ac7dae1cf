"""A LoRA adapter as a folder that PEFT loads, with a model card."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from tl_core import catalog, plain_text, sentences
from tl_core.history import History
from tl_core.spec import KIND, RunSpec

SPEC, BASE, CARD = "spec.json", "base_model.safetensors", "README.md"
TOKENS = ("prefix", "prompt")
LOADING = """
import json

import torch
from peft import PeftModel
from safetensors.torch import load_file

from tl_core.spec import spec_from_dict
from tl_core.training import load_pair, new_network

with open("spec.json") as file:
    spec = spec_from_dict(json.load(file))
base = new_network(spec, load_pair(spec, torch.device("cpu")))
base.head = torch.nn.Linear(base.backbone.width, {classes})
{weights}model = PeftModel.from_pretrained(base, ".").eval()
logits = model(x)  # x (batch, channels, height, width)
"""


def refused(spec: RunSpec) -> str:
    """Why a run has no adapter for PEFT, in a sentence; "" if it has."""
    title = sentences.title(spec.strategy)
    if spec.strategy in TOKENS:
        return (
            f"{title}: PEFT holds learnt tokens of language models alone, "
            "not of vision networks; take the weights of the whole network "
            "instead."
        )
    if spec.strategy != "lora":
        return f"{title} trains no adapter; a run with LoRA does."
    return ""


def folder(history: History, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Everything in the folder: what a worker made, and the model card."""
    text = card(history, BASE in files)
    return {**files, CARD: text.encode()}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Files as a zip file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            archive.writestr(name, data)
    return packed.getvalue()


CARD_TEXT = """---
library_name: peft
tags:
- lora
- transfer-learning
---

# LoRA adapter: {network}, from {source} to {target}

{verdict} Rank {rank}, alpha {alpha:g}, adapted layers: {where}; {trained:,} \
of {total:,} numbers were trained.

{results}

Classes: {classes}.

## How to load it

In this folder, with the Transfer Learning Lab on Python's path (or the code
that an exported script of this run unpacks):

```python{loading}```

{off}

## What it is for

It shows what one run of the lab learned: a small network on {pair}, made to
teach. It is no product, and what it reaches on other data is not known.

Data: {data}. Method: {method}.
"""


def card(history: History, has_base: bool) -> str:
    """The model card: what it is, what it reaches, how to load it."""
    spec = history.spec
    pair = catalog.entry("datasets", spec.dataset).card
    return CARD_TEXT.format(
        network=catalog.entry("backbones", spec.backbone).card.title,
        source=pair.source,
        target=pair.target,
        pair=pair.title,
        data=pair.reference,
        method=catalog.entry(KIND["strategy"], spec.strategy).card.reference,
        verdict=sentences.verdict(history),
        results=results(history),
        classes=", ".join(map(as_text, history.classes)),
        loading=loading(history, has_base),
        off=off(has_base),
        **{n: spec.strategy_params[n] for n in ("rank", "alpha", "where")},
        **{n: history.parameters[n] for n in ("trained", "total")},
    )


def as_text(name: str) -> str:
    """A name that Markdown shows as it stands."""
    return plain_text.markdown(name)


def results(history: History) -> str:
    """A table of the accuracies, on all test samples."""
    assert history.finished is not None
    rows = [
        f"| {name.replace('_', ' ')} | {share:.4f} |"
        for name, share in history.finished.accuracy.items()
    ]
    head = "| accuracy | share of all test samples |\n|---|---|"
    made = f"Run {history.spec.id}, seed {history.spec.seed}, on "
    return "\n".join([head, *rows]) + f"\n\n{made}{as_text(history.device)}."


def loading(history: History, has_base: bool) -> str:
    """Python that loads the adapter."""
    weights = f'base.load_state_dict(load_file("{BASE}"))\n'
    return LOADING.format(
        classes=len(history.classes), weights=weights * has_base
    )


def off(has_base: bool) -> str:
    """What is beneath the adapter."""
    if has_base:
        return (
            "Within `model.disable_adapter()` the network is the one of "
            "source training again, where the classes are the same."
        )
    return "The weights beneath the adapter come with an installed package."
