"""Measuring on held-out samples while a run goes on, within a budget.

Target test labels are read here and nowhere else; nothing measured here
flows back into training.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from tl_core import pictures
from tl_core.analysis.a_distance import of_last_stage
from tl_core.analysis.mmd import by_stage
from tl_core.backbones.base import Network, pooled
from tl_core.batch_norm import fitted_to
from tl_core.cadence import cadence
from tl_core.card import Sees
from tl_core.datasets.base import Domain, DomainPair, Samples, Unlabelled
from tl_core.events import Evaluated
from tl_core.prefix import Prefix
from tl_core.selection import information
from tl_core.strategies.base import Batch, Strategy
from tl_core.validation import Validation

LOOK = 256
"""Test samples of each domain in one point of a curve."""
STATISTICS = 256
"""Training samples of a domain from which BatchNorm statistics come."""
LEARNED = 64
"""Labelled training samples on which the gap to held-out ones is seen."""


Features = dict[str, dict[str, Tensor]]
"""What each stage gives, pooled (n, features), by domain and stage."""


@torch.no_grad()
def read(
    model: Network, prefix: Prefix, x: Tensor
) -> tuple[Tensor, dict[str, Tensor]]:
    """logits (n, classes), and each stage's pooled features, in chunks."""
    passed = prefix(x)
    if prefix.stages == len(model.backbone.stages):
        return model.head(passed.out), dict(passed.stages)
    parts = passed.out.split(model.backbone.at_once)
    chunks = [model.backbone.stage_features(part) for part in parts]
    last = list(model.backbone.stages)[-1]
    logits = torch.cat([model.head(chunk[last]) for chunk in chunks])
    stages = {
        name: torch.cat([pooled(chunk[name]) for chunk in chunks])
        for name in chunks[0]
    }
    return logits, {**passed.stages, **stages}


@torch.no_grad()
def logits_of(model: Network, x: Tensor) -> Tensor:
    """logits (n, classes) of the whole network, in chunks."""
    parts = x.split(model.backbone.at_once)
    return torch.cat([model(part) for part in parts])


@torch.no_grad()
def features_of(model: Network, x: Tensor) -> tuple[Tensor, ...]:
    """The features of x in chunks (b, width), to be read by several heads."""
    parts = x.split(model.backbone.at_once)
    return tuple(model.features(part) for part in parts)


@torch.no_grad()
def by_head(head: nn.Linear, features: Sequence[Tensor]) -> Tensor:
    """logits (n, classes) of `features_of`."""
    return torch.cat([head(z) for z in features])


def right(
    logits: Tensor, y: Tensor, head: Sequence[str], classes: Sequence[str]
) -> Tensor:
    """Whether each sample's largest logit names its class, (n,) bool.

    `head` names what the logits stand for, `classes` what the labels do; the
    two differ where the target has other classes than the source.
    """
    places = {name: index for index, name in enumerate(classes)}
    said = torch.tensor([places.get(name, -1) for name in head])
    return said.to(y.device)[logits.argmax(1)] == y


def accuracy(logits: Tensor, y: Tensor) -> float:
    """Share of samples whose largest logit is their label."""
    return (logits.argmax(1) == y).double().mean().item()


def on_source(
    model: Network, source: Domain, prefix: Prefix, step: int
) -> Evaluated:
    """A point of the source training's curve."""
    test = source.test.first(LOOK)
    logits, _ = read(model.eval(), prefix, test.x)
    share = {"source": accuracy(logits, test.y)}
    return Evaluated("pretrain", step, share, {}, len(test))


class Gaps:
    """How far the domains are apart, stage by stage; of stages that give the
    very same features as the last time, being frozen, it is known."""

    def __init__(self) -> None:
        self.last: Features = {}
        self.mmd: dict[str, float] = {}
        self.null: dict[str, float] = {}
        self.a_distance: dict[str, float] = {}

    def __call__(
        self, features: Features
    ) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
        """`by_stage`, and `of_last_stage`."""
        moved = {name: self._moved(name, z) for name, z in features.items()}
        mmd, null = by_stage(moved, pictures.PERMUTATIONS)
        self.mmd, self.null = {**self.mmd, **mmd}, {**self.null, **null}
        if list(features["target"])[-1] in moved["target"]:
            self.a_distance = of_last_stage(features)
        self.last = features
        return self.mmd, self.null, self.a_distance

    def _moved(
        self, name: str, now: Mapping[str, Tensor]
    ) -> dict[str, Tensor]:
        last = self.last.get(name, {})
        return {k: z for k, z in now.items() if z is not last.get(k)}


class Judge:
    """Measures one network before, during and after its adaptation.

    The source is read by the network's own head, or, where the target has
    other classes, by the head of source training. `learned` is what is
    trained on, of interest where it has labels.
    """

    def __init__(
        self,
        model: Network,
        pair: DomainPair,
        strategy: Strategy,
        prefix: Prefix,
        learned: Samples | Unlabelled | None = None,
        validation: Validation | None = None,
    ) -> None:
        self.model, self.pair, self.prefix = model, pair, prefix
        self.learned = learned if isinstance(learned, Samples) else None
        self.validation = validation
        self.domains = {"source": pair.source, "target": pair.target}
        self.classes = {"source": pair.head_classes, "target": pair.classes}
        if not pair.has_source:
            del self.domains["source"]
        self.switched_off = getattr(strategy, "switched_off", None)
        statistics = getattr(strategy, "statistics", "running")
        self.own_statistics = statistics == "domain"
        self.fed = 1 if strategy.card.sees is Sees.TARGET else 2
        self.diagnose = getattr(strategy, "diagnose", None)
        self.first: Features = {}
        self.gaps = Gaps()
        self.before = copy.deepcopy(model).eval()

    def cadence(self, steps: int, batch_size: int) -> int:
        """Steps between two looks."""
        own = len(self.domains) if self.own_statistics else 1
        passes = len(self.domains) * LOOK + own * STATISTICS
        passes += len(self.validation.samples) if self.validation else 0
        return cadence(steps, self.fed * batch_size, passes)

    def look(self, step: int) -> Evaluated:
        """A point of the curves: both accuracies and the MMD by stage."""
        shares: dict[str, float] = {}
        features: Features = {}
        for name, domain in self.domains.items():
            test = domain.test.first(LOOK)
            reader, z = self._reader(name)
            logits, features[name] = read(reader, self.prefix, test.x)
            shares[name] = accuracy(logits, test.y)
        mmd, null, a_distance = self.gaps(features)
        self.first = self.first or features
        scores = {
            "information": self._information(z),
            **a_distance,
            **self.fitted(),
            **self.validated(),
            **self.diagnosis(),
        }
        return Evaluated("adapt", step, shares, mmd, LOOK, scores, null)

    def reader(self, name: str) -> Network:
        """The network as it reads a domain: with the domain's own BatchNorm
        statistics (from unlabelled training inputs), or as it is."""
        return self._reader(name)[0]

    @torch.no_grad()
    def _reader(self, name: str) -> tuple[Network, Tensor | None]:
        """`reader`, and the features (n, width) of the training inputs that
        its statistics are of, if it has its own."""
        model, z = self.model.eval(), None
        if self.own_statistics:
            own = self.domains[name].train.x[:STATISTICS]
            model, z = fitted_to(model, own)
        if name == "source" and "source_head" in model.auxiliary:
            own_head: Any = model.auxiliary["source_head"]
            model = model.with_head(own_head)
        elif name == "source" and self.pair.source_classes:
            model = model.with_head(self.before.head)
        return model, z

    @torch.no_grad()
    def _information(self, z: Tensor | None) -> float:
        """Of predictions on unlabelled training inputs of the target, whose
        features z (n, width) may have been read already."""
        if z is not None:
            return information(self.model.head(z))
        own = self.domains["target"].train.x[:STATISTICS]
        return information(read(self.model, self.prefix, own)[0])

    def fitted(self) -> dict[str, float]:
        """Accuracy on labelled samples that are trained on."""
        if self.learned is None:
            return {}
        seen = self.learned.first(LEARNED)
        logits = read(self.reader("target"), self.prefix, seen.x)[0]
        return {"fitted": accuracy(logits, seen.y)}

    def validated(self) -> dict[str, float]:
        """Accuracy on the training samples that are held out to choose by."""
        if self.validation is None:
            return {}
        held, reader = self.validation.samples, self.validation.domain
        logits = read(self.reader(reader), self.prefix, held.x)[0]
        return {"validation": accuracy(logits, held.y)}

    def diagnosis(self) -> dict[str, float]:
        """What the strategy itself measures on held-out samples."""
        if self.diagnose is None:
            return {}
        s, t = (d.test.first(LOOK) for d in self.domains.values())
        held_out = Batch(s.x, s.y, t.x, t.y, 1.0)
        return dict(self.diagnose(self.model.eval(), held_out))
