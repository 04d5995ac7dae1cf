"""What a strategy is shown: domains without hidden labels, step by step."""

from __future__ import annotations

from collections.abc import Callable

import torch

from tl_core import catalog
from tl_core.card import Sees
from tl_core.datasets.base import (
    DomainPair,
    Samples,
    VisiblePair,
    labelled_subset,
)
from tl_core.descent import batches
from tl_core.prefix import Prefix
from tl_core.regularisers import augmented, smoothed
from tl_core.spec import RunSpec
from tl_core.strategies.base import Batch


def visible_pair(spec: RunSpec, pair: DomainPair) -> VisiblePair:
    """The training samples, with the labels that the strategy may use.

    Target labels are taken away here, for every unsupervised strategy, and
    nothing behind this line can get them back.
    """
    card = catalog.entry("strategies", spec.strategy).card
    source, target = pair.source.train, pair.target.train
    if card.sees is Sees.UNLABELLED_TARGET:
        hidden = target.without_labels()
        return VisiblePair(source, hidden, pair.classes, pair.head_classes)
    labels = None if card.all_labels else spec.target_labels
    few = labelled_subset(target, labels, spec.seed)
    return VisiblePair(source, few, pair.classes, pair.head_classes)


def target_batches(
    spec: RunSpec, visible: VisiblePair, prefix: Prefix
) -> Callable[[int], Batch]:
    """The batch of each step (0-based), equal numbers of both domains, as
    the network takes them: behind its frozen stages."""
    size, steps = spec.batch_size, spec.steps
    source, target = visible.source, visible.target
    where = target.x.device
    order_t = batches(len(target), size, steps, spec.seed + 3).to(where)
    card = catalog.entry("strategies", spec.strategy).card
    if card.sees is Sees.TARGET:  # its batches hold no source samples
        order_s = torch.zeros((steps, 0), dtype=torch.int64)
    else:
        order_s = batches(len(source), size, steps, spec.seed + 2).to(where)

    how, smooth = spec.augmentation, spec.label_smoothing

    def feed(step: int) -> Batch:
        s, t = order_s[step], order_t[step]
        xs = prefix(source.x).out[s] if len(s) else source.x[:0]
        xt = prefix(target.x).out[t]
        labels = target.y[t] if isinstance(target, Samples) else None
        if labels is not None:
            labels = smoothed(labels, len(visible.classes), smooth)
        return Batch(
            augmented(xs, how, spec.seed + 5, step),
            smoothed(source.y[s], len(visible.head_classes), smooth),
            augmented(xt, how, spec.seed + 6, step),
            labels,
            step / steps,
        )

    return feed


def sample_counts(visible: VisiblePair, pair: DomainPair) -> dict[str, int]:
    """How many samples were trained and measured on."""
    labelled = isinstance(visible.target, Samples)
    return {
        "source_train": len(visible.source),
        "source_test": len(pair.source.test),
        "target_train": len(visible.target),
        "target_labels": len(visible.target) if labelled else 0,
        "target_test": len(pair.target.test),
    }
