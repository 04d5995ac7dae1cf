"""One run from start to end, as a generator of events.

load the pair -> train on the source (or take its checkpoint) -> let the
strategy prepare the network -> adapt -> measure on held-out samples.
To stop a run, stop asking for events.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from functools import lru_cache

import torch
from torch import Tensor

from tl_core import catalog, checkpoints, evaluation, pictures
from tl_core.backbones.base import Network, build
from tl_core.batch_norm import freeze_affine, set_switches
from tl_core.cadence import cadence
from tl_core.card import Scalar
from tl_core.datasets.base import DomainPair, VisiblePair
from tl_core.descent import batches, descend
from tl_core.device import describe, device, use_threads
from tl_core.events import (
    Downloading,
    Evaluated,
    Event,
    PhaseStarted,
    RunFinished,
    RunStarted,
)
from tl_core.feed import (
    check_samples,
    sample_counts,
    target_batches,
    validation_of,
    visible_pair,
)
from tl_core.prefix import Prefix
from tl_core.regularisers import Dropout
from tl_core.selection import Keeper
from tl_core.spec import RunSpec
from tl_core.strategies.base import (
    ParamGroup,
    Strategy,
    cross_entropy,
    everything,
)
from tl_core.validation import without_source_part
from tl_core.verdict import Verdict

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
    yield from fetch(spec)
    pair = load_pair(spec, where)
    model = new_network(spec, pair).to(where)
    check_samples(spec, pair, model)
    yield RunStarted(spec.to_dict(), describe(where), pair.classes)
    yield from pictures.samples(pair)
    if catalog.entry("strategies", spec.strategy).card.pretrained:
        yield from pretrain(spec, model, pair)
    yield from adapt(spec, model, pair)


def fetch(spec: RunSpec) -> Iterator[Downloading]:
    """Download what the dataset and the backbone need and do not have."""
    for kind, key, params in (
        ("datasets", spec.dataset, spec.dataset_params),
        ("backbones", spec.backbone, spec.backbone_params),
    ):
        made = catalog.create(kind, key, params)
        if hasattr(made, "fetch"):
            yield from made.fetch()


def load_pair(spec: RunSpec, where: torch.device) -> DomainPair:
    """The spec's domain pair on the device; the last few are kept there."""
    params = tuple(sorted(spec.dataset_params.items()))
    pair = _load_pair(spec.dataset, params, where)
    return without_source_part(spec, pair)


@lru_cache(maxsize=4)
def _load_pair(
    key: str, params: tuple[tuple[str, Scalar], ...], where: torch.device
) -> DomainPair:
    return catalog.create("datasets", key, dict(params)).load().to(where)


def new_network(spec: RunSpec, pair: DomainPair) -> Network:
    """The spec's network with the initial weights of its seed; a strategy
    that starts from scratch gets random ones in the place of learned ones.
    Channels last is the memory order in which convolutions run fastest."""
    params = dict(spec.backbone_params)
    scratch = not catalog.entry("strategies", spec.strategy).card.pretrained
    if scratch and "weights" in params:
        params["weights"] = "random"
    recipe = catalog.create("backbones", spec.backbone, params)
    model = build(recipe, pair.shape, len(pair.head_classes), spec.seed)
    return model.to(memory_format=torch.channels_last)


def pretrain(
    spec: RunSpec, model: Network, pair: DomainPair
) -> Iterator[Event]:
    """Train `model` on the labelled source, in place; of a backbone that
    arrives trained, the head and its new stages alone.

    A checkpoint of the same source training is loaded instead, and the
    events of that training are told again: they are what happened.
    """
    if spec.pretrain_steps == 0 or not pair.has_source:
        return
    key = checkpoints.key(spec, pair.source)
    stored = checkpoints.load(key, model)
    if stored is not None:
        yield from stored
        return
    told: list[Event] = []
    for event in train_on_source(spec, model, pair):
        told.append(event)
        yield event
    checkpoints.save(key, model, told, spec)


def train_on_source(
    spec: RunSpec, model: Network, pair: DomainPair
) -> Iterator[Event]:
    """Source training itself, without a checkpoint."""
    steps, source = spec.pretrain_steps, pair.source
    order = batches(len(source.train), PRETRAIN_BATCH, steps, spec.seed)
    if model.backbone.arrives_trained:
        model.freeze(model.backbone)
    yield PhaseStarted("pretrain", steps, model.parameter_counts())
    prefix = Prefix(model, source.train.x)
    prefix.follow()

    def loss(step: int) -> Mapping[str, Tensor]:
        index = order[step].to(source.train.x.device)
        x = prefix(source.train.x).out[index]
        return {"source": cross_entropy(model(x), source.train.y[index])}

    every = cadence(steps, PRETRAIN_BATCH, evaluation.LOOK)
    groups = everything(model)
    for done in descend(model, groups, loss, steps, PRETRAIN_LR, "pretrain"):
        yield done
        if done.step % every == 0 or done.step == steps:
            yield evaluation.on_source(model, source, prefix, done.step)
    prefix.end()
    model.thaw(model.backbone)


def adapt(spec: RunSpec, model: Network, pair: DomainPair) -> Iterator[Event]:
    """Adapt `model` to the target as the spec's strategy says, in place."""
    strategy: Strategy = catalog.create(
        "strategies", spec.strategy, spec.strategy_params
    )
    visible = visible_pair(spec, pair)
    model.dropout = Dropout(spec.dropout, spec.seed + 4)
    prefix = Prefix(model, visible.target.x, spec.augmentation == "none")
    held = validation_of(spec, pair)
    judge = evaluation.Judge(
        model, pair, strategy, prefix, visible.target, held
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(spec.seed + 1)
        groups = strategy.setup(model, visible)
    set_switches(model, spec.backbone_params)
    yield PhaseStarted("adapt", spec.steps, model.parameter_counts())
    prefix.follow()
    yield (first := judge.look(0))
    loss = objective(spec, strategy, model, visible, prefix)
    last = yield from learn(spec, model, groups, loss, judge)
    prefix.end()
    verdict = Verdict(judge)
    yield from verdict.pictures(spec.steps)
    if hasattr(strategy, "pictures"):
        yield from strategy.pictures(model, spec.steps)
    mmd = {stage: (first.mmd[stage], last.mmd[stage]) for stage in last.mmd}
    yield RunFinished(verdict.accuracy(), mmd, sample_counts(visible, pair))


def learn(
    spec: RunSpec,
    model: Network,
    groups: list[ParamGroup],
    loss: Callable[[int], Mapping[str, Tensor]],
    judge: evaluation.Judge,
) -> Generator[Event, None, Evaluated]:
    """Descend and look; return the look that the spec's selection keeps."""
    keeper = Keeper(model, spec.selection)
    every = judge.cadence(spec.steps, spec.batch_size)
    for done in descend(
        model, groups, loss, spec.steps, spec.lr, "adapt", spec.weight_decay
    ):
        yield done
        if done.step % every == 0 or done.step == spec.steps:
            looked = judge.look(done.step)
            keeper.see(looked)
            yield looked
    return keeper.restore()


def objective(
    spec: RunSpec,
    strategy: Strategy,
    model: Network,
    visible: VisiblePair,
    prefix: Prefix,
) -> Callable[[int], Mapping[str, Tensor]]:
    """The terms to minimise at each step (0-based)."""
    feed = target_batches(spec, visible, prefix)
    advance = getattr(strategy, "advance", None)

    def loss(step: int) -> Mapping[str, Tensor]:
        if advance is not None:
            advance(model, step / spec.steps)
            freeze_affine(model, spec.backbone_params)
            prefix.follow()
        return strategy.loss(model, feed(step))

    return loss
