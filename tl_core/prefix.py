"""Frozen stages are computed once.

While the leading stages of a network are frozen, their output for a sample
never changes. So it is computed once for all samples, and the network starts
behind it: a linear probe then trains on stored features.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tl_core import passed
from tl_core.backbones.base import Network, pooled
from tl_core.passed import Passed

LIMIT = 2**30
"""Bytes that one set of samples may fill behind the frozen stages."""
CHUNK = 256


class Prefix:
    """The frozen leading stages of one network, for the samples x (n, ...)
    that it is trained on.

    Samples that are `fixed` are the same at every step; others, changed by
    augmentation, have to go through all stages each time.
    """

    def __init__(self, model: Network, x: Tensor, fixed: bool = True) -> None:
        self.model, self.fixed = model, fixed
        self.one, self.n = x[:1], len(x)
        self._kept: dict[tuple[int, int], tuple[Tensor, Passed]] = {}
        self._print = ""

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
            modules = [stage for _, stage in self._frozen(self.stages)]
            self._print = passed.fingerprint(modules)

    def end(self) -> None:
        """Start the network at its first stage again."""
        self._kept.clear()
        self.model.backbone.start = 0

    def _fits(self, stages: int) -> bool:
        out = self._pass(self.one, stages).out if stages else self.one
        return out.numel() * out.element_size() * self.n <= LIMIT

    def __call__(self, x: Tensor) -> Passed:
        """x (n, ...) behind the frozen stages; kept for the next call."""
        place = (x.data_ptr(), len(x))
        if place not in self._kept:
            # With x, so that its place is not given to other samples.
            self._kept[place] = (x, self._found(x))
        return self._kept[place][1]

    def _found(self, x: Tensor) -> Passed:
        """Behind the frozen stages, unless an earlier run has been there."""
        if self.stages == 0 or len(x) == 0:
            return Passed(x, {})
        key = passed.key(self._print, x)
        found = passed.KEPT.get(key)
        if found is None:
            found = self._pass(x, self.stages)
            passed.KEPT.put(key, found)
        return found

    def _frozen(self, stages: int) -> list[tuple[str, nn.Module]]:
        return list(self.model.backbone.stages.items())[:stages]

    @torch.no_grad()
    def _pass(self, x: Tensor, stages: int) -> Passed:
        outs, found = [], dict[str, list[Tensor]]()
        for z in x.split(min(CHUNK, self.model.backbone.at_once)):
            for name, stage in self._frozen(stages):
                z = stage(z)
                found.setdefault(name, []).append(pooled(z))
            outs.append(z)
        features = {name: torch.cat(parts) for name, parts in found.items()}
        return Passed(torch.cat(outs), features)
