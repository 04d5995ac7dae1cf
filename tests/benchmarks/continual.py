"""Elastic weight consolidation, by ours and by Avalanche's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import TensorDataset

from tests.benchmarks.importance import net, pictures
from tests.benchmarks.peers import TOLD, absent, adam, missing
from tests.benchmarks.runs import again, in_memory, spec_of, started, trained
from tests.benchmarks.timing import Row, Sizes, faster, in_turn
from tl_core.analysis import fisher
from tl_core.datasets.base import Samples
from tl_core.spec import RunSpec

GROUP = "continual learning"


def rows(sizes: Sizes) -> Iterator[Row]:
    """A step with the springs, and the importances that they have."""
    more = {"steps": sizes.steps, "batch_size": sizes.batch}
    few = pictures(max(1, sizes.samples // 16))
    step, importance = "a step of ewc", f"empirical Fisher of {len(few)}"
    if absent("avalanche"):
        yield missing(step, "avalanche", GROUP)
        yield missing(importance, "avalanche", GROUP)
        return
    spec = spec_of("ewc", target_labels="all", **more)
    both = in_turn(trained(spec), penalised(spec), sizes.rounds)
    yield faster(GROUP, step, "Avalanche", both, "≥ 1", TOLD, sizes.steps)
    both = in_turn(
        lambda: fisher.empirical(net(), few), importances(few), sizes.rounds
    )
    peer = "Avalanche (EWC, batches of one)"
    yield faster(GROUP, importance, peer, both)


def penalised(spec: RunSpec) -> Callable[[], None]:
    """A bare loop with Avalanche's penalty, its springs those of ours."""
    from avalanche.training.plugins.ewc import EWCPlugin, ParamData
    from avalanche.training.utils import copy_params_dict

    start = started(spec)
    anchor = start.model.auxiliary["anchor"]
    plugin = EWCPlugin(start.strategy.gamma / 2)
    plugin.importances[0] = {
        name: ParamData(
            name, init_tensor=f.view(anchor.shapes[name]), device="cpu"
        )
        for name, f in anchor.named(anchor.fisher).items()
    }
    plugin.saved_params[0] = copy_params_dict(start.model)

    def work() -> None:
        model, _ = again(start)
        model.train()
        optimiser = adam(model.parameters(), spec.lr)
        clock = SimpleNamespace(train_exp_counter=1)
        for batch in in_memory(start):
            optimiser.zero_grad()
            loss = F.cross_entropy(model(batch.xt), batch.yt)
            now = SimpleNamespace(
                clock=clock, device="cpu", model=model, loss=loss
            )
            plugin.before_backward(now)
            now.loss.backward()
            optimiser.step()

    return work


def importances(samples: Samples) -> Callable[[], object]:
    """Avalanche's; with larger batches it squares the mean."""
    from avalanche.training.plugins.ewc import EWCPlugin

    model = net()
    data = TensorDataset(
        samples.x, samples.y, torch.zeros(len(samples)).long()
    )
    optimiser = torch.optim.AdamW(model.parameters())
    plugin = EWCPlugin(1.0)
    return lambda: plugin.compute_importances(
        model, nn.CrossEntropyLoss(), optimiser, data, "cpu", 1
    )
