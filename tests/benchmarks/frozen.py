"""Frozen stages: run once and kept, against run at every step."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks.runs import CPU, bare, spec_of, trained
from tests.benchmarks.timing import Row, Sizes, faster, in_turn, seconds
from tl_core import passed, training
from tl_core.evaluation import accuracy, logits_of
from tl_core.spec import RunSpec

GROUP = "frozen stages"
PEER = "bare loop through all stages"
HEAD = (
    "torch's own step of a linear layer with AdamW, about 0.3 ms, is all "
    "that is left; the backbone costs no more than the ratio shows"
)


def rows(sizes: Sizes) -> Iterator[Row]:
    """A linear probe and partial fine-tuning on three backbones, and a
    second run from the same checkpoint."""
    for backbone, steps in (
        ("convnet", 4 * sizes.steps),
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
        note += f"; {HEAD}"
    return faster(
        GROUP,
        f"a step of linear probe, {spec.backbone}",
        PEER,
        both,
        "≥ 20",
        note,
        per=spec.steps,
    )


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
