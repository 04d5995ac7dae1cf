"""The Fisher information of a convnet, by ours and by the field's."""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from tests.benchmarks.timing import (
    Row,
    Sizes,
    faster,
    in_turn,
    longer,
    seconds,
)
from tl_core.analysis import fisher_by_layer
from tl_core.datasets.base import Samples

GROUP = "Fisher"
CLASSES = 10


def net(classes: int = CLASSES) -> nn.Sequential:
    """The same weights on every call; a chain, which BackPACK wants."""
    torch.manual_seed(0)
    return nn.Sequential(
        *(nn.Conv2d(1, 16, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(16, 24, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(384, classes)),
    ).eval()


def pictures(n: int) -> Samples:
    """n random pictures with labels."""
    torch.manual_seed(1)
    return Samples(torch.rand(n, 1, 28, 28), torch.randint(CLASSES, (n,)))


def rows(sizes: Sizes) -> Iterator[Row]:
    """The exact diagonal."""
    n, samples = sizes.samples, pictures(sizes.samples)
    few = pictures(max(1, n // 16))
    what, rounds = f"exact Fisher of {n} samples", min(sizes.rounds, 3)

    def ours() -> object:
        return fisher_by_layer.exact(net(), samples)

    both = in_turn(ours, lambda: backpack(samples), rounds)
    yield longer(GROUP, what, "BackPACK", both, "≤ 1.5")
    both = in_turn(ours, lambda: nngeometry(samples), rounds)
    yield faster(GROUP, what, "nngeometry", both)
    both = in_turn(
        lambda: fisher_by_layer.exact(net(), few), lambda: loop(few), rounds
    )
    what = f"exact Fisher of {len(few)} samples"
    peer = "loop over samples and classes"
    note = WHY.format(floor=both[1] / seconds(lambda: one_batch(few)))
    yield faster(GROUP, what, peer, both, "≥ 10", note)


WHY = (
    "what both need of torch, a gradient for every sample and class, takes "
    "the processor most of the time; one forward and backward pass of all of "
    "them as one batch, without a square, is {floor:.1f} times as fast as the "
    "loop"
)


def backpack(samples: Samples) -> None:
    """BackPACK's generalised Gauss-Newton diagonal: for cross-entropy it is
    the exact Fisher's."""
    from backpack import backpack, extend
    from backpack.extensions import DiagGGNExact

    model, risk = extend(net()), extend(nn.CrossEntropyLoss())
    loss = risk(model(samples.x), samples.y)
    with backpack(DiagGGNExact()):
        loss.backward()


def nngeometry(samples: Samples) -> None:
    """The diagonal of nngeometry's Fisher."""
    from nngeometry.metrics import FIM
    from nngeometry.object import PMatDiag

    data = TensorDataset(samples.x, samples.y)
    FIM(net(), DataLoader(data, batch_size=128), PMatDiag).get_diag()


def one_batch(samples: Samples) -> None:
    """Every sample with every class at once: no square, and so no Fisher
    information, but all the passes that it takes."""
    x = samples.x.repeat_interleave(CLASSES, 0)
    y = torch.arange(CLASSES).repeat(len(samples))
    F.cross_entropy(net()(x), y).backward()


def loop(samples: Samples) -> None:
    """One gradient after another."""
    model = net()
    total = [torch.zeros_like(p) for p in model.parameters()]
    for x in samples.x:
        log_p = model(x[None]).log_softmax(1)[0]
        for k in range(CLASSES):
            found = torch.autograd.grad(
                log_p[k], list(model.parameters()), retain_graph=True
            )
            for t, g in zip(total, found, strict=True):
                t += log_p[k].detach().exp() * g**2 / len(samples)
