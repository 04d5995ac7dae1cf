"""Pictures of a run's inside, taken as small arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import torch
from torch import Tensor

from tl_core.backbones.base import Network
from tl_core.datasets.base import DomainPair, Samples
from tl_core.events import Array, ArraysTaken

SHOWN = 32
POINTS = 200
GRID = 61
REACH = 2.0


def samples(pair: DomainPair) -> Iterator[ArraysTaken]:
    """Some test images of each domain as uint8 (n, c, h, w), or some points
    (n, 2), with their labels."""
    arrays = {}
    for name, domain in (("source", pair.source), ("target", pair.target)):
        shown = domain.test.first(SHOWN if len(pair.shape) == 3 else POINTS)
        x = shown.x.cpu()
        if x.dim() == 4:
            x = (x * 255).round().to(torch.uint8)
        arrays[f"{name}_x"] = Array.of(x.numpy())
        arrays[f"{name}_y"] = _small(shown.y)
    yield ArraysTaken("samples", 0, arrays)


@torch.no_grad()
def features(
    name: str, step: int, readers: Mapping[str, Network], pair: DomainPair
) -> ArraysTaken:
    """The last stage's features of both domains on their two principal
    axes: points (n, 2), labels (n,), and for each point 1 if right."""
    found: dict[str, tuple[Tensor, Samples, Tensor]] = {}
    for key, domain in (("source", pair.source), ("target", pair.target)):
        test = domain.test.first(POINTS)
        z = readers[key].features(test.x)
        right = readers[key].head(z).argmax(1) == test.y
        found[key] = (z, test, right)
    axes = principal_axes(torch.cat([z for z, _, _ in found.values()]))
    centre = torch.cat([z for z, _, _ in found.values()]).mean(0)
    arrays = {}
    for key, (z, test, right) in found.items():
        points = ((z - centre) @ axes).cpu().float().numpy()
        arrays[f"{key}_points"] = Array.of(points)
        arrays[f"{key}_y"] = _small(test.y)
        arrays[f"{key}_right"] = _small(right)
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


@torch.no_grad()
def confusion(reader: Network, pair: DomainPair, step: int) -> ArraysTaken:
    """Counts (classes, classes) on the target test set: row the label,
    column the prediction."""
    test, classes = pair.target.test, len(pair.classes)
    said = torch.cat([reader(x).argmax(1) for x in test.x.split(512)])
    cells = (test.y * classes + said).cpu()
    counts = torch.bincount(cells, minlength=classes**2)
    square = counts.view(classes, classes).to(torch.int32).numpy()
    return ArraysTaken("confusion", step, {"counts": Array.of(square)})


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
