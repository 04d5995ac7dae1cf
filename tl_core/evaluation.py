"""Measuring on held-out samples while a run goes on, within a budget.

Target test labels are read here and nowhere else; nothing measured here
flows back into training or into the choice of a model.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import Tensor

from tl_core import pictures
from tl_core.analysis.mmd import mmd2_unbiased
from tl_core.backbones.base import Network, pooled
from tl_core.batch_norm import with_statistics_of
from tl_core.datasets.base import Domain, DomainPair
from tl_core.events import ArraysTaken, Evaluated
from tl_core.strategies.base import Strategy

LOOK = 256
"""Test samples of each domain in one point of a curve."""
STATISTICS = 256
"""Training samples of a domain from which BatchNorm statistics come."""
BUDGET = 0.2
"""Share of a run's arithmetic that measuring may add."""


def cadence(steps: int, samples: int) -> int:
    """Steps between two points of a curve, so that all points together
    cost at most BUDGET of the run.

    A step of `samples` samples costs about three forward passes of each; a
    point costs one pass of LOOK test and STATISTICS training samples of both
    domains. Arithmetic, not a clock: equal specs are measured at equal steps.
    """
    budget = BUDGET * 3 * samples * steps
    points = budget / (2 * LOOK + 2 * STATISTICS)
    return max(1, round(steps / min(40.0, max(6.0, points))))


@torch.no_grad()
def read(model: Network, x: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
    """logits (n, classes), and each stage's pooled features, in chunks."""
    chunks = [model.backbone.stage_features(part) for part in x.split(512)]
    last = list(model.backbone.stages)[-1]
    logits = torch.cat([model.head(chunk[last]) for chunk in chunks])
    stages = {
        name: torch.cat([pooled(chunk[name]) for chunk in chunks])
        for name in chunks[0]
    }
    return logits, stages


def accuracy(logits: Tensor, y: Tensor) -> float:
    """Share of samples whose largest logit is their label."""
    return (logits.argmax(1) == y).double().mean().item()


def on_source(model: Network, source: Domain, step: int) -> Evaluated:
    """A point of the source training's curve."""
    model.eval()
    test = source.test.first(LOOK)
    logits, _ = read(model, test.x)
    share = {"source": accuracy(logits, test.y)}
    return Evaluated("pretrain", step, share, {}, len(test))


class Judge:
    """Measures one network before, during and after its adaptation."""

    def __init__(
        self, model: Network, pair: DomainPair, strategy: Strategy
    ) -> None:
        self.model, self.pair = model, pair
        self.domains = {"source": pair.source, "target": pair.target}
        self.own_statistics = (
            getattr(strategy, "statistics", "running") == "domain"
        )
        self.before = copy.deepcopy(model).eval()

    def look(self, step: int) -> Evaluated:
        """A point of the curves: both accuracies and the MMD by stage."""
        shares, features = {}, {}
        for name, domain in self.domains.items():
            test = domain.test.first(LOOK)
            logits, features[name] = read(self.reader(domain), test.x)
            shares[name] = accuracy(logits, test.y)
        mmd = {
            stage: mmd2_unbiased(zs, features["target"][stage]).item()
            for stage, zs in features["source"].items()
        }
        return Evaluated("adapt", step, shares, mmd, LOOK)

    def reader(self, domain: Domain) -> Network:
        """The network as it reads a domain: with the domain's own BatchNorm
        statistics (from unlabelled training inputs), or as it is."""
        if self.own_statistics:
            return with_statistics_of(self.model, domain.train.x[:STATISTICS])
        return self.model.eval()

    def verdict(self) -> dict[str, float]:
        """Accuracies on the full test sets, before and after."""
        shares = {}
        for name, domain in self.domains.items():
            logits, _ = read(self.reader(domain), domain.test.x)
            shares[name] = accuracy(logits, domain.test.y)
        for name, domain in self.domains.items():
            logits, _ = read(self.before, domain.test.x)
            shares[f"{name}_before"] = accuracy(logits, domain.test.y)
        shares["source_old_head"] = self._with_old_head()
        return shares

    def _with_old_head(self) -> float:
        """Source accuracy of the new backbone under the old head."""
        reader = self.reader(self.pair.source)
        test = self.pair.source.test
        with torch.no_grad():
            z = torch.cat([reader.features(x) for x in test.x.split(512)])
            return accuracy(self.before.head(z), test.y)

    def pictures(self, step: int) -> Iterator[ArraysTaken]:
        """Features before and after, confusion, and a 2-D boundary."""
        reader = self.reader(self.pair.target)
        after = {
            name: self.reader(domain) for name, domain in self.domains.items()
        }
        before = dict.fromkeys(self.domains, self.before)
        yield pictures.features("features_before", 0, before, self.pair)
        yield pictures.features("features_after", step, after, self.pair)
        yield pictures.confusion(reader, self.pair, step)
        if len(self.pair.shape) == 1:
            yield pictures.boundary("boundary_before", 0, self.before)
            yield pictures.boundary("boundary_after", step, reader)
