"""Backbone and Network: a feature extractor in named stages, and its head."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Protocol

import torch
from torch import Tensor, nn

from tl_core.regularisers import Dropout


class Backbone(nn.Module):
    """Stages in order, shallow to deep; the last gives z (batch, width).

    `stages` maps the names the app shows to modules, `width` is the number
    of features, `has_tokens` says whether stages carry (batch, tokens, d).
    `arrives_trained`: its weights are not random but learned elsewhere,
    but for those of `new_stages`, which therefore are never frozen.
    `at_once`: samples that pass together where no gradient is needed.
    `start` stages are skipped: while they are frozen, their output is
    computed once and given as x (see `prefix.py`).
    """

    def __init__(
        self,
        stages: dict[str, nn.Module],
        width: int,
        has_tokens: bool,
        arrives_trained: bool = False,
        new_stages: tuple[str, ...] = (),
        at_once: int = 128,
    ) -> None:
        super().__init__()
        self.stages = nn.ModuleDict(stages)
        self.width = width
        self.has_tokens = has_tokens
        self.arrives_trained = arrives_trained
        self.new_stages = new_stages
        self.at_once = at_once
        self.start = 0

    def forward(self, x: Tensor) -> Tensor:
        """x (batch, ...) to features z (batch, width)."""
        for stage in list(self.stages.values())[self.start :]:
            x = stage(x)
        return x

    def stage_features(self, x: Tensor) -> dict[str, Tensor]:
        """Each stage's output by name, all from one pass."""
        found = {}
        for name, stage in list(self.stages.items())[self.start :]:
            x = stage(x)
            found[name] = x
        return found


class Network(nn.Module):
    """A backbone, a linear head, and modules trained beside them.

    `auxiliary` holds what adaptation needs and a user would not keep, such
    as a domain discriminator. Frozen parts stay in evaluation mode, so that
    BatchNorm statistics of a frozen stage do not move.
    """

    def __init__(self, backbone: Backbone, classes: int) -> None:
        super().__init__()
        self.backbone = backbone
        self.head = nn.Linear(backbone.width, classes)
        self.dropout = Dropout()
        self.auxiliary = nn.ModuleDict()
        self._frozen: set[nn.Module] = set()

    def features(self, x: Tensor) -> Tensor:
        """z = phi(x), (batch, width), as the head is given it."""
        return self.dropout(self.backbone(x))

    def stage_features(self, x: Tensor) -> dict[str, Tensor]:
        """Each stage's output by name; the last is `features(x)`."""
        found = self.backbone.stage_features(x)
        last = list(self.backbone.stages)[-1]
        return {**found, last: self.dropout(found[last])}

    def forward(self, x: Tensor) -> Tensor:
        """logits (batch, classes) = head(features)."""
        return self.head(self.features(x))

    def freeze(self, module: nn.Module) -> None:
        """No gradient, no running statistics, no dropout in `module`; the
        backbone's new stages, which nobody has trained, are left out."""
        new = [self.backbone.stages[n] for n in self.backbone.new_stages]
        frozen = set(module.modules()) - {m for s in new for m in s.modules()}
        for part in frozen:
            part.training = False
            for parameter in part.parameters(recurse=False):
                parameter.requires_grad_(False)
                # A gradient of None, unlike zero, leaves an optimiser's
                # momentum and weight decay out of it too.
                parameter.grad = None
        self._frozen |= frozen

    def hold(self, modules: Iterable[nn.Module]) -> None:
        """Keep `modules` in eval mode, though their weights may learn: how
        BatchNorm is trained on statistics that stay."""
        for module in modules:
            module.training = False
            self._frozen.add(module)

    def thaw(self, module: nn.Module) -> None:
        """Train `module` again."""
        for parameter in module.parameters():
            parameter.requires_grad_(True)
        self._frozen -= set(module.modules())
        module.train(self.training)

    def frozen_stages(self) -> int:
        """How many leading stages are frozen as a whole."""
        stages = list(self.backbone.stages.values())
        for depth, stage in enumerate(stages):
            learns = any(p.requires_grad for p in stage.parameters())
            if learns or stage not in self._frozen:
                return depth
        return len(stages)

    def train(self, mode: bool = True) -> Network:
        """Like `nn.Module.train`, but what is frozen stays in eval mode."""
        super().train(mode)
        for module in self._frozen:
            module.training = False
        return self

    def with_head(self, head: nn.Linear) -> Network:
        """The same modules under another head; nothing is copied."""
        twin = copy.copy(self)
        twin._modules = {**self._modules, "head": head}
        return twin

    def parameter_counts(self) -> dict[str, int]:
        """total and trained (backbone + head), auxiliary (beside them)."""
        beside = {id(p) for p in self.auxiliary.parameters()}
        kept = [p for p in self.parameters() if id(p) not in beside]
        return {
            "total": sum(p.numel() for p in kept),
            "trained": sum(p.numel() for p in kept if p.requires_grad),
            "auxiliary": sum(p.numel() for p in self.auxiliary.parameters()),
        }


class BackboneRecipe(Protocol):
    """A catalog entry: a dataclass whose fields are the settings."""

    def build(self, shape: tuple[int, ...]) -> Backbone:
        """A new backbone for inputs of `shape`, initialised at random from
        torch's global generator."""
        ...


def pooled(z: Tensor) -> Tensor:
    """Stage output as (batch, features): maps (b, c, h, w) are averaged over
    space, tokens (b, t, d) over tokens."""
    if z.dim() == 4:
        return z.mean(dim=(2, 3))
    if z.dim() == 3:
        return z.mean(dim=1)
    return z


def build(
    recipe: BackboneRecipe, shape: tuple[int, ...], classes: int, seed: int
) -> Network:
    """A network whose initial weights depend on `seed` alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Network(recipe.build(shape), classes)
