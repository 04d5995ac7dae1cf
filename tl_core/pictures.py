"""Pictures of a run's inside, taken as small arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from tl_core.analysis import mmd
from tl_core.analysis.a_distance import proxy_a_distance
from tl_core.backbones.base import Network
from tl_core.datasets.base import DomainPair
from tl_core.events import Array, ArraysTaken

PERMUTATIONS = 100
"""Random relabellings of the domains behind a null quantile."""
SHOWN = 32
SIDE = 48
POINTS = 200
GRID = 61
REACH = 2.0


def samples(pair: DomainPair) -> Iterator[ArraysTaken]:
    """Some test images of each domain as uint8 (n, c, h, w), at most SIDE
    pixels wide, or some points (n, 2), with their labels."""
    arrays = {}
    for name, domain in (("source", pair.source), ("target", pair.target)):
        shown = domain.test.first(SHOWN if len(pair.shape) == 3 else POINTS)
        if len(shown) == 0:
            continue
        arrays[f"{name}_x"] = Array.of(to_show(shown.x))
        arrays[f"{name}_y"] = _small(shown.y)
    yield ArraysTaken("samples", 0, arrays)


def to_show(x: Tensor) -> np.ndarray:
    """Inputs as a page shows them: images as uint8 (n, c, h, w), at most
    SIDE pixels wide, points (n, 2) as they are."""
    x = x.cpu()
    if x.dim() == 4:
        if x.shape[-1] > SIDE:
            x = F.interpolate(x, size=(SIDE, SIDE), mode="area")
        x = (x * 255).round().to(torch.uint8)
    return x.numpy()


def features(
    name: str, step: int, found: Mapping[str, tuple[Tensor, Tensor, Tensor]]
) -> ArraysTaken:
    """Features of each domain on their two principal axes.

    `found` maps a domain to features z (n, width), labels (n,) and whether
    each is read rightly (n,); kept are points (n, 2) and the other two.
    """
    every = torch.cat([z for z, _, _ in found.values()])
    axes, centre = principal_axes(every), every.mean(0)
    arrays = {}
    for key, (z, y, hits) in found.items():
        points = ((z - centre) @ axes).cpu().float().numpy()
        arrays[f"{key}_points"] = Array.of(points)
        arrays[f"{key}_y"] = _small(y)
        arrays[f"{key}_right"] = _small(hits)
    return ArraysTaken(name, step, arrays)


def principal_axes(z: Tensor) -> Tensor:
    """The two directions of largest variance of z (n, d), as (d, 2).

    A direction's sign is free; its largest entry is made positive, so that
    equal features give equal pictures.
    """
    centred = (z - z.mean(0)).double().cpu()
    _, _, rows = torch.linalg.svd(centred, full_matrices=False)
    axes = rows[:2].T
    largest = axes.abs().argmax(0)
    signs = axes[largest, torch.arange(axes.shape[1])].sign()
    signs[signs == 0] = 1
    return (axes * signs).to(z.device, z.dtype)


Gaps = Mapping[str, Mapping[str, Tensor]]
"""Features (n, d) by domain and stage."""


def a_distance(step: int, first: Gaps, last: Gaps) -> ArraysTaken:
    """The proxy A-distance in [0, 2], by stage (stages,): `before` and
    `after` adaptation, each by a fresh classifier."""
    arrays = _by_stage(proxy_a_distance, first, last)
    return ArraysTaken("a_distance", step, arrays)


def mmd_by_kernel(step: int, first: Gaps, last: Gaps) -> ArraysTaken:
    """The unbiased MMD^2 of the last stage under each kernel of the mixture
    alone, (kernels,), `before` and `after` adaptation, with the 95 %
    quantiles of their null and the kernels' `widths`."""
    arrays = {"widths": Array.of(np.array(mmd.WIDTHS))}
    for name, found in (("before", first), ("after", last)):
        zs, zt = (list(found[k].values())[-1] for k in ("source", "target"))
        values, null = mmd.mmd2_by_width(zs, zt, PERMUTATIONS)
        arrays[name] = Array.of(values.cpu().numpy())
        arrays[f"{name}_null"] = Array.of(null.cpu().numpy())
    return ArraysTaken("mmd_by_kernel", step, arrays)


def _by_stage(
    measure: Callable[[Tensor, Tensor], float], first: Gaps, last: Gaps
) -> dict[str, Array]:
    """`measure` of source and target features, stage by stage."""
    return {
        name: Array.of(
            np.array(
                [
                    measure(zs, found["target"][stage])
                    for stage, zs in found["source"].items()
                ]
            )
        )
        for name, found in (("before", first), ("after", last))
    }


def confusion(logits: Tensor, pair: DomainPair, step: int) -> ArraysTaken:
    """Of logits (n, classes) for the target test set: `counts` (classes,
    classes), row the label, column the prediction, and what each sample is
    read as, `predicted` (n,)."""
    test, classes = pair.target.test, len(pair.classes)
    said = logits.argmax(1)
    cells = (test.y * classes + said).cpu()
    counts = torch.bincount(cells, minlength=classes**2)
    square = counts.view(classes, classes).to(torch.int32).numpy()
    arrays = {"counts": Array.of(square), "predicted": _small(said)}
    return ArraysTaken("confusion", step, arrays)


@torch.no_grad()
def boundary(name: str, step: int, reader: Network) -> ArraysTaken:
    """p(last class) on a square grid over the plane, (GRID, GRID), row y."""
    where = next(reader.parameters()).device
    line = torch.linspace(-REACH, REACH, GRID)
    y, x = torch.meshgrid(line, line, indexing="ij")
    points = torch.stack([x.flatten(), y.flatten()], 1).to(where)
    p = reader(points).softmax(1)[:, -1].view(GRID, GRID)
    arrays = {
        "axis": Array.of(line.numpy()),
        "p": Array.of(p.cpu().float().numpy()),
    }
    return ArraysTaken(name, step, arrays)


def _small(values: Tensor) -> Array:
    return Array.of(values.cpu().numpy().astype(np.uint8))
