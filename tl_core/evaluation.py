"""Measuring on held-out samples while a run goes on, within a budget.

Target test labels are read here and nowhere else; nothing measured here
flows back into training or into the choice of a model.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from tl_core import pictures
from tl_core.analysis.a_distance import of_last_stage
from tl_core.analysis.mmd import by_stage
from tl_core.backbones.base import Network, pooled
from tl_core.batch_norm import fitted_to
from tl_core.cadence import cadence
from tl_core.card import Sees
from tl_core.datasets.base import Domain, DomainPair, Samples, Unlabelled
from tl_core.events import ArraysTaken, Evaluated
from tl_core.prefix import Prefix
from tl_core.selection import information
from tl_core.strategies.base import Batch, Strategy

LOOK = 256
"""Test samples of each domain in one point of a curve."""
STATISTICS = 256
"""Training samples of a domain from which BatchNorm statistics come."""
LEARNED = 64
"""Labelled training samples on which the gap to held-out ones is seen."""


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
    ) -> None:
        self.model, self.pair, self.prefix = model, pair, prefix
        self.learned = learned if isinstance(learned, Samples) else None
        self.domains = {"source": pair.source, "target": pair.target}
        self.classes = {"source": pair.head_classes, "target": pair.classes}
        if not pair.has_source:
            del self.domains["source"]
        self.switched_off = getattr(strategy, "switched_off", None)
        statistics = getattr(strategy, "statistics", "running")
        self.own_statistics = statistics == "domain"
        self.fed = 1 if strategy.card.sees is Sees.TARGET else 2
        self.diagnose = getattr(strategy, "diagnose", None)
        self.first: dict[str, dict[str, Tensor]] = {}
        self.before = copy.deepcopy(model).eval()

    def cadence(self, steps: int, batch_size: int) -> int:
        """Steps between two looks."""
        own = len(self.domains) if self.own_statistics else 1
        passes = len(self.domains) * LOOK + own * STATISTICS
        return cadence(steps, self.fed * batch_size, passes)

    def look(self, step: int) -> Evaluated:
        """A point of the curves: both accuracies and the MMD by stage."""
        shares, features = {}, {}
        for name, domain in self.domains.items():
            test = domain.test.first(LOOK)
            reader, z = self._reader(name)
            logits, features[name] = read(reader, self.prefix, test.x)
            shares[name] = accuracy(logits, test.y)
        mmd, null = by_stage(features, pictures.PERMUTATIONS)
        self.first = self.first or features
        scores = {
            "information": self._information(z),
            **of_last_stage(features),
            **self.fitted(),
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

    def diagnosis(self) -> dict[str, float]:
        """What the strategy itself measures on held-out samples."""
        if self.diagnose is None:
            return {}
        s, t = (d.test.first(LOOK) for d in self.domains.values())
        held_out = Batch(s.x, s.y, t.x, t.y, 1.0)
        return dict(self.diagnose(self.model.eval(), held_out))

    def verdict(self) -> dict[str, float]:
        """Accuracies on the full test sets, before and after."""
        shares = {}
        for name, domain in self.domains.items():
            logits = logits_of(self.reader(name), domain.test.x)
            shares[name] = accuracy(logits, domain.test.y)
        if not self.pair.has_source:
            return shares
        for name, domain in self.domains.items():
            logits = logits_of(self.before, domain.test.x)
            named = self.classes["source"], self.classes[name]
            hits = right(logits, domain.test.y, *named)
            shares[f"{name}_before"] = hits.double().mean().item()
        old = self.reader("source").with_head(self.before.head)
        test = self.pair.source.test
        shares["source_old_head"] = accuracy(logits_of(old, test.x), test.y)
        if self.switched_off is not None:
            off = self.switched_off(self.model).eval()
            off = off.with_head(self.before.head)
            logits = logits_of(off, test.x)
            shares["source_adapter_off"] = accuracy(logits, test.y)
        return shares

    def pictures(self, step: int) -> Iterator[ArraysTaken]:
        """Features before and after, confusion, how far the domains are
        apart in them, and a 2-D boundary."""
        after = {name: self.reader(name) for name in self.domains}
        before = dict.fromkeys(self.domains, self.before)
        heads = dict.fromkeys(self.domains, self.classes["source"])
        yield self._features("features_before", 0, before, heads)
        yield self._features("features_after", step, after, self.classes)
        yield pictures.confusion(after["target"], self.pair, step)
        if self.pair.has_source:
            last = {
                name: read(after[name], self.prefix, domain.test.first(LOOK).x)
                for name, domain in self.domains.items()
            }
            stages = {name: features for name, (_, features) in last.items()}
            yield pictures.a_distance(step, self.first, stages)
            yield pictures.mmd_by_kernel(step, self.first, stages)
        if len(self.pair.shape) == 1:
            yield pictures.boundary("boundary_before", 0, self.before)
            yield pictures.boundary("boundary_after", step, after["target"])

    @torch.no_grad()
    def _features(
        self,
        name: str,
        step: int,
        readers: Mapping[str, Network],
        heads: Mapping[str, Sequence[str]],
    ) -> ArraysTaken:
        found = {}
        for key, domain in self.domains.items():
            test = domain.test.first(pictures.POINTS)
            parts = test.x.split(readers[key].backbone.at_once)
            z = torch.cat([readers[key].features(part) for part in parts])
            logits = readers[key].head(z)
            hits = right(logits, test.y, heads[key], self.classes[key])
            found[key] = (z, test.y, hits)
        return pictures.features(name, step, found)
