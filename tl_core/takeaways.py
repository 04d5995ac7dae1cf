"""What a chart shows, in one sentence with its own numbers.

A page gives such a sentence to those who cannot see the chart. Each function
reads what the figure of the same data draws, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tl_core.sentences import percent
from tl_core.texts import say

Arrays = Mapping[str, np.ndarray]
Rows = Mapping[str, Mapping[str, float]]


def ends(curves: Mapping[str, Sequence[float]], what: str) -> str:
    """From where to where each curve goes."""
    parts = [
        say(
            "{name} from {first:.3g} to {last:.3g}",
            name=name,
            first=values[0],
            last=values[-1],
        )
        for name, values in curves.items()
        if len(values)
    ]
    if not parts:
        return say("{what}: nothing is measured yet.", what=what)
    return say(
        "{what}, from the first to the last step: {curves}.",
        what=what,
        curves=", ".join(parts),
    )


def confusion(counts: np.ndarray, classes: Sequence[str]) -> str:
    """How much is on the diagonal of counts (label, prediction), and the
    most frequent mistake."""
    wrong = counts - np.diag(np.diag(counts))
    label, guess = divmod(int(wrong.argmax()), wrong.shape[1])
    right = np.trace(counts) / max(1, counts.sum())
    read = {"right": percent(float(right)), "samples": counts.sum()}
    if not wrong.any():
        return say(
            "{right} of {samples} target samples are read rightly, all there "
            "are.",
            **read,
        )
    return say(
        "{right} of {samples} target samples are read rightly; most often "
        "{label} is read as {guess}, {times} times.",
        **read,
        label=classes[label],
        guess=classes[guess],
        times=wrong[label, guess],
    )


def overlap(data: Mapping[str, Any], what: str) -> str:
    """How much of their mass two histograms share, and both means."""
    edges = np.asarray(data["edges"])
    middles = (edges[:-1] + edges[1:]) / 2
    source, target = np.asarray(data["source"]), np.asarray(data["target"])
    shared = float(np.minimum(source, target).sum())
    return say(
        "{what}: the mean is {source:.2f} on the source and {target:.2f} "
        "on the target, and the histograms share {shared} of their mass.",
        what=what,
        source=middles @ source,
        target=middles @ target,
        shared=percent(shared),
    )


def beyond_chance(mmd: Rows) -> str:
    """In how many stages MMD² is more than chance makes."""
    beyond = [s for s, row in mmd.items() if row["value"] > row["null"]]
    most = max(mmd, key=lambda stage: mmd[stage]["value"])
    return say(
        "MMD² is more than chance makes in {beyond} of {count} stages; the "
        "largest is {largest:.3f} in {most}, where chance stays below "
        "{null:.3f}.",
        beyond=len(beyond),
        count=len(mmd),
        largest=mmd[most]["value"],
        most=most,
        null=mmd[most]["null"],
    )


def fall(points: Sequence[Mapping[str, Any]]) -> str:
    """What the source model reads of the nearest and the farthest shift."""
    near = min(points, key=lambda point: point["mmd"])
    far = max(points, key=lambda point: point["mmd"])
    return say(
        "Of {shifts} shifts the nearest (MMD² {near:.3f}) leaves "
        "{near_right} read rightly, the farthest (MMD² {far:.3f}) "
        "{far_right}.",
        shifts=len(points),
        near=near["mmd"],
        near_right=percent(near["accuracy"]),
        far=far["mmd"],
        far_right=percent(far["accuracy"]),
    )


def unequal(lorenz: np.ndarray, gini: float) -> str:
    """How much the most important 5 % of all weights hold: the last part of
    their Lorenz curve (101,)."""
    top = 1 - float(lorenz[95])
    return say(
        "The most important 5 % of the weights hold {top} of the importance; "
        "the Gini coefficient of all weights is {gini:.2f}.",
        top=percent(top),
        gini=gini,
    )


def heaviest(
    stages: Sequence[str], importance: np.ndarray, size: np.ndarray
) -> str:
    """The stage that holds most, and its share of the weights."""
    most = int(np.argmax(importance))
    return say(
        "Most importance is in {stage}: {importance} of it in {size} of the "
        "weights.",
        stage=stages[most],
        importance=percent(float(importance[most])),
        size=percent(float(size[most])),
    )


def sides(boundary: Arrays, samples: Arrays) -> str:
    """How many of the drawn points stand on their class's side of p = 1/2,
    by the nearest point of the grid."""
    axis, p = boundary["axis"], boundary["p"]
    parts = []
    for domain in ("source", "target"):
        at = np.abs(samples[f"{domain}_x"][..., None] - axis).argmin(-1)
        lower = p[at[:, 1], at[:, 0]] > 0.5
        right = int((lower == (samples[f"{domain}_y"] > 0)).sum())
        parts.append(
            say(
                "{right} of {count} {domain} points",
                right=right,
                count=len(lower),
                domain=say(domain),
            )
        )
    return say(
        "{points} stand on the right side of the boundary.",
        points=say(" and ").join(parts),
    )


def read(arrays: Arrays) -> str:
    """How many of the drawn samples of each domain are read rightly."""
    parts = [
        say(
            "{right} of {count} {domain} samples",
            right=int(arrays[name].sum()),
            count=len(arrays[name]),
            domain=say(domain),
        )
        for domain in ("source", "target")
        if (name := f"{domain}_right") in arrays
    ]
    return say(
        "{samples} are read rightly, the rest is hollow.",
        samples=say(" and ").join(parts),
    )


def centres(samples: Arrays) -> str:
    """How far apart the middles of two clouds of points are."""
    source, target = samples["source_x"], samples["target_x"]
    gap = float(np.linalg.norm(source.mean(0) - target.mean(0)))
    return say(
        "{source} source and {target} target points, with centres {gap:.2f} "
        "apart; hollow marks are the first class.",
        source=len(source),
        target=len(target),
        gap=gap,
    )
