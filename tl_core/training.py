"""One run from start to end, as a generator of events.

load the pair -> train on the source (or take its checkpoint) -> let the
strategy prepare the network -> adapt -> measure on held-out samples.
To stop a run, stop asking for events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

import torch
from torch import Tensor

from tl_core import catalog, checkpoints, evaluation, pictures
from tl_core.backbones.base import Network, build
from tl_core.card import Scalar, Sees
from tl_core.datasets.base import (
    DomainPair,
    Samples,
    VisiblePair,
    labelled_subset,
)
from tl_core.descent import batches, descend
from tl_core.device import describe, device, use_threads
from tl_core.events import (
    Event,
    PhaseStarted,
    RunFinished,
    RunStarted,
)
from tl_core.spec import RunSpec
from tl_core.strategies.base import (
    Batch,
    Strategy,
    cross_entropy,
    everything,
)

PRETRAIN_LR = 1e-3
PRETRAIN_BATCH = 64
"""Source training has settings of its own, so that every strategy and every
adaptation rate starts from the same checkpoint."""


def train(spec: RunSpec) -> Iterator[Event]:
    """Run `spec` on the device at hand; equal specs yield equal events.

    Raises:
        SpecError: the dataset cannot serve the spec (too few labels).
        DivergedError: the loss left the finite numbers.
    """
    use_threads()
    where = device()
    pair = load_pair(spec, where)
    yield RunStarted(spec.to_dict(), describe(where), pair.classes)
    yield from pictures.samples(pair)
    model = new_network(spec, pair).to(where)
    if catalog.entry("strategies", spec.strategy).card.pretrained:
        yield from pretrain(spec, model, pair)
    yield from adapt(spec, model, pair)


def load_pair(spec: RunSpec, where: torch.device) -> DomainPair:
    """The spec's domain pair on the device; the last few are kept there."""
    params = tuple(sorted(spec.dataset_params.items()))
    return _load_pair(spec.dataset, params, where)


@lru_cache(maxsize=4)
def _load_pair(
    key: str, params: tuple[tuple[str, Scalar], ...], where: torch.device
) -> DomainPair:
    return catalog.create("datasets", key, dict(params)).load().to(where)


def new_network(spec: RunSpec, pair: DomainPair) -> Network:
    """The spec's network with the initial weights of its seed.

    Channels last is the memory order in which convolutions run fastest.
    """
    recipe = catalog.create("backbones", spec.backbone, spec.backbone_params)
    model = build(recipe, pair.shape, len(pair.classes), spec.seed)
    return model.to(memory_format=torch.channels_last)


def pretrain(
    spec: RunSpec, model: Network, pair: DomainPair
) -> Iterator[Event]:
    """Train `model` on the labelled source, in place.

    A checkpoint of the same source training is loaded instead, and the
    events of that training are told again: they are what happened.
    """
    if spec.pretrain_steps == 0:
        return
    key = checkpoints.key(spec, pair.source)
    stored = checkpoints.load(key, model)
    if stored is not None:
        yield from stored
        return
    told: list[Event] = []
    for event in _train_on_source(spec, model, pair):
        told.append(event)
        yield event
    checkpoints.save(key, model, told)


def _train_on_source(
    spec: RunSpec, model: Network, pair: DomainPair
) -> Iterator[Event]:
    steps, source = spec.pretrain_steps, pair.source
    order = batches(len(source.train), PRETRAIN_BATCH, steps, spec.seed)
    yield PhaseStarted("pretrain", steps, model.parameter_counts())

    def loss(step: int) -> Mapping[str, Tensor]:
        batch = source.train.take(order[step].to(source.train.x.device))
        return {"source": cross_entropy(model(batch.x), batch.y)}

    every = evaluation.cadence(steps, 2 * PRETRAIN_BATCH)
    groups = everything(model)
    for done in descend(model, groups, loss, steps, PRETRAIN_LR, "pretrain"):
        yield done
        if done.step % every == 0 or done.step == steps:
            yield evaluation.on_source(model, source, done.step)


def adapt(spec: RunSpec, model: Network, pair: DomainPair) -> Iterator[Event]:
    """Adapt `model` to the target as the spec's strategy says, in place."""
    strategy: Strategy = catalog.create(
        "strategies", spec.strategy, spec.strategy_params
    )
    judge = evaluation.Judge(model, pair, strategy)
    visible = visible_pair(spec, pair)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(spec.seed + 1)
        groups = strategy.setup(model, visible)
    yield PhaseStarted("adapt", spec.steps, model.parameter_counts())
    first = judge.look(0)
    yield first
    feed = target_batches(spec, visible)

    def loss(step: int) -> Mapping[str, Tensor]:
        return strategy.loss(model, feed(step))

    every = evaluation.cadence(spec.steps, 2 * spec.batch_size)
    last = first
    for done in descend(model, groups, loss, spec.steps, spec.lr, "adapt"):
        yield done
        if done.step % every == 0 or done.step == spec.steps:
            last = judge.look(done.step)
            yield last
    yield from judge.pictures(spec.steps)
    mmd = {stage: (first.mmd[stage], last.mmd[stage]) for stage in last.mmd}
    yield RunFinished(judge.verdict(), mmd, sample_counts(visible, pair))


def visible_pair(spec: RunSpec, pair: DomainPair) -> VisiblePair:
    """The training samples, with the labels that the strategy may use.

    Target labels are taken away here, for every unsupervised strategy, and
    nothing behind this line can get them back.
    """
    card = catalog.entry("strategies", spec.strategy).card
    source, target = pair.source.train, pair.target.train
    if card.sees is Sees.UNLABELLED_TARGET:
        return VisiblePair(source, target.without_labels(), pair.classes)
    labels = None if card.all_labels else spec.target_labels
    few = labelled_subset(target, labels, spec.seed)
    return VisiblePair(source, few, pair.classes)


def target_batches(
    spec: RunSpec, visible: VisiblePair
) -> Callable[[int], Batch]:
    """The batch of each step (0-based), equal numbers of both domains."""
    size, steps = spec.batch_size, spec.steps
    source, target = visible.source, visible.target
    order_s = batches(len(source), size, steps, spec.seed + 2)
    order_t = batches(len(target), size, steps, spec.seed + 3)
    where = source.x.device

    def feed(step: int) -> Batch:
        s = source.take(order_s[step].to(where))
        index = order_t[step].to(where)
        labels = target.y[index] if isinstance(target, Samples) else None
        return Batch(s.x, s.y, target.x[index], labels, step / steps)

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
