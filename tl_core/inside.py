"""What goes on inside a source model, asked while a reader waits.

Each question takes a spec, looks at its network after source training, and
returns plain data; nothing is trained but, once, the source model.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from tl_core import training
from tl_core.analysis import activations, filters, gabor_fit
from tl_core.analysis.attention import attention_maps
from tl_core.analysis.grad_cam import enlarged, grad_cam, token_grid
from tl_core.backbones.base import Network, pooled
from tl_core.card import SpecError
from tl_core.datasets.base import Domain, DomainPair
from tl_core.device import device, use_one_thread
from tl_core.domain_gap import source_model
from tl_core.evaluation import logits_of
from tl_core.spec import RunSpec
from tl_core.texts import say

SEEN = 512
"""Samples among which a channel's best are sought."""


def stages(spec: RunSpec) -> dict[str, dict[str, Any]]:
    """Each stage, shallow to deep: what it gives ("map", "tokens" or "flat"),
    and its number of `channels`."""
    pair, model = asked(spec)
    kinds = {4: "map", 3: "tokens", 2: "flat"}
    with torch.no_grad():
        found = model.backbone.stage_features(pair.target.test.x[:1])
    return {
        name: {"gives": kinds[z.dim()], "channels": pooled(z).shape[1]}
        for name, z in found.items()
    }


def first_layer(spec: RunSpec, side: int = 2) -> dict[str, Any]:
    """The first filters of at least `side` pixels: the `layer` they are of,
    `weights` (n, c, k, k), `patterns` (n, k, k),
    `spectra` (n, s, s), and the cosine `turned` (n,) with those before any
    training; of filters that are large enough the `fits` (n Gabors) and the
    `null` r2 of random filters."""
    pair, model = asked(spec)
    layer, weights = filters.first_filters(model, side)
    patterns = filters.main_pattern(weights)
    _, start = filters.first_filters(training.new_network(spec, pair), side)
    found: dict[str, Any] = {
        "layer": layer,
        "weights": weights,
        "patterns": patterns,
        "spectra": filters.log_spectrum(weights),
        "turned": filters.turned(start, weights),
    }
    size = patterns.shape[-1]
    if size >= gabor_fit.SMALLEST:
        found["fits"] = gabor_fit.fit_all(patterns)
        found["null"] = gabor_fit.null(size)
    return found


def maps(
    spec: RunSpec,
    stage: str,
    domain: str = "target",
    index: int = 0,
    own: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """What a stage makes of one picture, a domain's test sample or the
    reader's `own` (c, h, w) uint8: `image` and `maps` (channels, h, w)."""
    pair, model = asked(spec)
    x = picture(pair, domain, index, own)
    z = activations.maps(model, x, stage)
    if z.dim() == 2:  # tokens by their lengths, or flat features
        tokens = stages(spec)[stage]["gives"] == "tokens"
        z = token_grid(z)[:, None] if tokens else z[:, :, None, None]
    return {"image": as_bytes(x)[0], "maps": z[0].cpu().numpy()}


def best_images(
    spec: RunSpec, stage: str, channel: int, domain: str = "source"
) -> dict[str, Any]:
    """What excites a channel: the best `images` (k, c, h, w) of a domain with
    their `strengths` (k,), and an image `made` (c, h, w) for it with its
    `reached` strength; the making starts from the best."""
    pair, model = asked(spec)
    x = side(pair, domain).test.x[:SEEN]
    places, values = activations.top_images(model, x, stage)
    if not 0 <= channel < len(places):
        raise SpecError(
            say(
                "Stage {stage!r} has no channel {channel}; its channels are "
                "0 to {last}.",
                stage=stage,
                channel=channel,
                last=len(places) - 1,
            )
        )
    best = x[places[channel]]
    made = activations.maximised(model, best[:1], stage, channel)
    reached = activations.strengths(model, made, stage)[0, channel]
    return {
        "images": as_bytes(best),
        "strengths": values[channel].cpu().numpy(),
        "made": as_bytes(made)[0],
        "reached": reached.item(),
    }


def looked_at(
    spec: RunSpec,
    stage: str,
    domain: str = "target",
    index: int = 0,
    own: np.ndarray | None = None,
) -> dict[str, Any]:
    """Grad-CAM of one picture for the class that the network says: `image`,
    `heat` (h, w) in [0, 1], `said` and its probability `sure`."""
    pair, model = asked(spec)
    x = picture(pair, domain, index, own)
    p = logits_of(model, x).softmax(1)[0]
    heat = grad_cam(model, x, stage, p.argmax()[None])
    if heat.dim() == 2:
        heat = token_grid(heat)
    return {
        "image": as_bytes(x)[0],
        "heat": enlarged(heat, *x.shape[-2:])[0].cpu().numpy(),
        "said": pair.head_classes[int(p.argmax())],
        "sure": p.max().item(),
    }


def seen(spec: RunSpec, **which: Any) -> dict[str, Any]:
    """`maps` and `looked_at` of `which` picture: one question to wait for."""
    return {**maps(spec, **which), **looked_at(spec, **which)}


def attended(
    spec: RunSpec,
    stage: str,
    domain: str = "target",
    index: int = 0,
    own: np.ndarray | None = None,
) -> dict[str, Any]:
    """What a transformer's block reads of one picture: `image`, and by head
    the share of its attention on each patch, `heads` (heads, side, side),
    each summing to at most 1. The class token reads where there is one (what
    it reads of itself is left out), else the mean token.

    Raises:
        SpecError: the stage has no attention.
    """
    pair, model = asked(spec)
    x = picture(pair, domain, index, own)
    found = attention_maps(model, x)
    if stage not in found:
        blocks = ", ".join(found) or say("none in this backbone")
        raise SpecError(
            say(
                "Stage {stage!r} has no attention; blocks that have: "
                "{blocks}.",
                stage=stage,
                blocks=blocks,
            )
        )
    maps = found[stage][0]
    size = math.isqrt(maps.shape[-1])
    has_class = size**2 < maps.shape[-1]
    read = maps[:, 0, 1:] if has_class else maps.mean(1)
    return {
        "image": as_bytes(x)[0],
        "heads": read.unflatten(1, (size, size)).cpu().numpy(),
        "reader": say("class token") if has_class else say("mean token"),
    }


def asked(spec: RunSpec) -> tuple[DomainPair, Network]:
    """The pair and the source model of a spec."""
    use_one_thread()
    pair = training.load_pair(spec, device())
    return pair, source_model(spec, pair)


def side(pair: DomainPair, domain: str) -> Domain:
    """One domain of a pair by its name.

    Raises:
        SpecError: there is no such domain, or it has no samples.
    """
    domains = {"source": pair.source, "target": pair.target}
    known = [name for name, d in domains.items() if len(d.test)]
    if domain not in known:
        raise SpecError(
            say(
                "There are no samples of a domain {domain!r}; known: {known}.",
                domain=domain,
                known=", ".join(known),
            )
        )
    return domains[domain]


def picture(
    pair: DomainPair, domain: str, index: int, own: np.ndarray | None
) -> Tensor:
    """One input (1, c, h, w): a domain's test sample, or the reader's own
    picture (c, h, w) uint8, brought to the pair's size and channels."""
    if own is None:
        test = side(pair, domain).test
        return test.x[index % len(test)][None]
    channels, height, width = pair.shape
    x = torch.from_numpy(own.astype(np.float32)).to(device())[None] / 255
    size = (height, width)
    x = F.interpolate(x, size, mode="bilinear", antialias=True)
    if x.shape[1] != channels:
        x = x.mean(1, keepdim=True).expand(-1, channels, -1, -1)
    return x


def as_bytes(x: Tensor) -> np.ndarray:
    """Pictures x (n, c, h, w) in [0, 1] as uint8."""
    return (x.clamp(0, 1) * 255).round().to(torch.uint8).cpu().numpy()
