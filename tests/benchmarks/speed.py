"""Ratios of times, each to a named peer in the same process.

`make bench` prints them; nothing here asserts, for a busy machine is slow.
"""

from __future__ import annotations

import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from unittest import mock

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from tl_core import evaluation, probes, training
from tl_core.analysis import fisher
from tl_core.datasets.base import Samples
from tl_core.fit import default_choice
from tl_core.spec import RunSpec, spec_from_settings

ROUNDS = 3
CPU = torch.device("cpu")
PAIR = {"dataset": "mnist_to_optdigits", "backbone": "convnet"}


def seconds(work: Callable[[], object]) -> float:
    """The median time of ROUNDS, after one that warms up."""
    work()
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def say(text: str) -> None:
    """A line of the result."""
    sys.stdout.write(f"{text}\n")


def spec_of(strategy: str, **more: object) -> RunSpec:
    """A run on the first pair."""
    return spec_from_settings({**PAIR, "strategy": strategy, **more})


def adapting(spec: RunSpec) -> Callable[[], None]:
    """The adaptation of a run, its source training done before."""
    pair = training.load_pair(spec, CPU)
    start = training.new_network(spec, pair)
    list(training.pretrain(spec, start, pair))
    weights = {k: v.clone() for k, v in start.state_dict().items()}

    def work() -> None:
        model = training.new_network(spec, pair)
        model.load_state_dict(weights)
        for _ in training.adapt(spec, model, pair):
            pass

    return work


def measuring(strategy: str) -> None:
    """The share of an adaptation that goes into what is measured: the
    curves, the verdict and the pictures at the end."""
    work, judge, spent = adapting(spec_of(strategy)), evaluation.Judge, [0.0]

    def timed(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            start = time.perf_counter()
            found = method(*args)
            found = list(found) if isinstance(found, Iterator) else found
            spent[0] += time.perf_counter() - start
            return found

        return call

    with ExitStack() as stack:
        for name in ("look", "verdict", "pictures"):
            method = timed(getattr(judge, name))
            stack.enter_context(mock.patch.object(judge, name, method))
        work()
        start, spent[0] = time.perf_counter(), 0.0
        for _ in range(ROUNDS):
            work()
        whole = time.perf_counter() - start
    say(
        f"measuring during {strategy}: {spent[0] / ROUNDS:.2f} s of "
        f"{whole / ROUNDS:.2f} s, {100 * spent[0] / whole:.0f} %"
    )


def frozen_prefix() -> None:
    """A linear probe, against the loop that most tutorials show."""
    spec = spec_of("linear_probe", target_labels="all")
    ours = seconds(adapting(spec))
    pair = training.load_pair(spec, CPU)
    train = TensorDataset(pair.target.train.x, pair.target.train.y)

    def plain() -> None:
        model = training.new_network(spec, pair).eval()
        optimiser = torch.optim.AdamW(model.head.parameters(), spec.lr)
        done = 0
        while done < spec.steps:
            loader = DataLoader(train, spec.batch_size, shuffle=True)
            for x, y in loader:
                with torch.no_grad():
                    z = model.backbone(x)
                optimiser.zero_grad()
                F.cross_entropy(model.head(z), y).backward()
                optimiser.step()
                done += 1
                if done == spec.steps:
                    break

    theirs = seconds(plain)
    say(
        f"linear probe, {spec.steps} steps: {ours:.2f} s with all it "
        f"measures, a DataLoader loop that measures nothing {theirs:.2f} s: "
        f"{theirs / ours:.1f} times as long"
    )


def exact_fisher() -> None:
    """The exact diagonal, against BackPACK's DiagGGNExact."""
    from backpack import backpack, extend
    from backpack.extensions import DiagGGNExact

    def net() -> nn.Sequential:
        torch.manual_seed(0)
        return nn.Sequential(
            *(nn.Conv2d(1, 16, 5), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(16, 24, 5), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Flatten(), nn.Linear(384, 10)),
        ).eval()

    samples = Samples(torch.rand(200, 1, 28, 28), torch.randint(10, (200,)))

    def theirs() -> None:
        model, risk = extend(net()), extend(nn.CrossEntropyLoss())
        loss = risk(model(samples.x), samples.y)
        with backpack(DiagGGNExact()):
            loss.backward()

    one = seconds(lambda: fisher.exact(net(), samples))
    two = seconds(theirs)
    say(
        f"exact Fisher of 200 samples: {one:.2f} s, BackPACK {two:.2f} s: "
        f"{one / two:.1f} times as long"
    )


def questions() -> None:
    """What a page waits for on a warm worker."""
    settings = default_choice("mnist_to_optdigits")
    picture = {"stage": "conv1", "domain": "target", "index": 3}
    for name, options in (
        ("seen", {**picture, "stage": "conv2"}),
        ("best_images", {"stage": "conv2", "channel": 0}),
        ("first_layer", {}),
        ("projected", {"stage": "dense", "how": "pca"}),
    ):
        taken = seconds(
            lambda name=name, options=options: probes.QUESTIONS[name](
                options=options, **settings
            )
        )
        say(f"question {name}: {1000 * taken:.0f} ms")


def main() -> None:
    """All of them, a few minutes on two cores."""
    warnings.simplefilter("ignore")
    training.use_threads()
    say(f"{torch.get_num_threads()} threads, torch {torch.__version__}")
    for strategy in ("mmd", "dann", "full"):
        measuring(strategy)
    frozen_prefix()
    exact_fisher()
    questions()


if __name__ == "__main__":
    main()
