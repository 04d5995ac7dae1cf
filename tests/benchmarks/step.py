"""A step of training: our trainer, a bare loop, and the usual tutorial."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from tests.benchmarks.runs import CPU, bare, spec_of, started, trained
from tests.benchmarks.timing import (
    Row,
    Sizes,
    faster,
    in_turn,
    longer,
    seconds,
)
from tl_core.spec import RunSpec

GROUP = "step"
WHY = (
    "a bare loop with tensors in memory is {most:.2f} times as fast: the rest "
    "is torch's own passes, which both take"
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
        if row.verdict != "met":
            least = seconds(bare(spec))
            row = replace(row, note=WHY.format(most=both[1] / least))
        yield row


class Pictures(Dataset):
    """Pictures as they lie on a disk, turned into tensors one by one."""

    def __init__(self, x: torch.Tensor, y: torch.Tensor) -> None:
        x = (x * 255).round().to(torch.uint8)
        self.x = x.permute(0, 2, 3, 1).cpu().numpy()
        self.y = y.tolist()
        self.change = transforms.Compose(
            [transforms.ToTensor(), transforms.Normalize((0.13,), (0.31,))]
        )

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, k: int) -> tuple[torch.Tensor, int]:
        return self.change(self.x[k]), self.y[k]


def tutorial(spec: RunSpec, where: torch.device = CPU) -> Callable[[], None]:
    """Fine-tuning as most tutorials show it, weights in torch's own order."""
    start = started(spec, where)
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
                loss = F.cross_entropy(model(x.to(where)), y.to(where))
                loss.backward()
                optimiser.step()
                running += loss.item()
                step += 1
                if step == spec.steps:
                    break

    return work
