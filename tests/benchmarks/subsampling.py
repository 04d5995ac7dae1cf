"""What is lost where only some samples are measured or drawn.

On features of the default source model, source and target: the whole are as
many of each as `whole` says, and each size is drawn anew for every seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from tests.benchmarks.scale import exponent
from tests.benchmarks.timing import FULL, Row, Sizes
from tl_core.analysis import mmd, projections
from tl_core.evaluation import LOOK
from tl_core.inside import asked
from tl_core.spec import RunSpec

GROUP = "subsampling"
Error = Callable[[Tensor, Tensor], float]
"""Of features (n, d) of both domains, against the whole."""


def rows(sizes: Sizes) -> Iterator[Row]:
    """MMD², the plane of PCA, and whose neighbours a plane keeps."""
    seeds = 20 if sizes == FULL else 2
    zs, zt = features(2 * sizes.samples)
    at = [max(4, sizes.samples * 2**k // 16) for k in range(4)]
    whole = mmd.mmd2_unbiased(zs, zt).item()
    yield errors(
        "MMD², its error (root mean square)",
        (zs, zt),
        at,
        seeds,
        lambda a, b: mmd.mmd2_unbiased(a, b).item() / whole - 1,
    )
    both = torch.cat([zs, zt]).numpy()
    best = held(both, projections.pca(both))
    yield errors(
        "PCA, the variance that its plane lacks",
        (zs, zt),
        at,
        seeds,
        lambda a, b: (
            1 - held(both, projections.pca(torch.cat([a, b]).numpy())) / best
        ),
    )
    for how in projections.PROJECTIONS:
        yield neighbours(how, (zs, zt), at)


def features(most: int) -> tuple[Tensor, Tensor]:
    """z of at most so many training samples of each domain, (n, d)."""
    pair, model = asked(RunSpec())
    domains = (pair.source.train, pair.target.train)
    n = min(most, *(len(domain) for domain in domains))
    with torch.no_grad():
        zs, zt = (model.features(domain.first(n).x) for domain in domains)
    return zs, zt


def held(z: np.ndarray, plane: projections.Principal) -> float:
    """The variance of z (n, d) within a plane."""
    return float(((z - z.mean(0)) @ plane.axes).var(0).sum())


def errors(
    work: str,
    whole: tuple[Tensor, Tensor],
    at: Sequence[int],
    seeds: int,
    error: Error,
) -> Row:
    """The root mean square over seeds at each size."""

    def at_size(n: int) -> float:
        found = [error(*drawn(whole, n, seed)) for seed in range(seeds)]
        return float(np.sqrt(np.mean(np.square(found))))

    found = [at_size(n) for n in at]
    power = exponent(at, found)
    return Row(
        GROUP,
        f"{work}, {seeds} draws",
        f"{found[0]:.2%} to {found[-1]:.2%}",
        f"n {at[0]} to {at[-1]} of {len(whole[0])} a domain",
        f"n^{power:.2f}",
        None,
        note=f"a run is measured on {LOOK} test samples a domain",
    )


def drawn(
    whole: tuple[Tensor, Tensor], n: int, seed: int
) -> tuple[Tensor, Tensor]:
    """n samples of each domain."""
    generator = torch.Generator().manual_seed(seed)
    zs, zt = (
        z[torch.randperm(len(z), generator=generator)[:n]] for z in whole
    )
    return zs, zt


def neighbours(
    how: str, whole: tuple[Tensor, Tensor], at: Sequence[int]
) -> Row:
    """The share of the ten nearest that stay near, drawn from few and from
    more."""
    kept, chance = [], []
    for n in at:
        z = torch.cat(drawn(whole, n, 0)).numpy()
        points = projections.PROJECTIONS[how](z)
        k = min(10, len(z) - 1)
        kept.append(projections.neighbours_kept(z, points, k))
        chance.append(k / (len(z) - 1))
    return Row(
        GROUP,
        f"{how}, the ten nearest that stay so in the plane",
        f"{kept[0]:.0%} to {kept[-1]:.0%}",
        f"n {at[0]} to {at[-1]} a domain",
        f"chance {chance[0]:.0%} to {chance[-1]:.0%}",
        None,
    )
