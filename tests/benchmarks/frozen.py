"""Frozen stages: run once and kept, against run at every step."""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import nn

from tests.benchmarks.runs import CPU, bare, spec_of, started, trained
from tests.benchmarks.timing import (
    Row,
    Sizes,
    Work,
    faster,
    in_turn,
    seconds,
    shown,
)
from tl_core import passed, training
from tl_core.evaluation import accuracy, logits_of
from tl_core.spec import RunSpec

GROUP = "frozen stages"
PEER = "bare loop through all stages"
HEAD = (
    "torch alone needs {floor} for a step of the head with AdamW, {most:.0f} "
    "times less than all stages"
)


def rows(sizes: Sizes) -> Iterator[Row]:
    """A linear probe and partial fine-tuning on three backbones, and a
    second run from the same checkpoint."""
    for backbone, steps in (
        ("convnet", 16 * sizes.steps),
        ("vit_tiny", sizes.steps),
        ("resnet18", sizes.few),
    ):
        more = {"backbone": backbone, "batch_size": sizes.batch}
        spec = spec_of(
            "linear_probe", steps=steps, target_labels=sizes.labels, **more
        )
        yield probe(spec, sizes)
    for trained_stages in (1, 2):
        spec = spec_of(
            "partial",
            backbone="vit_tiny",
            steps=sizes.steps,
            target_labels=sizes.labels,
            batch_size=sizes.batch,
            **{"strategy.trained": trained_stages},
        )
        both = in_turn(trained(spec), bare(spec), sizes.rounds)
        what = f"a step of partial, {trained_stages} of 6 stages, vit_tiny"
        yield faster(GROUP, what, PEER, both, per=sizes.steps)
    yield second(sizes)


def probe(spec: RunSpec, sizes: Sizes) -> Row:
    """Steps of a linear probe, its frozen pass left out of ours and paid once
    before; equal accuracy is told."""
    ours, theirs = trained(spec), bare(spec)
    both = in_turn(ours, theirs, min(sizes.rounds, 3))
    test = training.load_pair(spec, CPU).target.test.first(sizes.samples)
    found = [
        accuracy(logits_of(work().eval(), test.x), test.y)
        for work in (ours, theirs)
    ]
    note = f"accuracy {found[0]:.3f} and {found[1]:.3f}; the frozen pass is "
    note += "kept from an earlier run"
    if both[1] / both[0] < 20:
        floor = seconds(head_alone(spec)) / spec.steps
        most = both[1] / spec.steps / floor
        note += "; " + HEAD.format(floor=shown(floor), most=most)
    return faster(
        GROUP,
        f"a step of linear probe, {spec.backbone}",
        PEER,
        both,
        "≥ 20",
        note,
        per=spec.steps,
    )


def head_alone(spec: RunSpec) -> Work:
    """Steps of a linear layer on random features, batches by indexing."""
    width = started(spec).model.backbone.width
    x, y = torch.randn(500, width), torch.randint(10, (500,))
    order = torch.randint(500, (spec.steps, spec.batch_size))

    def work() -> None:
        head = nn.Linear(width, 10)
        optimiser = torch.optim.AdamW(head.parameters(), lr=spec.lr)
        for index in order:
            optimiser.zero_grad()
            F.cross_entropy(head(x[index]), y[index]).backward()
            optimiser.step()

    return work


def second(sizes: Sizes) -> Row:
    """A run's frozen pass, found from an earlier run of the process."""
    few = {"steps": 1, "batch_size": sizes.batch, "backbone": "vit_tiny"}
    work = trained(spec_of("linear_probe", target_labels=sizes.labels, **few))

    def first() -> None:
        passed.KEPT.__init__()
        work()

    def later() -> None:
        work()

    ours, theirs = [], []
    for _ in range(sizes.rounds):
        theirs.append(seconds(first))
        ours.append(seconds(later))
    both = sorted(ours)[len(ours) // 2], sorted(theirs)[len(theirs) // 2]
    what = "one step of a second probe from one checkpoint, vit_tiny"
    return faster(GROUP, what, "the first", both)
