"""How time grows with size: exponents of fitted power laws."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch.profiler import profile

from tests.benchmarks.importance import net, pictures
from tests.benchmarks.runs import in_memory, spec_of, started, trained
from tests.benchmarks.timing import Row, Sizes, Work, seconds, shown
from tl_core import catalog, memory_lesson
from tl_core.analysis import fisher_by_layer, mmd, projections
from tl_core.backbones.base import build

GROUP = "scale"


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """k of cost = c size^k, by least squares of logarithms."""
    x, y = np.log(np.array(sizes)), np.log(np.array(costs))
    return float(np.polyfit(x, y, 1)[0])


def rows(sizes: Sizes) -> Iterator[Row]:
    """Time by n, by classes, by the size of a batch, by the side of an image
    and by depth; and what a step keeps, in bytes."""
    n = [2**k * sizes.samples // 4 for k in range(sizes.points)]
    for name, at in (
        ("MMD² of n and n features (100 numbers)", two_clouds),
        ("MMD² and its null, 100 relabellings", with_null),
        ("PCA of n features (100 numbers)", principal),
    ):
        yield curve(name, "n", n, at, sizes)
    yield bytes_of("MMD² of n and n features", "n", n, two_clouds)
    few = [size // 4 for size in n]
    tsne = "t-SNE of n features (100 numbers)"
    yield curve(tsne, "n", [2 * size for size in few], neighbours, sizes)
    yield curve("exact Fisher", "n", few, exact, sizes)
    yield bytes_of("exact Fisher", "n", few, exact)
    classes = [5 * 2**k for k in range(sizes.points)]
    name = "exact Fisher of 16 samples"
    yield curve(name, "classes", classes, by_classes, sizes)
    yield curve("a step of mmd", "stages", (1, 2, 3), aligned, sizes)
    batches = [sizes.batch * 2**k // 2 for k in range(sizes.points)]
    yield curve("a step of mmd", "batch", batches, step, sizes)
    sides = [28 * 2**k for k in range(min(sizes.points, 3))]
    yield curve("a gradient of the convnet", "image side", sides, side, sizes)
    depths = [1 + 2 * k for k in range(sizes.points)]
    yield curve("a step of full, vit_tiny", "blocks", depths, depth, sizes)
    yield bytes_by("batch", batches, lambda b: {"batch_size": b})


def curve(
    work: str,
    what: str,
    at: Sequence[int],
    make: Callable[[int], Work],
    sizes: Sizes,
) -> Row:
    """The median time at each size, all sizes once in each round."""
    works = [make(size) for size in at]
    for one in works:
        one()
    rounds = [[seconds(one) for one in works] for _ in range(sizes.rounds)]
    costs = [statistics.median(found) for found in zip(*rounds, strict=True)]
    told = f"{shown(costs[0])} to {shown(costs[-1])}"
    power = exponent(at, costs)
    law = f"{what} {at[0]} to {at[-1]}"
    return Row(GROUP, work, told, law, f"{what}^{power:.2f}", None)


def bytes_of(
    work: str, what: str, at: Sequence[int], make: Callable[[int], Work]
) -> Row:
    """What a call asks of the allocator in all, freed again or not."""
    asked = []
    for size in at:
        one = make(size)
        with profile(profile_memory=True) as seen:
            one()
        used = [e.self_cpu_memory_usage for e in seen.key_averages()]
        asked.append(sum(u for u in used if u > 0))
    return grown(f"{work}, bytes allocated", what, at, asked)


def grown(
    work: str, what: str, at: Sequence[int], sizes: Sequence[int]
) -> Row:
    """A row of bytes."""
    told = " to ".join(f"{b / 2**20:.2g} MiB" for b in (sizes[0], sizes[-1]))
    law, power = f"{what} {at[0]} to {at[-1]}", exponent(at, sizes)
    return Row(GROUP, work, told, law, f"{what}^{power:.2f}", None)


def clouds(n: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Features (n, 100) of two domains."""
    torch.manual_seed(0)
    return torch.randn(n, 100), torch.randn(n, 100) + 0.1


def two_clouds(n: int) -> Work:
    """The distance alone."""
    x, y = clouds(n)
    return lambda: mmd.mmd2_unbiased(x, y)


def with_null(n: int) -> Work:
    """The distance and what chance makes of it."""
    x, y = clouds(n)
    return lambda: mmd.null_distribution(x, y, 100)


def principal(n: int) -> Work:
    """On the principal axes."""
    z = clouds(n)[0].numpy()
    return lambda: projections.pca(z)


def neighbours(n: int) -> Work:
    """By t-SNE."""
    z = clouds(n)[0].numpy()
    return lambda: projections.tsne(z)


def exact(n: int) -> Work:
    """Of n samples with ten classes."""
    samples = pictures(n)
    return lambda: fisher_by_layer.exact(net(), samples)


def by_classes(classes: int) -> Work:
    """Of a few samples with so many classes."""
    samples = pictures(16)
    return lambda: fisher_by_layer.exact(net(classes), samples)


def aligned(stages: int) -> Work:
    """With so many of the deepest stages aligned."""
    knobs = {"strategy.stages": stages}
    return trained(spec_of("mmd", steps=2, batch_size=32, **knobs))


def step(batch: int) -> Work:
    """Of a batch from each domain."""
    return trained(spec_of("mmd", steps=2, batch_size=batch))


def side(pixels: int) -> Work:
    """Of a few random pictures of so many pixels a side."""
    recipe = catalog.create("backbones", "convnet", {})
    model = build(recipe, (1, pixels, pixels), 10, seed=0)
    x, y = torch.rand(16, 1, pixels, pixels), torch.randint(10, (16,))
    return lambda: F.cross_entropy(model(x), y).backward()


def depth(blocks: int) -> Work:
    """Of a transformer with so many blocks."""
    more = {"backbone": "vit_tiny", "steps": 2, "batch_size": 16}
    knobs = {"backbone.depth": blocks}
    return trained(spec_of("full", target_labels="all", **more, **knobs))


def bytes_by(
    what: str, at: Sequence[int], settings: Callable[[int], dict[str, object]]
) -> Row:
    """What a step of full keeps for its backward pass."""
    kept = []
    for size in at:
        start = started(
            spec_of("full", target_labels="all", steps=1, **settings(size))
        )
        batch = next(in_memory(start))
        model = start.model.train()
        kept.append(memory_lesson.kept_by(model, start.strategy, batch)[1])
    return grown("activations of a step of full", what, at, kept)
