r"""What BatchNorm sees of two domains, layer by layer.

A layer's input has moments of its own in each domain. In units of their
spread, channel by channel, they lie apart by

$$\frac{\mu_t - \mu_s}{\sqrt{(\sigma_s^2 + \sigma_t^2)/2}}$$

What the layer gives on depends on whose statistics it uses: the running ones,
those of a joint batch of both domains (they stay apart), or those of a batch
of each domain by itself (their means then agree exactly).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from tl_core.backbones.base import Network
from tl_core.batch_norm import BATCH_NORM


@dataclass(frozen=True)
class Moments:
    """mean and variance (channels,), over samples and places."""

    mean: Tensor
    variance: Tensor

    @classmethod
    def of(cls, z: Tensor) -> Moments:
        """Of z (n, channels) or (n, channels, h, w); divided by their
        number, as BatchNorm does when it normalises."""
        dims = [d for d in range(z.dim()) if d != 1]
        return cls(z.mean(dims), z.var(dims, correction=0))


@dataclass(frozen=True)
class LayerMoments:
    """A layer's input in both domains, and what it remembers."""

    source: Moments
    target: Moments
    running: Moments

    @property
    def mean_gap(self) -> Tensor:
        """(mu_t - mu_s) / pooled standard deviation, (channels,)."""
        return apart(self.source, self.target)

    @property
    def spread_gap(self) -> Tensor:
        """log(sd_t / sd_s), (channels,): 0 where the spreads agree."""
        ratio = self.target.variance / self.source.variance
        return ratio.log() / 2

    @property
    def stale(self) -> dict[str, Tensor]:
        """How far each domain's mean is from the running mean, in pooled
        standard deviations, (channels,) by domain."""
        return {
            "source": apart(self.running, self.source),
            "target": apart(self.running, self.target),
        }


def apart(a: Moments, b: Moments) -> Tensor:
    """(mean_b - mean_a) / sqrt((var_a + var_b) / 2), (channels,)."""
    pooled = (a.variance + b.variance) / 2
    return (b.mean - a.mean) / pooled.sqrt()


@torch.no_grad()
def layer_moments(
    model: Network, xs: Tensor, xt: Tensor
) -> dict[str, LayerMoments]:
    """Each BatchNorm layer's moments by name, in the network as it is
    tested; xs (n, ...) and xt (m, ...) are inputs of the two domains."""
    tested = copy.deepcopy(model).eval()
    with watching(tested) as seen:
        tested.features(xs)
        source = {name: Moments.of(z) for name, (z, _) in seen.items()}
        tested.features(xt)
        target = {name: Moments.of(z) for name, (z, _) in seen.items()}
    found = {}
    for name, layer in named_layers(tested).items():
        running = Moments(
            layer.get_buffer("running_mean"), layer.get_buffer("running_var")
        )
        found[name] = LayerMoments(source[name], target[name], running)
    return found


@torch.no_grad()
def output_gaps(
    model: Network, xs: Tensor, xt: Tensor
) -> dict[str, Mapping[str, Tensor]]:
    """By whose statistics normalise ("running", "joint", "separate") and by
    layer: mean output on the target minus that on the source, (channels,)."""
    tested = copy.deepcopy(model).eval()
    running = separate(tested, xs, xt)
    for layer in named_layers(tested).values():
        layer.train()
    return {
        "running": running,
        "joint": joint(tested, xs, xt),
        "separate": separate(tested, xs, xt),
    }


def separate(model: Network, xs: Tensor, xt: Tensor) -> dict[str, Tensor]:
    """The outputs' gap by layer when each domain passes by itself."""
    with watching(model) as seen:
        model.features(xs)
        source = {
            name: Moments.of(out).mean for name, (_, out) in seen.items()
        }
        model.features(xt)
        return {
            name: Moments.of(out).mean - source[name]
            for name, (_, out) in seen.items()
        }


def joint(model: Network, xs: Tensor, xt: Tensor) -> dict[str, Tensor]:
    """The outputs' gap by layer when both domains pass as one batch."""
    with watching(model) as seen:
        model.features(torch.cat([xs, xt]))
        return {
            name: Moments.of(out[len(xs) :]).mean
            - Moments.of(out[: len(xs)]).mean
            for name, (_, out) in seen.items()
        }


def named_layers(model: Network) -> dict[str, nn.Module]:
    """The backbone's BatchNorm layers by name ("conv1.1"), shallow to deep."""
    stages = model.backbone.stages.named_modules()
    return {n: m for n, m in stages if isinstance(m, BATCH_NORM)}


@contextmanager
def watching(model: Network) -> Iterator[dict[str, tuple[Tensor, Tensor]]]:
    """Each BatchNorm layer's input and output at its last forward pass."""
    seen: dict[str, tuple[Tensor, Tensor]] = {}

    def note(name: str, layer: nn.Module) -> torch.utils.hooks.RemovableHandle:
        return layer.register_forward_hook(
            lambda _, inputs, output: seen.update({name: (inputs[0], output)})
        )

    handles = [note(n, m) for n, m in named_layers(model).items()]
    try:
        yield seen
    finally:
        for handle in handles:
            handle.remove()
