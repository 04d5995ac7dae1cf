"""The step on a GPU, where there is one."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from tests.benchmarks.runs import bare, spec_of, trained
from tests.benchmarks.step import tutorial
from tests.benchmarks.timing import Row, Sizes, faster, in_turn, longer

GROUP = "GPU"
ABSENT = "not measured: no GPU on this machine"
TUTORIAL = "tutorial loop (DataLoader, transforms, .item())"
BARE = "bare loop, tensors on the GPU"


def rows(sizes: Sizes) -> Iterator[Row]:
    """On the first GPU, or a line that says there is none."""
    if torch.cuda.is_available():
        yield from on(torch.device("cuda"), sizes)
    else:
        yield Row(GROUP, "a step of full", "", TUTORIAL, "", None, "", ABSENT)


def on(where: torch.device, sizes: Sizes) -> Iterator[Row]:
    """A step of full fine-tuning on a device."""
    more = {"steps": 4 * sizes.steps, "batch_size": sizes.batch}
    for backbone in ("convnet", "vit_tiny"):
        spec = spec_of("full", target_labels="all", backbone=backbone, **more)
        work, ours = f"a step of full, {backbone}", trained(spec, where)
        both = in_turn(ours, bare(spec, where), sizes.rounds)
        yield longer(GROUP, work, BARE, both, "≤ 1.05", per=spec.steps)
        both = in_turn(ours, tutorial(spec, where), sizes.rounds)
        yield faster(GROUP, work, TUTORIAL, both, "≥ 5", per=spec.steps)
