"""Measuring at the end of a run: the full test sets, before and after.

What BatchNorm statistics a domain is read with, and what the network makes
of a test set, is worked out once, for the verdict and for the pictures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import torch

from tl_core import pictures
from tl_core.backbones.base import Network
from tl_core.evaluation import (
    LOOK,
    Judge,
    accuracy,
    by_head,
    features_of,
    logits_of,
    read,
    right,
)
from tl_core.events import ArraysTaken


class Verdict:
    """Measures the network of a judge once its adaptation is over."""

    def __init__(self, judge: Judge) -> None:
        self.judge, self.pair = judge, judge.pair
        self.domains, self.classes = judge.domains, judge.classes
        self.readers = {name: judge.reader(name) for name in self.domains}
        self.features = {
            name: features_of(self.readers[name], domain.test.x)
            for name, domain in self.domains.items()
        }
        self.logits = {
            name: by_head(self.readers[name].head, features)
            for name, features in self.features.items()
        }

    def accuracy(self) -> dict[str, float]:
        """Accuracies on the full test sets, before and after."""
        shares = {
            name: accuracy(self.logits[name], domain.test.y)
            for name, domain in self.domains.items()
        }
        if not self.pair.has_source:
            return shares
        old = self.judge.before.head
        logits = by_head(old, self.features["source"])
        return {
            **shares,
            **self._before(),
            "source_old_head": accuracy(logits, self.pair.source.test.y),
            **self._switched_off(),
        }

    def _before(self) -> dict[str, float]:
        """Of the network as source training left it."""
        before, shares = self.judge.before, {}
        for name, domain in self.domains.items():
            logits = logits_of(before, domain.test.x)
            named = self.classes["source"], self.classes[name]
            hits = right(logits, domain.test.y, *named)
            shares[f"{name}_before"] = hits.double().mean().item()
        return shares

    def _switched_off(self) -> dict[str, float]:
        """On the source, without what adaptation added."""
        if self.judge.switched_off is None:
            return {}
        off = self.judge.switched_off(self.judge.model).eval()
        test = self.pair.source.test
        logits = logits_of(off.with_head(self.judge.before.head), test.x)
        return {"source_adapter_off": accuracy(logits, test.y)}

    def pictures(self, step: int) -> Iterator[ArraysTaken]:
        """Features before and after, confusion, how far the domains are
        apart in them, and a 2-D boundary."""
        judge = self.judge
        before = dict.fromkeys(self.domains, judge.before)
        heads = dict.fromkeys(self.domains, self.classes["source"])
        yield self._features("features_before", 0, before, heads)
        yield self._features(
            "features_after", step, self.readers, self.classes
        )
        yield pictures.confusion(self.logits["target"], self.pair, step)
        if self.pair.has_source:
            stages = {
                name: read(
                    self.readers[name], judge.prefix, domain.test.first(LOOK).x
                )[1]
                for name, domain in self.domains.items()
            }
            yield pictures.a_distance(step, judge.first, stages)
            yield pictures.mmd_by_kernel(step, judge.first, stages)
        if len(self.pair.shape) == 1:
            yield pictures.boundary("boundary_before", 0, judge.before)
            yield pictures.boundary(
                "boundary_after", step, self.readers["target"]
            )

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
            z = torch.cat(features_of(readers[key], test.x))
            logits = readers[key].head(z)
            hits = right(logits, test.y, heads[key], self.classes[key])
            found[key] = (z, test.y, hits)
        return pictures.features(name, step, found)
