"""A step of training: our trainer, a bare loop, and the usual tutorial."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from tests.benchmarks.runs import bare, spec_of, started, trained
from tests.benchmarks.timing import Row, Sizes, faster, in_turn, longer
from tl_core.spec import RunSpec

GROUP = "step"
WHY = (
    "nearly all of the step is torch's own convolutions, which both take; "
    "what the loader costs is all there is to save"
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
        row = faster(
            GROUP,
            f"a step of full, {backbone}",
            "tutorial loop (DataLoader, transforms, .item())",
            both,
            "≥ 2",
            per=sizes.steps,
        )
        yield row if row.verdict == "met" else replace(row, note=WHY)


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
    """Fine-tuning as most tutorials show it, weights in torch's own order."""
    start = started(spec)
    plain = start.model.to(memory_format=torch.contiguous_format)
    target = start.visible.target
    data = Pictures(target.x, target.y)

    def work() -> None:
        model = plain.train()
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
