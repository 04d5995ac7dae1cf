"""The Fisher information of a convnet, by ours and by the field's."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from tests.benchmarks.peers import absent, missing
from tests.benchmarks.timing import Row, Sizes, faster, in_turn, longer
from tl_core.analysis import fisher
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
    """The exact diagonal, and Avalanche's, which is an empirical one."""
    n, samples = sizes.samples, pictures(sizes.samples)
    few = pictures(max(1, n // 16))
    what, rounds = f"exact Fisher of {n} samples", min(sizes.rounds, 3)

    def ours() -> object:
        return fisher.exact(net(), samples)

    both = in_turn(ours, lambda: backpack(samples), rounds)
    yield longer(GROUP, what, "BackPACK", both, "≤ 1.5")
    both = in_turn(ours, lambda: nngeometry(samples), rounds)
    yield faster(GROUP, what, "nngeometry", both)
    both = in_turn(lambda: fisher.exact(net(), few), lambda: loop(few), rounds)
    what = f"exact Fisher of {len(few)} samples"
    peer = "loop over samples and classes"
    yield faster(GROUP, what, peer, both, "≥ 10", WHY)
    if absent("avalanche"):
        yield missing("empirical Fisher", "avalanche", GROUP)
        return
    both = in_turn(
        lambda: fisher.empirical(net(), few), avalanche(few), rounds
    )
    what = f"empirical Fisher of {len(few)} samples"
    yield faster(GROUP, what, "Avalanche (EWC, batches of one)", both)


WHY = (
    "the loop's arithmetic is the same; on few cores it only waits for Python"
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


def avalanche(samples: Samples) -> Callable[[], object]:
    """Avalanche's importances; with larger batches it squares the mean."""
    from avalanche.training.plugins.ewc import EWCPlugin

    model = net()
    data = TensorDataset(
        samples.x, samples.y, torch.zeros(len(samples)).long()
    )
    adam = torch.optim.AdamW(model.parameters())
    plugin = EWCPlugin(1.0)
    return lambda: plugin.compute_importances(
        model, nn.CrossEntropyLoss(), adam, data, "cpu", 1
    )
