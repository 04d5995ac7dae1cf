"""Frozen stages are computed once.

While the leading stages of a network are frozen, their output for a sample
never changes. So it is computed once for all samples, and the network starts
behind it: a linear probe then trains on stored features.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from tl_core.backbones.base import Network, pooled

LIMIT = 2**30
"""Bytes that one set of samples may fill behind the frozen stages."""
CHUNK = 256


@dataclass(frozen=True)
class Passed:
    """Samples behind the frozen stages: `out` (n, ...), and what each frozen
    stage gave, pooled to (n, features)."""

    x: Tensor
    out: Tensor
    stages: Mapping[str, Tensor]


class Prefix:
    """The frozen leading stages of one network, for the samples x (n, ...)
    that it is trained on.

    Samples that are `fixed` are the same at every step; others, changed by
    augmentation, have to go through all stages each time.
    """

    def __init__(self, model: Network, x: Tensor, fixed: bool = True) -> None:
        self.model, self.fixed = model, fixed
        self.one, self.n = x[:1], len(x)
        self._kept: dict[tuple[int, int], Passed] = {}

    @property
    def stages(self) -> int:
        """How many stages are skipped."""
        return self.model.backbone.start

    def follow(self) -> None:
        """Start the network behind the stages that are frozen now."""
        frozen = self.model.frozen_stages() if self.fixed else 0
        if frozen != self.stages:
            self._kept.clear()
            self.model.backbone.start = frozen if self._fits(frozen) else 0

    def end(self) -> None:
        """Start the network at its first stage again."""
        self._kept.clear()
        self.model.backbone.start = 0

    def _fits(self, stages: int) -> bool:
        out = self._pass(self.one, stages).out
        return out.numel() * out.element_size() * self.n <= LIMIT

    def __call__(self, x: Tensor) -> Passed:
        """x (n, ...) behind the frozen stages; kept for the next call."""
        key = (x.data_ptr(), len(x))
        if key not in self._kept:
            self._kept[key] = self._pass(x, self.stages)
        return self._kept[key]

    @torch.no_grad()
    def _pass(self, x: Tensor, stages: int) -> Passed:
        if stages == 0 or len(x) == 0:
            return Passed(x, x, {})
        frozen = list(self.model.backbone.stages.items())[:stages]
        outs, found = [], dict[str, list[Tensor]]()
        for z in x.split(min(CHUNK, self.model.backbone.at_once)):
            for name, stage in frozen:
                z = stage(z)
                found.setdefault(name, []).append(pooled(z))
            outs.append(z)
        features = {name: torch.cat(parts) for name, parts in found.items()}
        return Passed(x, torch.cat(outs), features)
