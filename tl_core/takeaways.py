"""What a chart shows, in one sentence with its own numbers.

A page gives such a sentence to those who cannot see the chart. Each function
reads what the figure of the same data draws, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tl_core.sentences import percent

Arrays = Mapping[str, np.ndarray]
Rows = Mapping[str, Mapping[str, float]]
READERS = {
    "source": "source classes",
    "target": "target classes",
    "across": "target classes by the source's probe",
}
"""What each of a stage's linear probes reads."""


def probes(found: Rows) -> str:
    """Where each kind of linear probe starts and ends."""
    stages = list(found)
    parts = []
    for key, name in READERS.items():
        shares = [row[key] for row in found.values() if key in row]
        if shares:
            parts.append(
                f"{name} go from {percent(shares[0])} to {percent(shares[-1])}"
            )
    return (
        f"Read by linear probes from {stages[0]} to {stages[-1]}, "
        + ", ".join(parts)
        + "."
    )


def apart(found: Rows) -> str:
    """The A-distance of the domains at first, at last, and at most."""
    values = {stage: row["a_distance"] for stage, row in found.items()}
    (first, low), *_, (last, high) = values.items()
    most = max(values, key=values.__getitem__)
    return (
        f"The domains lie {low:.2f} of 2 apart at {first} and {high:.2f} at "
        f"{last}; farthest at {most}, with {values[most]:.2f}."
    )


def kept(
    cka: np.ndarray,
    stages: Sequence[str],
    by: str = "training",
    start: str = "its random start",
) -> str:
    """Which stage was changed most `by` something: the diagonal of CKA
    (n, n) with the `start`."""
    own = np.diag(cka)
    least, most = int(own.argmin()), int(own.argmax())
    return (
        f"By CKA {by} changed {stages[least]} most, which agrees with "
        f"{start} to {own[least]:.2f}, and {stages[most]} least, which "
        f"agrees to {own[most]:.2f}."
    )


def turned(cosines: Sequence[float]) -> str:
    """Which filter training turned most: cosines with the random start."""
    values = np.asarray(cosines)
    most, least = int(values.argmin()), int(values.argmax())
    return (
        f"{len(values)} filters; training turned filter {most} most, to a "
        f"cosine of {values[most]:.2f} with its start, and filter {least} "
        f"least, to {values[least]:.2f}."
    )


def spectra(log_power: np.ndarray) -> str:
    """How many filters pass what does not change: log power (n, s, s),
    frequency 0 in the middle."""
    n, s = log_power.shape[:2]
    middle = s // 2 * s + s // 2
    flat = int((log_power.reshape(n, -1).argmax(1) == middle).sum())
    return (
        f"Log power spectra of {n} filters: {flat} are strongest at frequency "
        f"0, in the middle, and {n - flat} at a wave."
    )


def explained(r2: Sequence[float], null: Sequence[float]) -> str:
    """How well Gabor functions explain these filters and random ones."""
    return (
        f"Half of these filters reach an R² of {np.median(r2):.2f} or less "
        f"with a Gabor function, half of the random ones {np.median(null):.2f}"
        " or less."
    )


def maps(values: np.ndarray, stage: str) -> str:
    """Which of the maps (n, h, w) of a stage answers most strongly."""
    most = values.max((1, 2))
    dark = int((most <= 0).sum())
    return (
        f"{len(values)} maps of {stage}; map {int(most.argmax())} answers "
        f"most strongly, with {most.max():.3g}, and {dark} are nowhere "
        "above 0."
    )


def evidence(heat: np.ndarray, said: str) -> str:
    """Where a Grad-CAM map (h, w) in [0, 1] is strongest."""
    row, column = divmod(int(heat.argmax()), heat.shape[1])
    wide = float((heat >= 0.5).mean())
    return (
        f"Evidence for {said} is strongest {row} pixels from the top and "
        f"{column} from the left; {percent(wide)} of the picture hold at "
        "least half as much."
    )


def ends(curves: Mapping[str, Sequence[float]], what: str) -> str:
    """From where to where each curve goes."""
    parts = [
        f"{name} from {values[0]:.3g} to {values[-1]:.3g}"
        for name, values in curves.items()
        if len(values)
    ]
    if not parts:
        return f"{what}: nothing is measured yet."
    return f"{what}, from the first to the last step: {', '.join(parts)}."


def confusion(counts: np.ndarray, classes: Sequence[str]) -> str:
    """How much is on the diagonal of counts (label, prediction), and the
    most frequent mistake."""
    wrong = counts - np.diag(np.diag(counts))
    label, guess = divmod(int(wrong.argmax()), wrong.shape[1])
    right = np.trace(counts) / max(1, counts.sum())
    said = f"{percent(float(right))} of {counts.sum()} target samples"
    if not wrong.any():
        return f"{said} are read rightly, all there are."
    return (
        f"{said} are read rightly; most often {classes[label]} is read as "
        f"{classes[guess]}, {wrong[label, guess]} times."
    )


def overlap(data: Mapping[str, Any], what: str) -> str:
    """How much of their mass two histograms share, and both means."""
    edges = np.asarray(data["edges"])
    middles = (edges[:-1] + edges[1:]) / 2
    source, target = np.asarray(data["source"]), np.asarray(data["target"])
    shared = float(np.minimum(source, target).sum())
    return (
        f"{what}: the mean is {middles @ source:.2f} on the source and "
        f"{middles @ target:.2f} on the target, and the histograms share "
        f"{percent(shared)} of their mass."
    )


def beyond_chance(mmd: Rows) -> str:
    """In how many stages MMD² is more than chance makes."""
    beyond = [s for s, row in mmd.items() if row["value"] > row["null"]]
    most = max(mmd, key=lambda stage: mmd[stage]["value"])
    return (
        f"MMD² is more than chance makes in {len(beyond)} of {len(mmd)} "
        f"stages; the largest is {mmd[most]['value']:.3f} in {most}, where "
        f"chance stays below {mmd[most]['null']:.3f}."
    )


def fall(points: Sequence[Mapping[str, Any]]) -> str:
    """What the source model reads of the nearest and the farthest shift."""
    near = min(points, key=lambda point: point["mmd"])
    far = max(points, key=lambda point: point["mmd"])
    return (
        f"Of {len(points)} shifts the nearest (MMD² {near['mmd']:.3f}) leaves "
        f"{percent(near['accuracy'])} read rightly, the farthest (MMD² "
        f"{far['mmd']:.3f}) {percent(far['accuracy'])}."
    )


def unequal(lorenz: np.ndarray, gini: float) -> str:
    """How much the most important 5 % of all weights hold: the last part of
    their Lorenz curve (101,)."""
    top = 1 - float(lorenz[95])
    return (
        f"The most important 5 % of the weights hold {percent(top)} of the "
        f"importance; the Gini coefficient of all weights is {gini:.2f}."
    )


def heaviest(
    stages: Sequence[str], importance: np.ndarray, size: np.ndarray
) -> str:
    """The stage that holds most, and its share of the weights."""
    most = int(np.argmax(importance))
    return (
        f"Most importance is in {stages[most]}: "
        f"{percent(float(importance[most]))} of it in "
        f"{percent(float(size[most]))} of the weights."
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
        parts.append(f"{right} of {len(lower)} {domain} points")
    return f"{' and '.join(parts)} stand on the right side of the boundary."


def read(arrays: Arrays) -> str:
    """How many of the drawn samples of each domain are read rightly."""
    parts = [
        f"{int(arrays[name].sum())} of {len(arrays[name])} {domain} samples"
        for domain in ("source", "target")
        if (name := f"{domain}_right") in arrays
    ]
    return f"{' and '.join(parts)} are read rightly, the rest is hollow."


def centres(samples: Arrays) -> str:
    """How far apart the middles of two clouds of points are."""
    source, target = samples["source_x"], samples["target_x"]
    gap = float(np.linalg.norm(source.mean(0) - target.mean(0)))
    return (
        f"{len(source)} source and {len(target)} target points, with centres "
        f"{gap:.2f} apart; hollow marks are the first class."
    )
