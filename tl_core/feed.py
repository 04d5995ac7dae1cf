"""What a strategy is shown: domains without hidden labels, step by step; and
whether they can serve it at all."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from tl_core import catalog
from tl_core.backbones.base import Network
from tl_core.card import Sees, SpecError
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
from tl_core.texts import say
from tl_core.validation import Validation, parted, wanted


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
    few = _labelled(spec, pair)
    if wanted(spec, "target"):
        few, _ = parted(few, spec.seed)
    return VisiblePair(source, few, pair.classes, pair.head_classes)


def _labelled(spec: RunSpec, pair: DomainPair) -> Samples:
    """The target training samples whose labels the strategy may have."""
    card = catalog.entry("strategies", spec.strategy).card
    labels = None if card.all_labels else spec.target_labels
    return labelled_subset(pair.target.train, labels, spec.seed)


def validation_of(spec: RunSpec, pair: DomainPair) -> Validation | None:
    """What a run holds out to choose by: none of it is in `visible_pair`,
    and none of it is a test sample."""
    if wanted(spec, "target"):
        return Validation(
            "target", parted(_labelled(spec, pair), spec.seed)[1]
        )
    held = pair.source.held_out
    return None if held is None else Validation("source", held)


def check_samples(spec: RunSpec, pair: DomainPair, model: Network) -> None:
    """Refuse what a pair without source samples, or with other classes,
    cannot serve, where `fit.py` could not know: a user's own data.

    Raises:
        SpecError: says what is missing.
    """
    card = catalog.entry("strategies", spec.strategy).card
    if card.needs_source and not pair.has_source:
        raise SpecError(
            say(
                "{title} needs source samples, and this dataset has none; "
                "choose a strategy that learns from target labels.",
                title=card.title,
            )
        )
    if card.sees is Sees.UNLABELLED_TARGET and pair.source_classes:
        raise SpecError(
            say(
                "{title} never sees a target label, so source and target "
                "must have the same classes, and here they differ.",
                title=card.title,
            )
        )
    task = catalog.entry("datasets", spec.dataset).card.source_task
    start = pair.has_source or task or model.backbone.arrives_trained
    if card.pretrained and not start:
        raise SpecError(
            say(
                "Without source samples, choose a backbone with ImageNet "
                "weights."
            )
        )


def target_batches(
    spec: RunSpec, visible: VisiblePair, prefix: Prefix
) -> Callable[[int], Batch]:
    """The batch of each step (0-based), equal numbers of both domains, as
    the network takes them: behind its frozen stages."""
    size, steps, target = spec.batch_size, spec.steps, visible.target
    order = batches(len(target), size, steps, spec.seed + 3)
    order = order.to(target.x.device)
    how, smooth = spec.augmentation, spec.label_smoothing
    feed_source = source_batches(spec, visible, prefix)

    def feed(step: int) -> Batch:
        index = order[step]
        xt = augmented(prefix(target.x).out[index], how, spec.seed + 6, step)
        labels = target.y[index] if isinstance(target, Samples) else None
        if labels is not None:
            labels = smoothed(labels, len(visible.classes), smooth)
        return Batch(*feed_source(step), xt, labels, step / steps)

    return feed


def source_batches(
    spec: RunSpec, visible: VisiblePair, prefix: Prefix
) -> Callable[[int], tuple[Tensor, Tensor]]:
    """The source's part of each batch; empty for strategies that see the
    target alone."""
    source, how = visible.source, spec.augmentation

    def labels(y: Tensor) -> Tensor:
        return smoothed(y, len(visible.head_classes), spec.label_smoothing)

    if catalog.entry("strategies", spec.strategy).card.sees is Sees.TARGET:
        none = source.x[:0], labels(source.y[:0])
        return lambda step: none
    order = batches(len(source), spec.batch_size, spec.steps, spec.seed + 2)
    order = order.to(visible.target.x.device)

    def feed(step: int) -> tuple[Tensor, Tensor]:
        index = order[step]
        x = prefix(source.x).out[index]
        return augmented(x, how, spec.seed + 5, step), labels(source.y[index])

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
