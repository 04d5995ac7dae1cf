"""A step of training: our trainer, a bare loop, and the usual tutorial."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from tests.benchmarks.runs import bare, spec_of, started, trained
from tests.benchmarks.timing import Row, Sizes, faster, in_turn, longer
from tl_core.spec import RunSpec

GROUP = "step"
SMALL = (
    "the step is {share:.0%} torch's own; no loop without that work is "
    "possible, so what a loader costs bounds the ratio"
)


def rows(sizes: Sizes) -> Iterator[Row]:
    """Trainer and events over a bare loop, and against a tutorial's."""
    more = {"steps": sizes.steps, "batch_size": sizes.batch}
    for strategy in ("full", "dann", "mmd", "lora"):
        spec = spec_of(strategy, target_labels="all", **more)
        both = in_turn(trained(spec), bare(spec), sizes.rounds)
        yield longer(
            GROUP,
            f"a step of {strategy}, its events told",
            "bare loop, tensors in memory",
            both,
            "≤ 1.05",
            per=sizes.steps,
        )
    for backbone in ("mlp", "convnet"):
        spec = spec_of("full", target_labels="all", backbone=backbone, **more)
        both = in_turn(trained(spec), tutorial(spec), sizes.rounds)
        step = in_turn(bare(spec), bare(spec), 1)[0]
        yield faster(
            GROUP,
            f"a step of full, {backbone}",
            "tutorial loop (DataLoader, transforms, .item())",
            both,
            "≥ 2",
            SMALL.format(share=min(1.0, step / both[0])),
            per=sizes.steps,
        )


class Pictures(Dataset):
    """Pictures as they lie on a disk, turned into tensors one by one."""

    def __init__(self, x: torch.Tensor, y: torch.Tensor) -> None:
        x = (x * 255).round().to(torch.uint8)
        self.x, self.y = x.permute(0, 2, 3, 1).numpy(), y.tolist()
        self.change = transforms.Compose(
            [transforms.ToTensor(), transforms.Normalize((0.13,), (0.31,))]
        )

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, k: int) -> tuple[torch.Tensor, int]:
        return self.change(self.x[k]), self.y[k]


def tutorial(spec: RunSpec) -> Callable[[], None]:
    """Fine-tuning as most tutorials show it."""
    start = started(spec)
    target = start.visible.target
    data = Pictures(target.x, target.y)

    def work() -> None:
        model = start.model.train()
        optimiser = torch.optim.AdamW(model.parameters(), lr=spec.lr)
        loader = DataLoader(data, spec.batch_size, shuffle=True)
        step, running = 0, 0.0
        while step < spec.steps:
            for x, y in loader:
                optimiser.zero_grad()
                loss = F.cross_entropy(model(x), y)
                loss.backward()
                optimiser.step()
                running += loss.item()
                step += 1
                if step == spec.steps:
                    break

    return work
