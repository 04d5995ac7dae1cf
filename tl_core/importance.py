"""Which weights a source model needs, asked while a reader waits."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.func import functional_call, vjp

from tl_core import neighbourhood
from tl_core.analysis import fisher, fisher_by_layer, fisher_views
from tl_core.backbones.base import Network
from tl_core.card import SpecError
from tl_core.inside import asked
from tl_core.spec import RunSpec

MEASURED = 100
"""Training samples of a domain on which the Fisher diagonal is measured."""
LARGEST = 500_000
"""Weights of the largest network whose diagonal comes in seconds."""
DRAWN = 4096
"""Pairs of channels in the largest map that is given."""


def needed(spec: RunSpec) -> dict[str, Any]:
    """The exact Fisher diagonal of a spec's source model, summed.

    By stage, shallow to deep, and the head: `stages`, their `weights`, their
    `share` of the whole, `gini`, and what their `top5` per cent hold; and
    the `overlap` with the diagonal on the target's inputs. By layer (its
    name) `layers`: the sums of the output channels' weights `filters` (out,)
    and, of those with at most DRAWN, of pairs of channels, `pairs` (out, in).
    `samples` of each domain were looked at.

    Raises:
        SpecError: the network has more than LARGEST weights.
    """
    pair, model = asked(spec)
    size = sum(p.numel() for p in model.parameters())
    if size > LARGEST:
        raise SpecError(
            f"The backbone {spec.backbone!r} has {size:,} weights; the "
            f"importance of at most {LARGEST:,} is measured while you wait. "
            "Choose a smaller backbone."
        )
    source, target = (
        fisher_by_layer.exact(model, domain.train.first(MEASURED))
        for domain in (pair.source, pair.target)
    )
    spreads = fisher_views.spreads(source)
    return {
        "stages": {name: vars(spread) for name, spread in spreads.items()},
        "overlap": fisher_views.overlaps(source, target),
        "layers": layers(source),
        "samples": MEASURED,
    }


def layers(diagonal: fisher.Diagonal) -> dict[str, dict[str, Any]]:
    """The sums over each layer's output channels, and over its pairs of
    channels; see `needed`."""
    found: dict[str, dict[str, Any]] = {}
    for name, sums in fisher_views.by_filter(diagonal).items():
        if len(sums) < 2:  # a token of its own, not a layer
            continue
        short = name.removesuffix(".weight").removeprefix("backbone.stages.")
        found[short] = {"filters": sums.cpu().numpy()}
        pairs = fisher_views.by_pair(diagonal[name])
        if pairs.numel() <= DRAWN and pairs.dim() > 1:
            found[short]["pairs"] = pairs.cpu().numpy()
    return found


def rises(spec: RunSpec) -> dict[str, float]:
    """What Fisher information of the source model foretells of the rise of
    the source loss (nats) up to the adapted one, 1/2 d' F d: with its
    `diagonal` alone and with its `matrix`, on training samples, and with the
    matrix on `unseen` ones.

    Raises:
        SpecError: the strategy changes the network's form.
    """
    pair, start = asked(spec)
    end = dict(neighbourhood.reached(spec, pair).named_parameters())
    way = {k: (end[k] - p).detach() for k, p in start.named_parameters()}
    seen = pair.source.train.first(neighbourhood.MEASURED)
    unseen = pair.source.test.first(neighbourhood.MEASURED)
    single = fisher_by_layer.exact(start, seen)
    alone = sum((f * way[k].square()).sum().item() for k, f in single.items())
    return {
        "diagonal": alone / 2,
        "matrix": along(start, way, seen.x),
        "unseen": along(start, way, unseen.x),
    }


def along(model: Network, way: fisher.Diagonal, x: Tensor) -> float:
    """1/2 d' F d with the whole Fisher matrix F on inputs x and d a `way` by
    parameter name: half the mean square by which log p(y|x) changes along d,
    y as the model says. No matrix is needed (Pearlmutter 1994)."""
    theta = {name: p.detach() for name, p in model.named_parameters()}

    def logits(theta: fisher.Diagonal) -> Tensor:
        return functional_call(model, theta, (x,))

    # Pulling back is linear, so its own pulling back pushes d forward.
    z, back = vjp(logits, theta)[:2]
    forth = vjp(lambda v: back(v)[0], torch.zeros_like(z))[1]
    (change,) = forth(way)
    p = z.softmax(1)
    surprise = change - (p * change).sum(1, keepdim=True)
    return (p * surprise.square()).sum(1).mean().item() / 2
