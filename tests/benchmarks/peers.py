"""The same step in the field's libraries, on the same network."""

from __future__ import annotations

import copy
import importlib.util
import math
from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from torch import nn

from tests.benchmarks.runs import in_memory, spec_of, started, trained
from tests.benchmarks.timing import Row, Sizes, faster, in_turn
from tl_core import memory_lesson
from tl_core.analysis.mmd import WIDTHS
from tl_core.spec import RunSpec

GROUP = "peers"
TOLD = "ours with all its events, theirs a bare loop that tells nothing"
EPOCH = "ours with all its events, theirs one fit"
MISSING = "not installed: make .venv/peers"


def rows(sizes: Sizes) -> Iterator[Row]:
    """DANN, MMD and LoRA; every row says what the peer is."""
    more = {"steps": sizes.steps, "batch_size": sizes.batch}
    for strategy, peer in (("dann", adapt_dann), ("mmd", adapt_mmd)):
        one = {"strategy.stages": 1} if strategy == "mmd" else {}
        spec = spec_of(strategy, **more, **one)
        both = in_turn(trained(spec), peer(spec), sizes.rounds)
        what = f"a step of {strategy}"
        yield faster(GROUP, what, "pytorch-adapt", both, per=sizes.steps)
    spec = spec_of("mmd", **more, **{"strategy.stages": 1})
    if absent("skada"):
        yield missing("a step of mmd", "skada")
    else:
        both = in_turn(trained(spec), skada_dan(spec), sizes.rounds)
        what = "a step of mmd, start to end"
        yield faster(
            GROUP, what, "skada (DAN)", both, "≥ 1", EPOCH, sizes.steps
        )
    for backbone in ("convnet", "vit_tiny"):
        spec = spec_of("lora", target_labels="all", backbone=backbone, **more)
        both = in_turn(trained(spec), peft_lora(spec), sizes.rounds)
        what = f"a step of LoRA, {backbone}"
        yield faster(GROUP, what, "peft", both, "≥ 1", TOLD, sizes.steps)
        yield kept(spec)


def absent(package: str) -> bool:
    """Whether it is not installed."""
    return importlib.util.find_spec(package) is None


def missing(work: str, package: str, group: str = GROUP) -> Row:
    """A row that says so."""
    return Row(group, work, "", package, "", None, note=MISSING)


def adam(parameters: Iterator[nn.Parameter], lr: float) -> torch.optim.AdamW:
    """The optimiser of every peer."""
    return torch.optim.AdamW(parameters, lr=lr, weight_decay=0.0)


def hooked(spec: RunSpec, of_hook: Callable) -> Callable[[], None]:
    """A loop around a hook of pytorch-adapt, batches from memory."""
    start = started(spec)
    discriminator = nn.Sequential(
        nn.Linear(start.model.backbone.width, 100),
        nn.ReLU(),
        nn.Linear(100, 1),
        nn.Flatten(0),
    )

    def work() -> None:
        model = copy.deepcopy(start.model).train()
        parts = {"G": model.backbone, "C": model.head, "D": discriminator}
        hook = of_hook([adam(m.parameters(), spec.lr) for m in parts.values()])
        for batch in in_memory(start):
            fed = {
                "src_imgs": batch.xs,
                "src_labels": batch.ys,
                "target_imgs": batch.xt,
                "src_domain": torch.zeros(len(batch.xs)),
                "target_domain": torch.ones(len(batch.xt)),
            }
            hook({**fed, **parts})

    return work


def adapt_dann(spec: RunSpec) -> Callable[[], None]:
    """pytorch-adapt's DANN."""
    from pytorch_adapt.hooks import DANNHook

    return hooked(spec, lambda opts: DANNHook(opts))


def adapt_mmd(spec: RunSpec) -> Callable[[], None]:
    """pytorch-adapt's MMD of the features, with as many kernels as ours; its
    hook aligns the class probabilities too."""
    from pytorch_adapt.hooks import AlignerPlusCHook
    from pytorch_adapt.layers import MMDLoss

    loss = MMDLoss(torch.tensor(WIDTHS), mmd_type="quadratic")

    def of_hook(opts: list[torch.optim.Optimizer]) -> nn.Module:
        return AlignerPlusCHook(opts[:2], loss_fn=loss)

    return hooked(spec, of_hook)


def skada_dan(spec: RunSpec) -> Callable[[], None]:
    """skada's DAN, fitted for as many batches."""
    from skada.deep import DAN

    start = started(spec)
    model, n = start.model, spec.batch_size * spec.steps
    s, t = start.visible.source, start.visible.target
    i, j = (torch.arange(n) % len(d) for d in (s, t))
    x = torch.cat([s.x[i], t.x[j]]).numpy()
    y = torch.cat([s.y[i], torch.full((n,), -1)]).numpy()
    domain = torch.cat([torch.ones(n), torch.full((n,), -2)]).long().numpy()

    def work() -> None:
        net = DAN(
            nn.Sequential(model.backbone, model.head),
            layer_name="0",
            sigmas=[math.sqrt(w) for w in WIDTHS],
            batch_size=2 * spec.batch_size,
            max_epochs=1,
            train_split=None,
            lr=spec.lr,
            optimizer=torch.optim.AdamW,
            verbose=0,
            callbacks__print_log=None,
        )
        net.fit(x, y, sample_domain=domain)

    return work


def peft_model(spec: RunSpec) -> nn.Module:
    """The network with PEFT's adapters beside the same layers."""
    from peft import LoraConfig, LoraModel

    start = started(spec)
    paths = start.strategy.layers(started(spec_of_plain(spec)).model)
    knobs = spec.strategy_params
    config = LoraConfig(
        r=int(knobs["rank"]), lora_alpha=knobs["alpha"], target_modules=paths
    )
    model = started(spec_of_plain(spec)).model
    model.freeze(model.backbone)
    theirs = LoraModel(model, config, "default")
    model.head.requires_grad_(True)
    return theirs.train()


def spec_of_plain(spec: RunSpec) -> RunSpec:
    """The same network without adapters."""
    return spec_of("full", backbone=spec.backbone, target_labels="all")


def peft_lora(spec: RunSpec) -> Callable[[], None]:
    """PEFT's LoRA in a bare loop."""
    start, fresh = started(spec), peft_model(spec)

    def work() -> None:
        model = copy.deepcopy(fresh)
        learnt = (p for p in model.parameters() if p.requires_grad)
        optimiser = adam(learnt, spec.lr)
        for batch in in_memory(start):
            optimiser.zero_grad()
            F.cross_entropy(model(batch.xt), batch.yt).backward()
            optimiser.step()

    return work


def kept(spec: RunSpec) -> Row:
    """Bytes that a step of LoRA keeps for the backward pass."""
    start, theirs = started(spec), peft_model(spec)
    batch = next(in_memory(start))

    class Loss:
        """A strategy's loss, for a network that is not ours."""

        def loss(self, model: nn.Module, batch) -> dict[str, torch.Tensor]:
            return {"target": F.cross_entropy(model(batch.xt), batch.yt)}

    found = [
        memory_lesson.kept_by(model, Loss(), batch)[1]
        for model in (start.model.train(), theirs)
    ]
    one, two = (f"{size / 2**20:.1f} MiB" for size in found)
    what = f"activations of a step of LoRA, {spec.backbone}"
    return Row(GROUP, what, one, "peft", two, found[1] / found[0], "≥ 1")
